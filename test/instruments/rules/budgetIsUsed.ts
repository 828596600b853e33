/**
 * I2, no budget left unused: while somebody leads, a place in the budget of a rolling StatefulSet is taken by a pod that
 * is behind within seconds, and a pod that is down on an old revision is taken whether there is a place or not.
 */

import type { KubeObject } from '../../../kube/contract.ts';
import type { Change, Rule, World } from '../checker.ts';
import { LedTime } from '../ledTime.ts';
import { isLive, keyOf, type Pod, record } from '../objects.ts';
import {
  isServing,
  ordinalOf,
  recordedRevisionOf,
  revisionOf,
  type SetSpec,
  setSpecOf,
  updateRevisionOf,
} from '../statefulsets.ts';

export interface Patience {
  /** Milliseconds, in which a process may also be started anew. */
  readonly patience?: number;
}

/** Ready for so long that no one waits for proof any more. */
const settledAfter = 5000;
/** A container that came back by itself is watched for longer. */
const trustedAfter = 60_000;
/** How often the sets are looked at. */
const every = 500;

export const budgetIsUsed = ({ patience = 20_000 }: Patience = {}): Rule => {
  const time = new LedTime();
  const restarts = new Restarts();
  /** By set uid, or pod uid: since when it waits, in led time; undefined once it has been told. */
  const waiting = new Map<string, number | undefined>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    invariant: 'no budget left unused',
    needs: ['Pod', 'StatefulSet', 'Lease'],
    see: (change, world) => {
      time.see(change);
      restarts.see(change);
      const now = change.entry.seenAt;
      if (now - lookedAt < every) return [];
      lookedAt = now;
      const all = [...world.of('StatefulSet').values()].flatMap(set => idleIn(set, world, { now, restarts }));
      for (const id of waiting.keys()) if (!all.some(idle => idle.id === id)) waiting.delete(id);
      return all.flatMap(({ id, what }) => {
        if (!waiting.has(id)) waiting.set(id, time.now);
        const since = waiting.get(id);
        if (since === undefined || time.now - since <= patience) return [];
        waiting.set(id, undefined);
        return [`${what} for more than ${patience / 1000} s`];
      });
    },
  };
};

/** When containers came back that nobody had changed. */
class Restarts {
  readonly #last = new Map<string, number>();

  see({ entry, pod }: Change): void {
    const { before, after } = pod ?? {};
    if (before === undefined || after === undefined) return;
    const isAgain = [...after.containers].some(([name, { restarts, image }]) => {
      const former = before.containers.get(name);
      return former !== undefined && restarts > former.restarts && former.runningImage.endsWith(image);
    });
    if (isAgain) this.#last.set(after.uid, entry.seenAt);
  }

  areRecent({ uid }: Pod, now: number): boolean {
    return now - (this.#last.get(uid) ?? Number.NEGATIVE_INFINITY) <= trustedAfter;
  }
}

interface Idle {
  readonly id: string;
  readonly what: string;
}

interface Moment {
  readonly now: number;
  readonly restarts: Restarts;
}

const idleIn = (set: KubeObject, world: World, { now, restarts }: Moment): readonly Idle[] => {
  const spec = setSpecOf(set);
  const isCurrent = record(set['status'])['observedGeneration'] === set.metadata.generation;
  if (!isCurrent || !spec.isRolling || spec.isPaused || !spec.mayRecreate) return [];
  const pods = world.podsOwnedBy(set.metadata.uid ?? '');
  const behind = pods.filter(pod => isBehind(pod, set, spec));
  const down = behind.filter(pod => !pod.isReady);
  const whole = pods.filter(
    pod => isServing(pod, spec, now - settledAfter) && spec.isWanted(ordinalOf(pod)) && !restarts.areRecent(pod, now),
  );
  const hasPlace = spec.replicas - whole.length < spec.maxUnavailable && behind.length > down.length;
  return [
    ...down.map(({ uid, key }) => ({ id: uid, what: `${key} has been down on an old revision, and is not taken,` })),
    ...(hasPlace
      ? [{ id: set.metadata.uid ?? '', what: `${keyOf(set)} has had a place in its budget, and pods behind,` }]
      : []),
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
