/** The recorded revisions of one SidecarSet: which is the one of its spec, what a new one looks like, which may go. */

import { annotations, labels } from '../../api/names.ts';
import type { SidecarSetSpec } from '../../api/sidecarset.ts';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import type { RevisionView } from '../resources.ts';
import { sameTemplate } from '../revisions/canonical.ts';
import { templateHash } from '../revisions/hash.ts';
import { inOrder } from '../revisions/history.ts';
import type { SidecarSetView, UsableSidecarSet } from '../sidecarsets.ts';
import { hashesOf } from './hash.ts';
import type { Mark } from './marks.ts';
import { recordedMembers, recordedSpec, versionLabel } from './revision.ts';

/** The newest revision that injects the same. Pull policies count, by the hash: a container is changed by them. */
export const revisionOf = (
  { spec, injection }: UsableSidecarSet,
  revisions: readonly RevisionView[],
): RevisionView | undefined => {
  const { hash } = injection.hashes;
  const wanted = { spec: recordedPart(spec) };
  return inOrder(revisions)
    .filter(r => (r.annotations[annotations.sidecarSetHash] ?? hash) === hash) // spares reading all others
    .findLast(({ data }) => {
      const recorded = recordedSpec(data);
      return (
        recorded !== undefined &&
        hashesOf(recorded).hash === hash &&
        sameTemplate({ spec: recordedPart(recorded) }, wanted)
      );
    });
};

const recordedPart = (spec: SidecarSetSpec): Wire =>
  Object.fromEntries(recordedMembers.map(member => [member, spec[member] ?? null]));

/** The revision that a pod carries: the one that its mark names, or the newest one with its hash. */
export const carriedRevision = (
  mark: Mark | undefined,
  revisions: readonly RevisionView[],
): RevisionView | undefined =>
  mark === undefined
    ? undefined
    : (revisions.find(r => r.name === mark.controllerRevision) ??
      inOrder(revisions).findLast(r => r.annotations[annotations.sidecarSetHash] === mark.hash));

export interface NewRevision {
  readonly object: KubeObject;
  readonly name: string;
  /** How many names were taken by something else. */
  readonly collisions: number;
}

export interface Naming {
  readonly namespace: string;
  /** Collisions known so far. */
  readonly collisions: number;
  readonly isTaken: (name: string) => boolean;
}

/** The revision of the spec as it is, behind all others. */
export const newRevision = (
  view: SidecarSetView,
  set: UsableSidecarSet,
  revisions: readonly RevisionView[],
  naming: Naming,
): NewRevision => {
  const data = { spec: { $patch: 'replace', ...recordedPart(set.spec) } };
  const { hash, name, collisions } = freeName(view.name, data, naming);
  return {
    name,
    collisions,
    object: revisionObject(view, set, {
      data,
      hash,
      name,
      namespace: naming.namespace,
      revision: nextNumber(revisions),
    }),
  };
};

export const nextNumber = (revisions: readonly RevisionView[]): number =>
  1 + revisions.reduce((most, { revision }) => Math.max(most, revision), 0);

/** Names may have 253 characters; a dash and a hash take up to 11 of them, and OpenKruise leaves 30. */
const longestPrefix = 223;

const freeName = (set: string, data: unknown, { collisions, isTaken }: Naming) => {
  for (let count = collisions; ; count += 1) {
    const hash = templateHash(data, count);
    const name = `${set.slice(0, longestPrefix)}-${hash}`;
    if (!isTaken(name)) return { hash, name, collisions: count };
  }
};

interface Contents {
  readonly data: Wire;
  readonly hash: string;
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
}

const revisionObject = (
  view: SidecarSetView,
  { spec, injection }: UsableSidecarSet,
  contents: Contents,
): KubeObject => {
  const version = versionLabel(spec);
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: contents.name,
      namespace: contents.namespace,
      labels: {
        ...view.labels,
        [labels.revisionHash]: contents.hash,
        [labels.sidecarSetName]: view.name,
        ...(version === undefined ? {} : { [labels.sidecarSetCustomVersion]: version }),
      },
      annotations: {
        ...withoutLastApplied(view.annotations),
        [annotations.sidecarSetHash]: injection.hashes.hash,
        [annotations.sidecarSetHashWithoutImage]: injection.hashes.withoutImage,
      },
      ownerReferences: [
        {
          apiVersion: 'apps.kruise.io/v1beta1',
          kind: 'SidecarSet',
          name: view.name,
          uid: view.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    revision: contents.revision,
    data: contents.data,
  };
};

/** kubectl's copy of the whole set would double what every revision takes. */
const withoutLastApplied = (all: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration'));

/**
 * Revisions beyond the limit, oldest first. Those in use stay, whatever the limit.
 * @param inUse names of revisions that pods carry, that new pods may get, or that is the current one
 */
export const surplusRevisions = (
  revisions: readonly RevisionView[],
  inUse: ReadonlySet<string>,
  limit: number,
): readonly RevisionView[] => {
  const over = revisions.length - Math.max(1, limit);
  return over <= 0
    ? []
    : inOrder(revisions)
        .filter(({ name }) => !inUse.has(name))
        .slice(0, over);
};
