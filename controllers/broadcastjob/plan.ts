/** What may happen now for one job. */

import type { BroadcastJobSpec } from '../../api/broadcastjob.ts';
import { resolve } from '../../api/intOrPercent.ts';
import {
  type Action,
  type Instant,
  type Millis,
  type Notice,
  type Plan,
  type PodReason,
  type Telling,
  targetOf,
} from '../../kube/contract.ts';
import { BroadcastJobs, type BroadcastJobView, isFinished } from '../../workloads/broadcastjobs.ts';
import { instantOf } from '../../workloads/pods/project.ts';
import { isActive, type PodView } from '../../workloads/pods/view.ts';
import type { RefusalOf } from '../../workloads/refusals.ts';
import { type NodeView, Pods } from '../../workloads/resources.ts';
import { type Course, courseOf, deadlineOf, timeToLive } from './course.ts';
import type { World } from './observe.ts';
import { freeName, podFor } from './podFor.ts';
import { nodeReason, type Waiting } from './reasons.ts';
import { type Slot, type Slots, slotsOf } from './slots.ts';
import { countsOf, finalCounts, findingsOf, findingsOfInvalid, phaseOf, reportOf, statusChange } from './status.ts';

/** The next pass creates more; a template that admission refuses then costs no more than this many calls at a time. */
const mostCreationsAtOnce = 500;

export const plan = (world: World, now: Instant): Plan => {
  const { job } = world;
  if (job.deletedAt !== undefined) return { actions: [] }; // the garbage collector removes the pods
  if (job.spec === undefined)
    return { actions: [], status: statusChange(job, now, { report: {}, findings: findingsOfInvalid(job.problems) }) };
  return isFinished(job) ? planAfterEnd(world, job.spec, now) : planRun(world, job.spec, now);
};

// ── While it runs ───────────────────────────────────────────────────────────────────────────────────────────────────

const planRun = (world: World, spec: BroadcastJobSpec, now: Instant): Plan => {
  const { job } = world;
  const startedAt = instantOf(job.status.startTime) ?? now;
  const slots = slotsOf(world, spec);
  const course = courseOf(spec, slots.all, { startedAt, now });
  const counts = countsOf(slots.all);
  const limit = Math.max(0, resolve(spec.parallelism, counts.desired, 'up'));
  const starting = course.is === 'running' ? nodesToStart(slots, limit) : [];
  const created = new Map(starting.map(node => [node, creation(world, spec, node)]));
  const refused = refusedAmong(created, world.refusalOf);
  const reasons = reasonsOf(slots.all, course, { limit, starting: new Set(starting), refused });
  return {
    actions: course.is === 'running' ? [...removals(job, slots), ...created.values()] : [],
    // What ends the job is written before anything is removed, because a removed pod may have been the evidence.
    status: statusChange(job, now, {
      report: reportOf(job, counts, { course, now, reasons }),
      findings: findingsOf(course, slots, { counts, refused: [...refused.values()] }),
    }),
    reasons,
    notices: noticesOf(job, course),
    ...wake(course.is === 'running' ? deadlineOf(spec, startedAt) : undefined, now),
  };
};

