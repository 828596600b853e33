/** StatefulSets as the store keeps them, and the relation of a pod's name to its set. */

import { isObject } from '../api/json.ts';
import type { Problem } from '../api/problem.ts';
import {
  normaliseStatefulSet,
  type StatefulSetSpec,
  type StatefulSetStatus,
  statefulSetNames,
} from '../api/statefulset.ts';
import {
  type Instant,
  type KubeObject,
  type OwnerReference,
  type Resource,
  type Seen,
  seenOf,
  type Wire,
} from '../kube/contract.ts';
import { instantOf } from './pods/project.ts';

export interface StatefulSetView extends Seen {
  readonly deletedAt?: Instant;
  readonly annotations: Readonly<Record<string, string>>;
  /** Undefined if it cannot be read; `problems` says why. */
  readonly spec: StatefulSetSpec | undefined;
  readonly problems: readonly Problem[];
  readonly status: StatefulSetStatus;
  /** The status as it is stored, to be compared with the one to write. */
  readonly statusOnWire: Wire;
}

export const StatefulSets: Resource<StatefulSetView> = {
  ...statefulSetNames,
  view: object => {
    const { spec, status, problems } = normaliseStatefulSet(object);
    const deletedAt = instantOf(object.metadata.deletionTimestamp);
    return {
      ...seenOf(object),
      ...(deletedAt === undefined ? {} : { deletedAt }),
      annotations: object.metadata.annotations ?? {},
      spec,
      problems,
      status,
      statusOnWire: statusOnWire(object),
    };
  },
  indexes: {},
};

const statusOnWire = ({ status }: KubeObject & { readonly status?: unknown }): Wire =>
  isObject(status) ? { ...status } : {};

/** How the set's pods and revisions name it as their controller. */
export const ownedBy = ({ name, uid }: Seen): OwnerReference => ({
  apiVersion: `${statefulSetNames.group}/${statefulSetNames.version}`,
  kind: statefulSetNames.kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** `web-12` is number 12 of `web`; undefined for names that no set gives. Reserved ranges may lead beyond 2^31. */
export const memberOf = (podName: string): { readonly set: string; readonly ordinal: number } | undefined => {
  const [, set, digits = ''] = /^(.+)-(0|[1-9][0-9]{0,15})$/.exec(podName) ?? [];
  const ordinal = Number(digits);
  return set === undefined || !Number.isSafeInteger(ordinal) ? undefined : { set, ordinal };
};

export const podNameOf = (set: Seen, ordinal: number): string => `${set.name}-${ordinal}`;
