/**
 * I1 for StatefulSets: no write of ours takes an available pod down while, with it, more pods are down than
 * maxUnavailable allows. What went down by itself in the last moment nobody can have known when the write was decided.
 */

import type { KubeObject } from '../../../kube/contract.ts';
import { isOurs, type Write } from '../audit.ts';
import type { Figure, Rule } from '../checker.ts';
import { count, imagesChanged, keyOf, type Pod, record, resolved } from '../objects.ts';
import type { Change, World } from '../world.ts';

/** Milliseconds within which a loss may be unknown to whoever decides. */
const sight = 1000;

interface Loss {
  readonly at: number;
  readonly byUs: boolean;
}

export const statefulSetBudget = (): Rule => {
  const losses = new Map<string, Loss>();
  const sets = new Map<string, Watched>();
  return {
    invariant: 'budget',
    needs: ['Pod', 'StatefulSet'],
    see: (change, world) => {
      const loss = lossIn(change, world);
      if (loss !== undefined) losses.set(loss.pod.key, { at: change.entry.seenAt, byUs: loss.byUs });
      const set = setOf(change, world);
      if (set === undefined) return [];
      const state = stateOf(set, world, change.entry.seenAt);
      watch(sets, set, state);
      if (loss === undefined || !loss.byUs) return [];
      const unseen = state.down.filter(key => isNew(losses.get(key), change.entry.seenAt - sight)).length;
      return state.down.length - unseen > state.limit
        ? [`${loss.pod.key} is taken down, and ${state.down.length} pods of ${keyOf(set)} are: ${state.limit} may be`]
        : [];
    },
    figures: () => [...sets.values()].map(({ figure }) => figure),
  };
};

const isNew = (loss: Loss | undefined, since: number): boolean => loss !== undefined && !loss.byUs && loss.at > since;

const setOf = ({ entry, after, pod }: Change, world: World): KubeObject | undefined => {
  if (entry.kind === 'StatefulSet') return after;
  return world.of('StatefulSet').get((pod?.after ?? pod?.before)?.owner?.uid ?? '');
};

const minReady = (set: KubeObject | undefined): number => {
  const strategy = record(record(record(set?.['spec'])['updateStrategy'])['rollingUpdate']);
  return count(strategy['minReadySeconds']) * 1000;
};

const isAvailable = (pod: Pod, minReadyMs: number, now: number): boolean =>
  pod.isReady && !pod.isLeaving && pod.gate !== 'False' && now - (pod.readySince ?? now) >= minReadyMs;

/** A pod that was available before this revision and is not after it, and whose write that was. */
const lossIn = (
  { entry, pod, by }: Change,
  world: World,
): { readonly pod: Pod; readonly byUs: boolean } | undefined => {
  const { before, after } = pod ?? {};
  const set = world.of('StatefulSet').get(before?.owner?.uid ?? '');
  if (before === undefined || set === undefined || !isAvailable(before, minReady(set), entry.seenAt)) return undefined;
  if (after === undefined) return { pod: before, byUs: false }; // gone at once: nobody who is careful does that
  if (after.isLeaving) return { pod: before, byUs: isByUs(by) && !isSurplus(set, world) };
  if (after.gate === 'False') return { pod: before, byUs: true };
  if (imagesChanged(before, after).some(name => !after.containers.get(name)?.isInjected))
    return { pod: before, byUs: true };
  return after.isReady ? undefined : { pod: before, byUs: false };
};

/** Without an audit log every deletion is taken for ours. */
const isByUs = (by: Write | undefined): boolean => by === undefined || isOurs(by);

/** Scaling down takes pods away that nobody counts on any more. */
const isSurplus = (set: KubeObject, world: World): boolean =>
  world.podsOwnedBy(set.metadata.uid ?? '').filter(pod => !pod.isLeaving).length >= replicasOf(set);

const replicasOf = (set: KubeObject): number => {
  const { replicas } = record(set['spec']);
  return typeof replicas === 'number' ? replicas : 1;
};

interface State {
  readonly limit: number;
  readonly replicas: number;
  /** Keys of owned pods that are not available, and one `missing` for each slot without any. */
  readonly down: readonly string[];
}

const stateOf = (set: KubeObject, world: World, now: number): State => {
  const { maxUnavailable } = record(record(record(set['spec'])['updateStrategy'])['rollingUpdate']);
  const replicas = replicasOf(set);
  const pods = world.podsOwnedBy(set.metadata.uid ?? '');
  const available = pods.filter(pod => isAvailable(pod, minReady(set), now)).length;
  const down = pods.filter(pod => !isAvailable(pod, minReady(set), now)).map(pod => pod.key);
  const missing = Math.max(0, replicas - available - down.length);
  return {
    limit: Math.max(1, resolved(maxUnavailable ?? 1, replicas, Math.floor) ?? 1),
    replicas,
    down: [...down, ...Array.from({ length: missing }, () => 'missing')].slice(0, Math.max(0, replicas - available)),
  };
};

interface Watched {
  readonly wasWhole: boolean;
  readonly figure: Figure;
}

/** From the first moment in which all replicas were available: what is still being created is not unavailable yet. */
const watch = (sets: Map<string, Watched>, set: KubeObject, { limit, replicas, down }: State): void => {
  const uid = set.metadata.uid ?? '';
  const known = sets.get(uid);
  const wasWhole = known?.wasWhole === true || (replicas > 0 && down.length === 0);
  const greatest = Math.max(known?.figure.greatest ?? 0, wasWhole ? down.length : 0);
  sets.set(uid, { wasWhole, figure: { of: `StatefulSet ${keyOf(set)}`, greatest, limit } });
};