/** By name, so that the order is the same after a restart. Pods on their way out may still run and count. */
const nodesToStart = ({ all, live }: Slots, limit: number): readonly NodeView[] =>
  all
    .flatMap(slot => (slot.is === 'waiting' ? [slot.node] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, Math.min(Math.max(0, limit - live), mostCreationsAtOnce));

const creation = ({ job, isTaken }: World, spec: BroadcastJobSpec, node: NodeView): Action => ({
  do: 'create',
  resource: Pods,
  object: podFor(job, spec, node, freeName(job, node, isTaken)),
  why: `node ${node.name} has not run the job yet`,
  tell: telling(job, 'Create'),
});

/** What the apiserver said of the pods that it would not create when they were last tried. */
const refusedAmong = (created: ReadonlyMap<NodeView, Action>, refusalOf: RefusalOf): ReadonlyMap<NodeView, string> =>
  new Map(
    [...created].flatMap(([node, action]) => {
      const refusal = refusalOf(action);
      return refusal === undefined ? [] : [[node, refusal.message] as const];
    }),
  );

const removals = (job: BroadcastJobView, { condemned }: Slots): readonly Action[] =>
  condemned.map(({ pod, because }) => removal(job, pod, because));

const removal = (job: BroadcastJobView, pod: PodView, why: string): Action => ({
  do: 'delete',
  target: targetOf(Pods, pod),
  why,
  disrupts: pod.uid,
  tell: telling(job, 'Delete'),
});

const telling = (job: BroadcastJobView, what: 'Create' | 'Delete'): Telling => ({
  about: targetOf(BroadcastJobs, job),
  done: `Successful${what}`,
  failed: `Failed${what}`,
});

const wake = (at: Instant | undefined, now: Instant): { readonly wakeAfter?: Millis } =>
  at === undefined ? {} : { wakeAfter: Math.max(1, at - now) };

// ── Why nodes wait ──────────────────────────────────────────────────────────────────────────────────────────────────

interface Start {
  readonly limit: number;
  readonly starting: ReadonlySet<NodeView>;
  readonly refused: ReadonlyMap<NodeView, string>;
}

const reasonsOf = (slots: readonly Slot[], course: Course, start: Start): readonly PodReason[] =>
  slots.flatMap(slot => {
    const waiting = whyNoPod(slot, course, start);
    return waiting === undefined || !('node' in slot) ? [] : [nodeReason(slot.node.name, waiting)];
  });

const whyNoPod = (slot: Slot, course: Course, start: Start): Waiting | undefined => {
  switch (slot.is) {
    case 'waiting':
      return whyWaiting(slot.node, course, start);
    case 'leaving':
      return { reason: 'FormerPodLeaving', pod: slot.pod.name };
    case 'unfit':
      return { reason: 'NotFit', unfit: slot.unfit };
    case 'active':
    case 'succeeded':
    case 'failed':
      return undefined;
  }
};

const whyWaiting = (node: NodeView, course: Course, { limit, starting, refused }: Start): Waiting => {
  if (course.is === 'paused') return { reason: 'Paused' };
  if (course.is === 'held') return { reason: 'HeldByFailure', pod: course.by };
  const message = refused.get(node);
  if (message !== undefined) return { reason: 'Refused', message };
  return starting.has(node) ? { reason: 'Starting' } : { reason: 'ParallelismUsed', limit };
};

// ── When it is over ─────────────────────────────────────────────────────────────────────────────────────────────────

/** However it ended, nothing of it runs on; its ended pods stay until somebody or its time to live removes the job. */
const planAfterEnd = (world: World, spec: BroadcastJobSpec, now: Instant): Plan => {
  const { job, pods } = world;
  const left = timeToLive(job, spec, now);
  const expired = left !== undefined && left <= 0;
  if (expired) return { actions: [removalOfJob(job)] };
  return {
    actions: pods.filter(isActive).map(pod => removal(job, pod, 'the job is over')),
    status: statusChange(job, now, { report: finalCounts(job, slotsOf(world, spec).all), findings: [] }),
    ...wake(left === undefined ? undefined : now + left, now),
  };
};

const removalOfJob = (job: BroadcastJobView): Action => ({
  do: 'delete',
  target: targetOf(BroadcastJobs, job),
  why: 'ttlSecondsAfterFinished has passed since the job ended',
});

// ── What is told ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Once for each change of phase, as the stored status knows it. */
const noticesOf = (job: BroadcastJobView, course: Course): readonly Notice[] => {
  const before = job.status.phase ?? '';
  if (before === phaseOf(course)) return [];
  const about = targetOf(BroadcastJobs, job);
  switch (course.is) {
    case 'running':
      return before === 'paused' ? [{ about, type: 'Normal', reason: 'Continue', message: 'the job goes on' }] : [];
    case 'paused':
      return [{ about, type: 'Normal', reason: 'Paused', message: 'the job is paused by its spec' }];
    case 'held':
      return [{ about, type: 'Warning', reason: 'Paused', message: `pod ${course.by} failed` }];
    case 'complete':
      return [{ about, type: 'Normal', reason: 'JobComplete', message: 'every node is done' }];
    case 'failed':
      return [{ about, type: 'Warning', ...failureNotice(course) }];
  }
};

const failureNotice = ({ because }: Course & { readonly is: 'failed' }): Pick<Notice, 'reason' | 'message'> => {
  switch (because.reason) {
    case 'PodFailed':
      return { reason: 'FailedPodFound', message: `pod ${because.pod} failed` };
    case 'DeadlineExceeded':
      return { reason: 'DeadlineExceeded', message: `the job took longer than ${because.seconds} s` };
  }
};
