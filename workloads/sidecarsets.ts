/** SidecarSets as the store keeps them: both versions in one meaning, hashed, with their selectors compiled. */

import { isObject } from '../api/json.ts';
import { annotations } from '../api/names.ts';
import { normaliseSidecarSet, type SidecarSetSpec, type SidecarSetStatus, sidecarSetNames } from '../api/sidecarset.ts';
import type { Instant, KubeObject, Problem, Resource, Seen, Wire } from '../kube/contract.ts';
import { seenOf } from '../kube/contract.ts';
import { instantOf } from './pods/project.ts';
import { candidateKeys } from './sidecars/candidates.ts';
import { hashesOf } from './sidecars/hash.ts';
import { type Injection, injectionOf } from './sidecars/injection.ts';

export interface SidecarSetView extends Seen {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly createdAt: Instant;
  readonly deletedAt?: Instant;
  /** Absent if the object was stored without validation and cannot be read: then it injects and updates nothing. */
  readonly usable?: UsableSidecarSet;
  readonly problems: readonly Problem[];
  readonly status: SidecarSetStatus;
  /** As it is on the wire, to tell whether it must be written. */
  readonly storedStatus: Wire;
}

export interface UsableSidecarSet {
  readonly spec: SidecarSetSpec;
  /** What a new pod gets, unless a revision is pinned. */
  readonly injection: Injection;
  /** Name of the set that this one stands in for where both match: it is a canary. */
  readonly canaryOf?: string;
}

export const SidecarSets: Resource<SidecarSetView> = {
  ...sidecarSetNames,
  view: object => {
    const { spec, status, problems } = normaliseSidecarSet(object);
    const deletedAt = instantOf(object.metadata.deletionTimestamp);
    return {
      ...seenOf(object),
      labels: object.metadata.labels ?? {},
      annotations: object.metadata.annotations ?? {},
      createdAt: instantOf(object.metadata.creationTimestamp) ?? 0,
      ...(deletedAt === undefined ? {} : { deletedAt }),
      ...(spec === undefined ? {} : { usable: usable(object, spec, status) }),
      problems,
      status,
      storedStatus: isObject(object['status']) ? object['status'] : {},
    };
  },
  indexes: {
    candidate: { valuesOf: ({ usable: set }) => (set === undefined ? [] : candidateKeys(set.spec.selector)) },
  },
};

/** Hashes are computed from the spec: what the annotations say may have been written past the webhook. */
const usable = ({ metadata }: KubeObject, spec: SidecarSetSpec, status: SidecarSetStatus): UsableSidecarSet => {
  const base = metadata.annotations?.[annotations.sidecarSetBase] ?? '';
  const isCanary = metadata.annotations?.[annotations.sidecarSetCanary] === 'true' && base !== '';
  const revision = status.latestRevision ?? '';
  return {
    spec,
    injection: injectionOf(metadata.name ?? '', spec, {
      ...{ hashes: hashesOf(spec), revision },
      generation: metadata.generation ?? 0,
    }),
    ...(isCanary ? { canaryOf: base } : {}),
  };
};
