/** What the checker reads of StatefulSets. It shares no code with the product, so that no mistake can be in both. */

import type { KubeObject } from '../../kube/contract.ts';
import { count, list, type Pod, record, resolved, text } from './objects.ts';
import type { Change, World } from './world.ts';

export interface SetSpec {
  readonly replicas: number;
  readonly isOrdered: boolean;
  readonly isPaused: boolean;
  /** Pods come to a new revision by being changed or replaced by the controller. */
  readonly isRolling: boolean;
  readonly mayRecreate: boolean;
  readonly maxUnavailable: number;
  readonly minReadyMs: number;
  readonly claimTemplates: readonly string[];
  /** What becomes of claims that are not needed any more. */
  readonly claimsAreDeleted: boolean;
  isWanted(ordinal: number): boolean;
  /** Whether pods of this ordinal keep the revision that they have. */
  keepsOld(ordinal: number): boolean;
}

export const setSpecOf = (set: KubeObject): SetSpec => {
  const spec = record(set['spec']);
  const strategy = record(spec['updateStrategy']);
  const rolling = record(strategy['rollingUpdate']);
  const replicas = typeof spec['replicas'] === 'number' ? spec['replicas'] : 1;
  const rankOf = ranking(count(record(spec['ordinals'])['start']), spec['reserveOrdinals']);
  const retention = record(spec['persistentVolumeClaimRetentionPolicy']);
  return {
    replicas,
    isOrdered: spec['podManagementPolicy'] !== 'Parallel',
    isPaused: rolling['paused'] === true,
    isRolling: strategy['type'] !== 'OnDelete',
    mayRecreate: rolling['podUpdatePolicy'] !== 'InPlaceOnly',
    maxUnavailable: Math.max(1, resolved(rolling['maxUnavailable'] ?? 1, replicas, Math.floor) ?? 1),
    minReadyMs: count(rolling['minReadySeconds']) * 1000,
    claimTemplates: list(spec['volumeClaimTemplates']).map(template => text(record(template['metadata'])['name'])),
    claimsAreDeleted: Object.values(retention).includes('Delete'),
    isWanted: ordinal => (rankOf(ordinal) ?? replicas) < replicas,
    keepsOld: ordinal => (rankOf(ordinal) ?? 0) < (resolved(rolling['partition'] ?? 0, replicas, Math.ceil) ?? 0),
  };
};

/** How many ordinals that may be used are lower; undefined for one that may not be used. */
const ranking = (start: number, reserved: unknown): ((ordinal: number) => number | undefined) => {
  const ranges = (Array.isArray(reserved) ? reserved : []).map(String).map(range => {
    const [first, last] = range.split('-').map(Number);
    return { first: first ?? -1, last: last ?? first ?? -1 };
  });
  const isReserved = (ordinal: number): boolean =>
    ranges.some(({ first, last }) => first <= ordinal && ordinal <= last);
  return ordinal => {
    if (ordinal < start || isReserved(ordinal)) return undefined;
    if (ranges.length === 0) return ordinal - start;
    let rank = 0;
    for (let lower = start; lower < ordinal; lower += 1) if (!isReserved(lower)) rank += 1;
    return rank;
  };
};

/** The StatefulSet of ours that controls a pod. */
export const setOfPod = (pod: Pod | undefined, world: World): KubeObject | undefined =>
  pod?.owner?.kind === 'StatefulSet' ? world.of('StatefulSet').get(pod.owner.uid) : undefined;

/** -1 for a name that no pod of a set has. */
export const ordinalOf = ({ key }: Pod): number => Number(/-([0-9]+)$/u.exec(key)?.[1] ?? -1);

export const revisionOf = ({ labels }: Pod): string => labels['controller-revision-hash'] ?? '';

export const updateRevisionOf = (set: KubeObject): string => text(record(set['status'])['updateRevision']);

/** The revision to which a pod is on its way, by the record that an update writes on it; empty if it has none. */
export const recordedRevisionOf = ({ annotations }: Pod): string => {
  try {
    return text(record(JSON.parse(annotations['apps.kruise.io/inplace-update-state'] ?? '{}'))['revision']);
  } catch {
    return '';
  }
};

export const isServing = (pod: Pod, { minReadyMs }: SetSpec, now: number): boolean =>
  pod.isReady && !pod.isLeaving && pod.gate !== 'False' && now - (pod.readySince ?? now) >= minReadyMs;

/** Milliseconds within which a change may be unknown to whoever has just written. */
const sight = 5000;

/** What was true a moment ago, too: whoever wrote now may have gone by it. */
export class Lately {
  readonly #specs = new Map<string, { readonly former: KubeObject; readonly at: number }>();
  readonly #served = new Map<string, number>();

  see({ entry, before, after, pod }: Change, world: World): void {
    if (entry.kind === 'StatefulSet' && before !== undefined && after !== undefined && isOther(before, after))
      this.#specs.set(after.metadata.uid ?? '', { former: before, at: entry.seenAt });
    const set = setOfPod(pod?.before, world);
    if (pod?.before === undefined || set === undefined) return;
    if (isServing(pod.before, setSpecOf(set), entry.seenAt)) this.#served.set(pod.before.key, entry.seenAt);
  }

  /** The specs that a controller may know. */
  specsOf(set: KubeObject, now: number): readonly SetSpec[] {
    const former = this.#specs.get(set.metadata.uid ?? '');
    const isKnown = former !== undefined && now - former.at <= sight;
    return [setSpecOf(set), ...(isKnown ? [setSpecOf(former.former)] : [])];
  }

  hasServed(key: string, now: number): boolean {
    return now - (this.#served.get(key) ?? Number.NEGATIVE_INFINITY) <= sight;
  }
}

const isOther = (before: KubeObject, after: KubeObject): boolean =>
  before.metadata.generation !== after.metadata.generation ||
  record(before['status'])['currentRevision'] !== record(after['status'])['currentRevision'];
