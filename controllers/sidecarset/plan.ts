/** What may happen now for one SidecarSet. */

import type { Action, Instant, Millis, Plan, PodReason } from '../../kube/contract.ts';
import { soonest } from '../../workloads/pods/availability.ts';
import { messageOf, type Reason } from '../../workloads/reasons.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import { fieldsAgainst } from './fields.ts';
import { injectionWake, isInjecting } from './injectionActive.ts';
import { type Member, memberOf } from './member.ts';
import { noticesOf, rolloutTime } from './notices.ts';
import type { World } from './observe.ts';
import { overriddenNotices } from './overridden.ts';
import { pairsAmong } from './pairs.ts';
import { historyOf } from './revisions.ts';
import { courseOf } from './rollout.ts';
import { type Said, together } from './said.ts';
import type { Step } from './situation.ts';
import { statusOf, statusOfUnusable } from './status.ts';
import { recreates } from './staying.ts';
import { tallyOf } from './tally.ts';
import { whyWithout } from './uninjected.ts';
import { eviction, reset, type To, update } from './update.ts';
import { conditionWrites } from './upgradable.ts';

export const plan = (world: World, now: Instant): Plan => {
  const { usable } = world.view;
  return usable === undefined
    ? { actions: [], status: statusOfUnusable(world.view, now) }
    : planFor(world, usable, now);
};

const planFor = (world: World, set: UsableSidecarSet, now: Instant): Plan => {
  const twinsOf = pairsAmong(set.injection, world.revisions);
  const members = world.pods.map(seen => memberOf(seen, set, twinsOf, now));
  const tally = tallyOf(members);
  const history = historyOf(world, set, tally.marks);
  const to = {
    injection: set.injection,
    revision: history.current?.name ?? '',
    version: world.view.resourceVersion,
  };
  const course = courseOf({
    set,
    members,
    tally,
    isRecorded: history.current !== undefined,
    whilePending: pendingBecause(history.actions, world),
    isInjecting: isInjecting(world.view),
    leaving: recreates(set) ? world.leaving : [],
    kubeletOf: world.kubeletOf,
    fieldsOf: fieldsAgainst(set.injection, world.revisions),
    wasRefused: world.wasRefused,
    refusalOf: step => world.refusalOf(actionFor(step, to, now)),
  });
  const without = world.uninjected.map(pod => [{ pod, name: pod.key }, whyWithout(world, set, pod)] as const);
  const said = [...course.reasons, ...together(without)];
  const status = statusOf({ world, tally, history, course, said, now });
  const rolledOut = rolloutTime(world.view, status, now);
  const wakeAfter = soonest([...tally.restless.map(wakeOf), injectionWake(world.view, set, now)]);
  return {
    actions: [
      ...history.actions,
      ...course.steps.map(step => actionFor(step, to, now)),
      ...conditionWrites({ set: to.injection.set, members, course, isThere: world.isThere }, now),
    ],
    status,
    reasons: said.map(inWords),
    notices: [...noticesOf(world.view, status, said), ...overriddenNotices(world.view, tally)],
    ...(rolledOut === undefined ? {} : { rolledOut }),
    ...(wakeAfter === undefined ? {} : { wakeAfter }),
  };
};

const inWords = ({ reason, pods }: Said): PodReason => ({
  pods: pods.map(({ name }) => name),
  reason: reason.reason,
  message: messageOf(reason),
});

const pendingBecause = (revisions: readonly Action[], { refusalOf }: World): Reason => {
  const refusal = revisions.map(refusalOf).find(found => found !== undefined);
  return refusal === undefined ? { reason: 'RevisionPending' } : { reason: 'Refused', message: refusal.message };
};

const actionFor = ({ member, by }: Step, to: To, now: Instant): Action => {
  switch (by) {
    case 'update':
      return update(member, to, now);
    case 'eviction':
      return eviction(member, to);
    case 'reset':
      return reset(member, to.injection.set, now);
  }
};

/** When time alone may change what this pod costs, or what can be done with it. */
const wakeOf = (member: Member): Millis | undefined => {
  const { progress, pairs } = member;
  const matters = member.isUpdated || member.isCharged;
  const settling = progress.is === 'restarting' || progress.is === 'settling' ? progress.wakeAfter : undefined;
  const wake = matters ? settling : undefined;
  return pairs.length === 0 ? wake : soonest([wake, ...pairs.map(pair => pair.resetAfter || undefined)]);
};
