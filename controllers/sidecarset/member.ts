/** A pod that the set looks after, as the rollout sees it. */

import type { Instant, Millis } from '../../kube/contract.ts';
import { isOver, type Progress, sidecarProgress } from '../../workloads/inplace/progress.ts';
import type { UpdateRecord } from '../../workloads/inplace/record.ts';
import { isReady } from '../../workloads/pods/availability.ts';
import { runningOf } from '../../workloads/sidecars/injection.ts';
import { markAnnotations } from '../../workloads/sidecars/marks.ts';
import type { Use } from '../../workloads/sidecars/order.ts';
import { type After, timeUntilSound } from '../../workloads/sidecars/soundness.ts';
import type { Traces } from '../../workloads/sidecars/traces.ts';
import type { Twins } from '../../workloads/sidecars/twins.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import type { SeenPod } from './observe.ts';

/** All that is asked of thousands stands in one object, what is asked most in front: memory that is far away costs most. */
export interface Member extends Pick<SeenPod, 'pod' | 'name' | 'claimed' | 'traces'>, Use {
  /** Updated, and the update is over: nothing is left to do. */
  readonly isMoved: boolean;
  /** Its containers are those of the spec, or are being replaced by them. */
  readonly isUpdated: boolean;
  readonly isReady: boolean;
  /** Ready, and not about to have its containers replaced, or in a hot upgrade with a twin too many. */
  readonly isServing: boolean;
  /** It uses up budget. */
  readonly isCharged: boolean;
  /** Only images of the set's containers differ from the spec. */
  readonly fitsInPlace: boolean;
  /** The annotation that should say what it got from the set, and cannot be read. */
  readonly broken: string | undefined;
  /** Nothing about it changes by time alone. */
  readonly isAtRest: boolean;
  readonly record: UpdateRecord | undefined;
  readonly progress: Progress;
  /** Its containers that are upgraded hot. */
  readonly pairs: readonly Pair[];
  readonly isSwapping: boolean;
  /** Pods of which this is equal carry the same revision. */
  readonly carried: string;
  /** One of the set's containers stands in the place of the pod's own. */
  readonly hasReplaced: boolean;
  /** What the message of its condition SidecarSetUpgradable says. */
  readonly said: string | undefined;
}

export interface Pair extends Twins {
  /** How long until the former twin may be emptied; undefined if there is none, or the new one is not sound. */
  readonly resetAfter: Millis | undefined;
}

type TwinsOf = (seen: SeenPod) => readonly Twins[];

export const memberOf = (seen: SeenPod, set: UsableSidecarSet, twinsOf: TwinsOf, now: Instant): Member => {
  if (seen.atRest !== undefined) return seen.atRest;
  const member = madeOf(seen, set, twinsOf, now);
  if (member.isAtRest) seen.atRest = member;
  return member;
};

const madeOf = (seen: SeenPod, set: UsableSidecarSet, twinsOf: TwinsOf, now: Instant): Member => {
  const { pod, name, claimed, traces } = seen;
  const { record, use, carried, hasReplaced, upgradableMessage: said } = traces;
  const { hash, withoutImage } = set.injection.hashes;
  const twins = twinsOf(seen);
  const pairs = twins.length === 0 ? none : twins.map(t => pairOf(t, { pod, record, now }));
  const progress = sidecarProgress(pod, record, now);
  const ready = isReady(pod);
  const isSwapping = pairs.some(pair => pair.isSwapping);
  const isUpdated = traces.hash === hash && !pairs.some(pair => isTrapped(pair, set));
  const isAtRest = isOver(progress) && !isSwapping;
  return {
    isMoved: isUpdated && isAtRest,
    isAtRest,
    isUpdated,
    isReady: ready,
    isServing: ready && progress.is !== 'restarting' && !isSwapping,
    isCharged: isCharged(seen, progress, isSwapping),
    fitsInPlace: traces.hashWithoutImage === withoutImage,
    broken: brokenIn(traces),
    ...{ record, said, carried, hasReplaced, progress, pairs, isSwapping },
    ...use,
    ...{ name, claimed, traces, pod },
  };
};

const brokenIn = ({ mark, markWithoutImage }: Traces): string | undefined => {
  if (mark === undefined) return markAnnotations.hash;
  return markWithoutImage === undefined ? markAnnotations.withoutImage : undefined;
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

/** A hot upgrade that has come so far that a former twin can be emptied. */
export const canReset = ({ pairs }: Member): boolean => pairs.some(isSpent);

const isSpent = ({ resetAfter }: Pair): boolean => resetAfter === 0;

/**
 * Whether the pod uses up budget: somebody is about to disrupt it, its containers are not proven after their update,
 * or it was Ready when it was taken and is not settled again. A pod that has never served has nothing to lose.
 */
const isCharged = ({ pod, claimed, traces }: SeenPod, progress: Progress, isSwapping: boolean): boolean => {
  const wasReady = traces.record?.wasReady === true;
  switch (progress.is) {
    case 'restarting':
      return claimed || wasReady || pod.phase !== 'Pending';
    case 'settling':
      return claimed || wasReady || isSwapping;
    case 'idle':
    case 'draining':
    case 'rejoining':
    case 'settled':
      return claimed || isSwapping;
  }
};
