/** Whether a pod can be counted on: the question behind every budget and every counter of a status. */

import { type Instant, type Millis, seconds } from '../../kube/contract.ts';
import { isSettled, progressOf, sidecarProgressOf } from '../inplace/progress.ts';
import { sidecarRecordNames } from '../inplace/record.ts';
import { conditionOf, type PodView } from './view.ts';

export const isReady = (pod: PodView): boolean => pod.phase === 'Running' && pod.ready === 'True';

/** Ready for at least minReadySeconds, and not on its way out. */
export const isAvailable = (pod: PodView, minReadySeconds: number, now: Instant): boolean =>
  isReady(pod) && pod.deletedAt === undefined && readyIn(pod, minReadySeconds, now) <= 0;

/** Available, and no in-place update of anybody is still to be proven or settled: costs a budget nothing. */
export const isWhole = (pod: PodView, minReadySeconds: number, now: Instant): boolean =>
  isAvailable(pod, minReadySeconds, now) && isSettled(pod, now);

/** Time until minReadySeconds have passed since the pod became Ready; 0 or less when they have. */
export const readyIn = (pod: PodView, minReadySeconds: number, now: Instant): Millis => {
  if (minReadySeconds <= 0) return 0;
  const since = conditionOf(pod, 'Ready')?.since;
  return since === undefined ? seconds(minReadySeconds) : since + seconds(minReadySeconds) - now;
};

/** When this pod's availability may change by the passing of time alone; undefined when only an event can change it. */
export const wakeFor = (pod: PodView, minReadySeconds: number, now: Instant): Millis | undefined => {
  const updates = [
    progressOf(pod, now),
    ...sidecarRecordNames(pod).map(sidecarSet => sidecarProgressOf(pod, sidecarSet, now)),
  ].map(progress => ('wakeAfter' in progress ? progress.wakeAfter : undefined));
  const ready = isReady(pod) ? readyIn(pod, minReadySeconds, now) : 0;
  return soonest([...updates, ready > 0 ? ready : undefined]);
};

/** The one rule by which times to wake are merged. */
export const soonest = (times: readonly (Millis | undefined)[]): Millis | undefined => {
  const known = times.filter(time => time !== undefined);
  return known.length === 0 ? undefined : Math.max(1, Math.min(...known));
};
