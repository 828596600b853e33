/** What a job reports: counted from scratch by node, then frozen when the job is over. */

import type { BroadcastJobStatus } from '../../api/broadcastjob.ts';
import type { Problem } from '../../api/problem.ts';
import type { PodCount } from '../../api/status.ts';
import { type Instant, type PodReason, type StatusChange, targetOf } from '../../kube/contract.ts';
import { BroadcastJobs, type BroadcastJobView } from '../../workloads/broadcastjobs.ts';
import { type Finding, withFindings } from '../../workloads/conditions.ts';
import { timestampOf } from '../../workloads/pods/project.ts';
import { podsOf } from '../../workloads/reasons.ts';
import { type Course, type Failure, isDone } from './course.ts';
import type { Slot, Slots } from './slots.ts';

export interface Counts {
  readonly desired: number;
  readonly active: number;
  readonly succeeded: number;
  readonly failed: number;
}

/** A node counts once. Those that wait are desired and nothing else. */
export const countsOf = (slots: readonly Slot[]): Counts => {
  const number = (is: Slot['is']): number => slots.filter(slot => slot.is === is).length;
  return {
    desired: slots.length - number('unfit'),
    active: number('active'),
    succeeded: number('succeeded'),
    failed: number('failed'),
  };
};

/**
 * When a job is over its nodes do not matter any more, and its pods may go. What was active then has succeeded since,
 * is still active, or was ended by the job, which counts as failed; the sum stays.
 */
export const finalCounts = ({ status }: BroadcastJobView, slots: readonly Slot[]): Counts => {
  const { desired = 0, active = 0, succeeded = 0, failed = 0 } = status;
  const now = countsOf(slots);
  const stillActive = Math.min(now.active, active);
  const succeededNow = Math.min(Math.max(succeeded, now.succeeded), succeeded + active - stillActive);
  return {
    desired,
    active: stillActive,
    succeeded: succeededNow,
    failed: failed + active - stillActive - (succeededNow - succeeded),
  };
};

export const statusChange = (
  job: BroadcastJobView,
  now: Instant,
  is: { readonly report: Partial<BroadcastJobStatus>; readonly findings: readonly Finding[] },
): StatusChange => ({
  target: targetOf(BroadcastJobs, job),
  was: job.statusOnWire,
  is: {
    ...is.report,
    observedGeneration: job.generation,
    conditions: withFindings(job.status.conditions ?? [], is.findings, { now, generation: job.generation }),
  },
});

export const phaseOf = (course: Course): string => {
  switch (course.is) {
    case 'running':
      return 'running';
    case 'paused':
    case 'held':
      return 'paused';
    case 'complete':
      return 'completed';
    case 'failed':
      return 'failed';
  }
};

/** The report of a job that is not over, or that this pass finds to be. */
export const reportOf = (
  { status }: BroadcastJobView,
  counts: Counts,
  at: { readonly course: Course; readonly now: Instant; readonly reasons: readonly PodReason[] },
): BroadcastJobStatus => {
  const isOver = at.course.is === 'complete' || at.course.is === 'failed';
  return {
    ...counts,
    phase: phaseOf(at.course),
    startTime: status.startTime ?? timestampOf(at.now),
    ...(isOver ? { completionTime: timestampOf(at.now) } : {}),
    pods: isOver ? [] : countedReasons(at.reasons),
  };
};

/** By reason, with the first five names; sorted, so that the order in which nodes are stored changes nothing. */
export const countedReasons = (reasons: readonly PodReason[]): readonly PodCount[] => {
  const groups = new Map<string, string[]>();
  for (const { reason, pods } of reasons) {
    const names = groups.get(reason);
    if (names === undefined) groups.set(reason, [...pods]);
    else names.push(...pods);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, names]) => ({ reason, count: names.length, pods: names.sort().slice(0, 5) }));
};

// ── Conditions ──────────────────────────────────────────────────────────────────────────────────────────────────────

const yes = (type: string, reason: string, message: string): Finding => ({ type, status: 'True', reason, message });
const no = (type: string, reason: string, message: string): Finding => ({ type, status: 'False', reason, message });

export interface Found {
  readonly counts: Counts;
  /** The apiserver's words for each pod that it refused to create. */
  readonly refused: readonly string[];
}

/** Ready, Reconciling and Stalled as kstatus reads them, and OpenKruise's own two. */
export const findingsOf = (course: Course, { all }: Slots, { counts, refused }: Found): readonly Finding[] => {
  const tally = `${counts.succeeded} succeeded, ${counts.failed} failed, ${counts.active} active of ${counts.desired} nodes`;
  switch (course.is) {
    case 'running':
      return isDone(all) ? upToDate(counts, tally) : running(counts, refused, tally);
    case 'paused':
      return [no('Ready', 'Paused', tally), no('Reconciling', 'Paused', tally), no('Stalled', 'Paused', '')];
    case 'held':
      return stuck('PodFailed', `pod ${course.by} failed, and failurePolicy Pause holds the job: ${tally}`);
    case 'complete':
      return [yes('Complete', 'Complete', tally), ...ready('Complete', tally)];
    case 'failed':
      return [
        yes('Failed', course.because.reason, failureMessage(course.because, tally)),
        ...stuck(course.because.reason, failureMessage(course.because, tally)),
      ];
  }
};

/** As long as any pod runs the job is under way; if the apiserver refuses the others, nothing else moves it. */
const running = ({ active }: Counts, refused: readonly string[], tally: string): readonly Finding[] => {
  const [words] = refused;
  if (words === undefined) return underWay('Running', tally);
  const message = `${tally}; the apiserver refuses ${podsOf(refused.length)}: ${words}`;
  return active > 0 ? underWay('Running', message) : stuck('Refused', message);
};

/** A job that never ends has served every node there is. */
const upToDate = ({ failed }: Counts, tally: string): readonly Finding[] =>
  failed > 0 ? stuck('PodFailed', tally) : ready('UpToDate', tally);

const ready = (reason: string, tally: string): readonly Finding[] => [
  yes('Ready', reason, tally),
  no('Reconciling', reason, ''),
  no('Stalled', reason, ''),
];

const underWay = (reason: string, tally: string): readonly Finding[] => [
  no('Ready', reason, tally),
  yes('Reconciling', reason, tally),
  no('Stalled', reason, ''),
];

const stuck = (reason: string, message: string): readonly Finding[] => [
  no('Ready', reason, message),
  no('Reconciling', reason, ''),
  yes('Stalled', reason, message),
];

export const failureMessage = (because: Failure, tally: string): string => {
  switch (because.reason) {
    case 'PodFailed':
      return `pod ${because.pod} failed, and failurePolicy FailFast ends the job: ${tally}`;
    case 'DeadlineExceeded':
      return `the job took longer than activeDeadlineSeconds ${because.seconds}: ${tally}`;
  }
};

/** A stored job that cannot be read: nothing is done, and the others go on. */
export const findingsOfInvalid = (problems: readonly Problem[]): readonly Finding[] =>
  stuck('InvalidSpec', problems.map(({ field, message }) => `${field}: ${message}`).join('; '));
