/**
 * I2, no budget left unused: while somebody leads, a place in the budget of a rolling StatefulSet is taken by a pod that
 * is behind within seconds, and a pod that is down on an old revision is taken whether there is a place or not.
 */

import type { KubeObject } from '../../../kube/contract.ts';
import type { Rule } from '../checker.ts';
import { isLive, keyOf, type Pod, record } from '../objects.ts';
import { type Idle, Patience } from '../patience.ts';
import {
  isServing,
  ordinalOf,
  recordedRevisionOf,
  revisionOf,
  type SetSpec,
  setSpecOf,
  updateRevisionOf,
} from '../statefulsets.ts';
import type { World } from '../world.ts';

export const budgetIsUsed = (milliseconds: number): Rule => {
  const patience = new Patience(milliseconds);
  return {
    invariant: 'no budget left unused',
    needs: ['Pod', 'StatefulSet', 'Lease'],
    see: (change, world) =>
      patience.see(change, world, (_, now) => {
        const isTrusted = (pod: Pod): boolean => patience.isTrusted(pod, now);
        return [...world.of('StatefulSet').values()].flatMap(set => idleIn(set, world, { now, isTrusted }));
      }),
  };
};

interface Moment {
  readonly now: number;
  readonly isTrusted: (pod: Pod) => boolean;
}

const idleIn = (set: KubeObject, world: World, { now, isTrusted }: Moment): readonly Idle[] => {
  const spec = setSpecOf(set);
  const isCurrent = record(set['status'])['observedGeneration'] === set.metadata.generation;
  if (!isCurrent || !spec.isRolling || spec.isPaused || !spec.mayRecreate) return [];
  const pods = world.podsOwnedBy(set.metadata.uid ?? '');
  const behind = pods.filter(pod => isBehind(pod, set, spec));
  const down = behind.filter(pod => !pod.isReady);
  const whole = pods.filter(pod => isServing(pod, spec, now) && spec.isWanted(ordinalOf(pod)) && isTrusted(pod));
  const hasPlace = spec.replicas - whole.length < spec.maxUnavailable && behind.length > down.length;
  const place = `${keyOf(set)} has had a place in its budget, and pods behind,`;
  return [
    ...down.map(({ uid, key }) => ({ id: uid, what: `${key} has been down on an old revision, and is not taken,` })),
    ...(hasPlace ? [{ id: set.metadata.uid ?? '', what: place }] : []),
  ];
};

/** And nobody has begun with it. */
const isBehind = (pod: Pod, set: KubeObject, spec: SetSpec): boolean => {
  const update = updateRevisionOf(set);
  return (
    !pod.isLeaving &&
    isLive(pod) &&
    pod.gate !== 'False' &&
    revisionOf(pod) !== update &&
    recordedRevisionOf(pod) !== update &&
    spec.isWanted(ordinalOf(pod)) &&
    !spec.keepsOld(ordinalOf(pod))
  );
};
