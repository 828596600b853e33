/** Where a job stands: what its spec, its clock and its nodes together say. */

import type { BroadcastJobSpec } from '../../api/broadcastjob.ts';
import { type Instant, type Millis, seconds } from '../../kube/contract.ts';
import type { BroadcastJobView } from '../../workloads/broadcastjobs.ts';
import { instantOf } from '../../workloads/pods/project.ts';
import type { Slot } from './slots.ts';

export type Course =
  | { readonly is: 'running' }
  | { readonly is: 'paused' }
  /** failurePolicy Pause: goes on when the failed pod is deleted or the policy is changed. */
  | { readonly is: 'held'; readonly by: string }
  | { readonly is: 'complete' }
  | { readonly is: 'failed'; readonly because: Failure };

export type Failure =
  | { readonly reason: 'PodFailed'; readonly pod: string }
  | { readonly reason: 'DeadlineExceeded'; readonly seconds: number };

/** Pausing comes first: a paused job neither fails nor completes. */
export const courseOf = (
  spec: BroadcastJobSpec,
  slots: readonly Slot[],
  { startedAt, now }: { readonly startedAt: Instant; readonly now: Instant },
): Course => {
  if (spec.paused) return { is: 'paused' };
  const failed = firstFailed(slots);
  const ends = spec.completionPolicy.type === 'Always';
  if (failed !== undefined && spec.failurePolicy.type === 'Pause') return { is: 'held', by: failed };
  // A job that never ends cannot fail either: it goes on to serve new nodes.
  if (failed !== undefined && spec.failurePolicy.type === 'FailFast' && ends)
    return { is: 'failed', because: { reason: 'PodFailed', pod: failed } };
  const deadline = deadlineOf(spec, startedAt);
  if (deadline !== undefined && deadline <= now)
    return {
      is: 'failed',
      because: { reason: 'DeadlineExceeded', seconds: spec.completionPolicy.activeDeadlineSeconds ?? 0 },
    };
  return ends && isDone(slots) ? { is: 'complete' } : { is: 'running' };
};

const firstFailed = (slots: readonly Slot[]): string | undefined =>
  slots.flatMap(slot => (slot.is === 'failed' ? [slot.pod.name] : [])).sort()[0];

/** Every node that takes part is done, and there is one: a job without nodes waits for some. */
export const isDone = (slots: readonly Slot[]): boolean => {
  const partaking = slots.filter(slot => slot.is !== 'unfit');
  return partaking.length > 0 && partaking.every(slot => slot.is === 'succeeded' || slot.is === 'failed');
};

/** Absolute, so that it holds after any restart. */
export const deadlineOf = ({ completionPolicy }: BroadcastJobSpec, startedAt: Instant): Instant | undefined =>
  completionPolicy.type === 'Always' && completionPolicy.activeDeadlineSeconds !== undefined
    ? startedAt + seconds(completionPolicy.activeDeadlineSeconds)
    : undefined;

/** Time until a finished job is to be deleted, 0 or less when it is due; undefined when it stays. */
export const timeToLive = ({ status }: BroadcastJobView, spec: BroadcastJobSpec, now: Instant): Millis | undefined => {
  const finishedAt = instantOf(status.completionTime);
  const ttl = spec.completionPolicy.ttlSecondsAfterFinished;
  return ttl === undefined || finishedAt === undefined ? undefined : finishedAt + seconds(ttl) - now;
};
