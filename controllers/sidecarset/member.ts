/** A pod that the set looks after, as the rollout sees it. */

import type { Instant } from '../../kube/contract.ts';
import { type Progress, sidecarProgressOf } from '../../workloads/inplace/progress.ts';
import { sidecarRecordOf, type UpdateRecord } from '../../workloads/inplace/record.ts';
import { isReady } from '../../workloads/pods/availability.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import type { Mark } from '../../workloads/sidecars/marks.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import type { SeenPod } from './observe.ts';

export interface Member extends SeenPod {
  /** What this set has put into the pod, or updated it to. */
  readonly mark: Mark | undefined;
  readonly markWithoutImage: Mark | undefined;
  readonly record: UpdateRecord | undefined;
  readonly progress: Progress;
  readonly isReady: boolean;
  /** Its containers are those of the spec, or are being replaced by them. */
  readonly isUpdated: boolean;
}

export const memberOf = (seen: SeenPod, set: UsableSidecarSet, now: Instant): Member => {
  const { pod } = seen;
  const name = set.injection.set;
  const mark = seen.marks.hash?.get(name);
  const record = sidecarRecordOf(pod, name);
  return {
    ...seen,
    mark,
    markWithoutImage: seen.marks.withoutImage?.get(name),
    record: record.is === 'read' ? record.value : undefined,
    progress: sidecarProgressOf(pod, name, now),
    isReady: isReady(pod),
    isUpdated: mark?.hash === set.injection.hashes.hash,
  };
};

/**
 * Whether the pod uses up budget: somebody is about to disrupt it, its containers are not proven after their update,
 * or it was Ready when it was taken and is not settled again. A pod that has never served has nothing to lose.
 */
export const isCharged = ({ pod, claimed, progress, record }: Member): boolean => {
  const wasReady = record?.wasReady === true;
  switch (progress.is) {
    case 'restarting':
      return claimed || wasReady || pod.phase !== 'Pending';
    case 'settling':
      return claimed || wasReady;
    case 'idle':
    case 'draining':
    case 'rejoining':
    case 'settled':
      return claimed;
  }
};

/** Updated, and the update is over: nothing is left to do. */
export const isMoved = (member: Member): boolean =>
  member.isUpdated && (member.progress.is === 'idle' || member.progress.is === 'settled');

export const nameOf = ({ namespace, name }: PodView): string => `${namespace}/${name}`;
