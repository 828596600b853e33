/**
 * I13, the other half: a set does not say that its rollout is over while a pod is behind, and a job counts no node twice.
 */

import type { KubeObject } from '../../../kube/contract.ts';
import type { Rule } from '../checker.ts';
import { count, injectedIn, keyOf, list, type Pod, record, text } from '../objects.ts';
import { ordinalOf, revisionOf, setSpecOf, updateRevisionOf } from '../statefulsets.ts';
import type { Change, World } from '../world.ts';
import { isOfJob } from './onceMeansOnce.ts';

/** Milliseconds for which a new pod may not have been counted yet. */
const sight = 2000;

export const completeMeansComplete = (): Rule => {
  /** By job uid: nodes on which a pod has succeeded; only of jobs whose beginning was seen. */
  const done = new Map<string, Set<string>>();
  const madeAt = new Map<string, number>();
  return {
    invariant: 'status never lies',
    needs: ['Pod', 'StatefulSet', 'SidecarSet', 'BroadcastJob'],
    see: (change, world) => {
      const { entry, before, after, pod } = change;
      if (pod !== undefined && before === undefined) madeAt.set(pod.after?.uid ?? '', entry.seenAt);
      if (pod?.after !== undefined && isOfJob(pod.after) && pod.after.phase === 'Succeeded')
        done.get(pod.after.owner?.uid ?? '')?.add(pod.after.uid);
      if (entry.kind === 'BroadcastJob' && before === undefined) done.set(after?.metadata.uid ?? '', new Set());
      if (after === undefined || !isCurrent(after)) return [];
      const isCounted = ({ uid }: Pod): boolean => entry.seenAt - (madeAt.get(uid) ?? 0) > sight;
      switch (entry.kind) {
        case 'StatefulSet':
          return rolled(change, after, world, isCounted);
        case 'SidecarSet':
          return moved(change, after, world, isCounted);
        case 'BroadcastJob':
          return doubled(after, done.get(after.metadata.uid ?? ''));
        default:
          return [];
      }
    },
  };
};

const statusOf = (object: KubeObject | undefined) => record(object?.['status']);

/** Jobs have no observed generation. */
const isCurrent = (object: KubeObject): boolean =>
  object.kind === 'BroadcastJob' || statusOf(object)['observedGeneration'] === object.metadata.generation;

type Counted = (pod: Pod) => boolean;

const isReady = (set: KubeObject): boolean =>
  isCurrent(set) && list(statusOf(set)['conditions']).some(c => c['type'] === 'Ready' && c['status'] === 'True');

const rolled = ({ before }: Change, set: KubeObject, world: World, isCounted: Counted): readonly string[] => {
  const spec = setSpecOf(set);
  if (!isReady(set) || (before !== undefined && isReady(before)) || !spec.isRolling || spec.isPaused) return [];
  return world
    .podsOwnedBy(set.metadata.uid ?? '')
    .filter(pod => isCounted(pod) && !pod.isLeaving && spec.isWanted(ordinalOf(pod)) && !spec.keepsOld(ordinalOf(pod)))
    .filter(pod => revisionOf(pod) !== updateRevisionOf(set))
    .map(pod => `${keyOf(set)} says that it is ready, and ${pod.key} is at ${revisionOf(pod)}`);
};

const moved = ({ before }: Change, set: KubeObject, world: World, isCounted: Counted): readonly string[] => {
  const isOver = (object: KubeObject | undefined): boolean =>
    object !== undefined && statusOf(object)['updatedPods'] === statusOf(object)['matchedPods'] && isCurrent(object);
  if (!isOver(set) || isOver(before)) return [];
  const images = new Map(
    list(record(set['spec'])['containers'])
      .filter(container => record(container['upgradeStrategy'])['upgradeType'] !== 'HotUpgrade')
      .map(container => [text(container['name']), text(container['image'])] as const),
  );
  return [...world.pods.values()]
    .filter(pod => isCounted(pod) && !pod.isLeaving && injectedIn(pod.annotations).includes(keyOf(set)))
    .filter(({ containers }) => [...images].some(([name, image]) => (containers.get(name)?.image ?? image) !== image))
    .map(pod => `SidecarSet ${keyOf(set)} counts all its pods as updated, and ${pod.key} is not`);
};

const doubled = (job: KubeObject, done: ReadonlySet<string> | undefined): readonly string[] => {
  const succeeded = count(statusOf(job)['succeeded']);
  return done !== undefined && succeeded > done.size
    ? [`${keyOf(job)} counts ${succeeded} nodes as succeeded, and ${done.size} pods have`]
    : [];
};
