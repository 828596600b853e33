/** What may happen now for one SidecarSet. */

import type { Action, Instant, Millis, Plan } from '../../kube/contract.ts';
import { soonest } from '../../workloads/pods/availability.ts';
import { type Reason, wording } from '../../workloads/reasons.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import { fieldsAgainst } from './fields.ts';
import { injectionWake, isInjecting } from './injectionActive.ts';
import { isCharged, type Member, memberOf, nameOf } from './member.ts';
import { noticesOf, rolloutTime } from './notices.ts';
import type { World } from './observe.ts';
import { overriddenAmong, overriddenNotices } from './overridden.ts';
import { pairsAmong } from './pairs.ts';
import { historyOf } from './revisions.ts';
import { courseOf } from './rollout.ts';
import type { Step } from './situation.ts';
import { statusOf, statusOfUnusable } from './status.ts';
import { recreates } from './staying.ts';
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
  const history = historyOf(world, set, members);
  const to = {
    injection: set.injection,
    revision: history.current?.name ?? '',
    version: world.view.resourceVersion,
  };
  const course = courseOf({
    set,
    members,
    isRecorded: history.current !== undefined,
    whilePending: pendingBecause(history.actions, world),
    isInjecting: isInjecting(world.view),
    leaving: recreates(set) ? world.leaving : [],
    fieldsOf: fieldsAgainst(set.injection, world.revisions),
    refusalOf: step => (world.wasRefused(step.member.pod) ? world.refusalOf(actionFor(step, to, now)) : undefined),
  });
  const without = world.uninjected.map(pod => ({ pod, reason: whyWithout(world, set, pod) }));
  const said = [...[...course.reasons].map(([{ pod }, reason]) => ({ pod, reason })), ...without];
  const inWords = wording();
  const overridden = overriddenAmong(set.injection.set, members);
  const status = statusOf({ world, members, history, course, said, overridden, now });
  const rolledOut = rolloutTime(world.view, status, now);
  const wakeAfter = soonest([...members.map(wakeOf), injectionWake(world.view, set, now)]);
  return {
    actions: [
      ...history.actions,
      ...course.steps.map(step => actionFor(step, to, now)),
      ...conditionWrites({ set: to.injection.set, members, course, isThere: world.isThere }, now),
    ],
    status,
    reasons: said.map(({ pod, reason }) => inWords(nameOf(pod), reason)),
    notices: [...noticesOf(world.view, status, said), ...overriddenNotices(world.view, overridden)],
    ...(rolledOut === undefined ? {} : { rolledOut }),
    ...(wakeAfter === undefined ? {} : { wakeAfter }),
  };
};

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
  const matters = member.isUpdated || isCharged(member);
  const settling = progress.is === 'restarting' || progress.is === 'settling' ? progress.wakeAfter : undefined;
  const wake = matters ? settling : undefined;
  return pairs.length === 0 ? wake : soonest([wake, ...pairs.map(pair => pair.resetAfter || undefined)]);
};
