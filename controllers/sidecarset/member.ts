/** A pod that the set looks after, as the rollout sees it. */

import type { Instant, Millis } from '../../kube/contract.ts';
import { isOver, type Progress } from '../../workloads/inplace/progress.ts';
import type { UpdateRecord } from '../../workloads/inplace/record.ts';
import { isReady } from '../../workloads/pods/availability.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { runningOf } from '../../workloads/sidecars/injection.ts';
import { type After, timeUntilSound } from '../../workloads/sidecars/soundness.ts';
import type { Twins } from '../../workloads/sidecars/twins.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import type { SeenPod } from './observe.ts';

export interface Member extends SeenPod {
  readonly record: UpdateRecord | undefined;
  readonly progress: Progress;
  readonly isReady: boolean;
  /** Its containers are those of the spec, or are being replaced by them. */
  readonly isUpdated: boolean;
  /** Its containers that are upgraded hot. */
  readonly pairs: readonly Pair[];
}

export interface Pair extends Twins {
  /** How long until the former twin may be emptied; undefined if there is none, or the new one is not sound. */
  readonly resetAfter: Millis | undefined;
}

export const memberOf = (
  seen: SeenPod,
  set: UsableSidecarSet,
  twinsOf: (seen: SeenPod) => readonly Twins[],
  now: Instant,
): Member => {
  const { pod, claimed, kubelet, traces } = seen;
  const { record } = traces;
  const twins = twinsOf(seen);
  const pairs = twins.length === 0 ? none : twins.map(t => pairOf(t, { pod, record, now }));
  return {
    pod,
    claimed,
    kubelet,
    traces,
    record,
    progress: traces.progress(now),
    isReady: isReady(pod),
    isUpdated: traces.hash === set.injection.hashes.hash && !pairs.some(pair => isTrapped(pair, set)),
    pairs,
  };
};

const none: readonly never[] = [];

const pairOf = (twins: Twins, after: After): Pair => ({
  ...twins,
  resetAfter: twins.isSwapping ? timeUntilSound(twins.working, after) : undefined,
});

/** OpenKruise leaves it so after a rollback: the hash is the wanted one, and the image that failed still works. */
const isTrapped = ({ name, working, idle, isSwapping }: Twins, { injection }: UsableSidecarSet): boolean => {
  const image = isSwapping ? runningOf(injection).find(c => c.name === name)?.image : undefined;
  return image !== undefined && working.image !== image && idle.image === image;
};

export const isSwapping = ({ pairs }: Member): boolean => pairs.some(pair => pair.isSwapping);

/** A hot upgrade that has come so far that a former twin can be emptied. */
export const canReset = ({ pairs }: Member): boolean => pairs.some(pair => pair.resetAfter === 0);

/**
 * Whether the pod uses up budget: somebody is about to disrupt it, its containers are not proven after their update,
 * or it was Ready when it was taken and is not settled again. A pod that has never served has nothing to lose.
 */
export const isCharged = (member: Member): boolean => {
  const { pod, claimed, progress, record } = member;
  const wasReady = record?.wasReady === true;
  switch (progress.is) {
    case 'restarting':
      return claimed || wasReady || pod.phase !== 'Pending';
    case 'settling':
      return claimed || wasReady || isSwapping(member);
    case 'idle':
    case 'draining':
    case 'rejoining':
    case 'settled':
      return claimed || isSwapping(member);
  }
};

/** Updated, and the update is over: nothing is left to do. */
export const isMoved = (member: Member): boolean => member.isUpdated && isOver(member.progress) && !isSwapping(member);

export const nameOf = ({ key }: PodView): string => key;
