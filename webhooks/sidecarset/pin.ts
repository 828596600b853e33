/** Rules of `injectionStrategy.revision`. */

import { labels } from '../../api/names.ts';
import { invalid, type Problem } from '../../api/problem.ts';
import type { KubeObject, Reader } from '../../kube/contract.ts';
import { type RecordedRevisions, recorded } from '../../workloads/resources.ts';
import { isOf } from '../../workloads/sidecars/revision.ts';
import { isGiven, memberOf, type Raw, specOf, textOf } from './raw.ts';

const field = 'spec.injectionStrategy.revision';

export const pinProblems = (spec: Raw): readonly Problem[] => {
  const strategy = memberOf(spec, 'injectionStrategy');
  if (!isGiven(strategy, 'revision')) return [];
  const { name, version } = namesIn(spec);
  return name === '' && version === ''
    ? [invalid(field, 'revisionName and customVersion cannot be empty simultaneously')]
    : [];
};

/** A pin that leads to no revision of the set; until it does, the present spec is injected. */
export const lostPin = (object: KubeObject, reader: Reader, revisions: RecordedRevisions): readonly Problem[] => {
  const { name, version } = namesIn(specOf(object));
  if (name === '' && version === '') return [];
  const found = recorded(reader, revisions)
    .filter(r => isOf(object.metadata.name ?? '', r))
    .some(r => (name === '' ? r.labels[labels.sidecarSetCustomVersion] === version : r.name === name));
  const wanted = name === '' ? `of customVersion ${version}` : name;
  return found ? [] : [invalid(field, `Cannot find specific ControllerRevision ${wanted}`)];
};

export const hasSamePin = (before: KubeObject, after: KubeObject): boolean => {
  const [a, b] = [namesIn(specOf(before)), namesIn(specOf(after))];
  return a.name === b.name && a.version === b.version;
};

const namesIn = (spec: Raw): { readonly name: string; readonly version: string } => {
  const pin = memberOf(memberOf(spec, 'injectionStrategy'), 'revision');
  return { name: textOf(pin, 'revisionName'), version: textOf(pin, 'customVersion') };
};
