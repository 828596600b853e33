/** Whether a pod can be counted on: the question behind every budget and every counter of a status. */

import { type Instant, type Millis, seconds } from '../../kube/contract.ts';
import { isOver, type Progress, progressOf, sidecarProgressOf } from '../inplace/progress.ts';
import { sidecarRecordNames } from '../inplace/record.ts';
import { conditionOf, type PodView } from './view.ts';

export const isReady = (pod: PodView): boolean => pod.phase === 'Running' && pod.ready === 'True';

/** Ready for at least minReadySeconds, and not on its way out. */
export const isAvailable = (pod: PodView, minReadySeconds: number, now: Instant): boolean =>
  isReady(pod) && pod.deletedAt === undefined && readyIn(pod, minReadySeconds, now) <= 0;

/** Time until minReadySeconds have passed since the pod became Ready; 0 or less when they have. */
export const readyIn = (pod: PodView, minReadySeconds: number, now: Instant): Millis => {
  if (minReadySeconds <= 0) return 0;
  const since = conditionOf(pod, 'Ready')?.since;
  return since === undefined ? seconds(minReadySeconds) : since + seconds(minReadySeconds) - now;
};

/** One pod at one moment. Found once a pass, because the records of updates are text on the pod. */
export interface Standing {
  /** Of the update that the pod's own workload made. */
  readonly own: Progress;
  /** The first update of anybody, the own one before those of SidecarSets, that is not over. */
  readonly open: Progress | undefined;
  /** Available, and nobody's update is still to be proven or settled: costs a budget nothing. */
  readonly isWhole: boolean;
  /** When this may change by the passing of time alone; undefined when only an event can change it. */
  readonly wakeAfter: Millis | undefined;
}

export const standingOf = (pod: PodView, minReadySeconds: number, now: Instant): Standing => {
  const own = progressOf(pod, now);
  const all = [own, ...sidecarRecordNames(pod).map(sidecarSet => sidecarProgressOf(pod, sidecarSet, now))];
  const open = all.find(progress => !isOver(progress));
  const left = isReady(pod) ? readyIn(pod, minReadySeconds, now) : 0;
  return {
    own,
    open,
    isWhole: open === undefined && isAvailable(pod, minReadySeconds, now),
    wakeAfter: soonest([...all.map(wakeOf), left > 0 ? left : undefined]),
  };
};

const wakeOf = (progress: Progress): Millis | undefined => ('wakeAfter' in progress ? progress.wakeAfter : undefined);

/** The one rule by which times to wake are merged. */
export const soonest = (times: readonly (Millis | undefined)[]): Millis | undefined => {
  const known = times.filter(time => time !== undefined);
  return known.length === 0 ? undefined : Math.max(1, Math.min(...known));
};
