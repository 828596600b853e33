/** Rules of `injectionStrategy.revision`. */

import { labels } from '../../api/names.ts';
import { invalid, type Problem } from '../../api/problem.ts';
import type { Reader } from '../../kube/contract.ts';
import { type RecordedRevisions, recorded } from '../../workloads/resources.ts';
import { isOf } from '../../workloads/sidecars/revision.ts';
import { isGiven, memberOf, type Raw, textOf } from './raw.ts';

export const pinProblems = (
  set: string,
  spec: Raw,
  reader: Reader,
  revisions: RecordedRevisions,
): readonly Problem[] => {
  const strategy = memberOf(spec, 'injectionStrategy');
  if (!isGiven(strategy, 'revision')) return [];
  const pin = memberOf(strategy, 'revision');
  const field = 'spec.injectionStrategy.revision';
  if (!isGiven(pin, 'revisionName') && !isGiven(pin, 'customVersion'))
    return [invalid(field, 'revisionName and customVersion cannot be empty simultaneously')];
  const name = textOf(pin, 'revisionName');
  const version = textOf(pin, 'customVersion');
  const found = recorded(reader, revisions)
    .filter(r => isOf(set, r))
    .some(r => (isGiven(pin, 'revisionName') ? r.name === name : r.labels[labels.sidecarSetCustomVersion] === version));
  return found
    ? []
    : [invalid(field, `Cannot find specific ControllerRevision ${name || `of customVersion ${version}`}`)];
};
