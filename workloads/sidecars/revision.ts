/** Recorded revisions of SidecarSets: finding the one that a set is pinned to, and reading what it injects. */

import { isObject } from '../../api/json.ts';
import { wrongWithLabelValue } from '../../api/labelSyntax.ts';
import { annotations, group, labels } from '../../api/names.ts';
import { normaliseSidecarSet, type SidecarSetSpec } from '../../api/sidecarset.ts';
import type { RevisionView } from '../resources.ts';
import { hashesOf } from './hash.ts';
import { type Injection, injectionOf } from './injection.ts';

/** The members of a spec that a revision records; all of them are always there, as null if absent. */
export const recordedMembers = [
  'containers',
  'imagePullSecrets',
  'initContainers',
  'patchPodMetadata',
  'volumes',
] as const;

/** The custom version as a label; undefined for none, and for one that was stored although no label can have it. */
export const versionLabel = ({ customVersion = '' }: Pick<SidecarSetSpec, 'customVersion'>): string | undefined =>
  customVersion === '' || wrongWithLabelValue(customVersion) !== undefined ? undefined : customVersion;

type Pin = NonNullable<SidecarSetSpec['injectionStrategy']['revision']>;

/** Whether a pin names anything; one without names is as good as none. */
export const isPin = (pin: Pin | undefined): pin is Pin =>
  pin !== undefined && (pin.revisionName !== undefined || pin.customVersion !== undefined);

/** The revision that a set is pinned to: by its name, else the newest one of the set with the custom version. */
export const pinnedRevision = (set: string, pin: Pin, revisions: readonly RevisionView[]): RevisionView | undefined => {
  if (pin.revisionName !== undefined) return revisions.find(r => r.name === pin.revisionName && isOf(set, r));
  return revisions
    .filter(r => isOf(set, r) && r.labels[labels.sidecarSetCustomVersion] === pin.customVersion)
    .reduce<RevisionView | undefined>(
      (best, r) => (best === undefined || r.revision > best.revision ? r : best),
      undefined,
    );
};

export const isOf = (set: string, revision: RevisionView): boolean => revision.labels[labels.sidecarSetName] === set;

/** What a revision injects; undefined if its data cannot be read. */
export const recordedInjection = (set: string, revision: RevisionView): Injection | undefined => {
  const recorded = recordedSpec(revision.data);
  if (recorded === undefined) return undefined;
  const { hash, withoutImage } = {
    hash: revision.annotations[annotations.sidecarSetHash],
    withoutImage: revision.annotations[annotations.sidecarSetHashWithoutImage],
  };
  const hashes = hash !== undefined && withoutImage !== undefined ? { hash, withoutImage } : hashesOf(recorded);
  return injectionOf(set, recorded, { hashes, revision: revision.name, generation: 0 });
};

/** The members of a spec that a revision recorded, with what no spec can be read without. */
export const recordedSpec = (data: unknown): SidecarSetSpec | undefined => {
  const spec = isObject(data) ? data['spec'] : undefined;
  if (!isObject(spec)) return undefined;
  // The rest of a spec is not recorded; a selector is only there because no spec can be read without one.
  const readable = { ...spec, selector: { matchLabels: { recorded: 'true' } } };
  return normaliseSidecarSet({ apiVersion: `${group}/v1beta1`, metadata: {}, spec: readable }).spec;
};
