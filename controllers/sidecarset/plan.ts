/** What may happen now for one SidecarSet. */

import type { Instant, Millis, Plan } from '../../kube/contract.ts';
import { soonest } from '../../workloads/pods/availability.ts';
import { podReason } from '../../workloads/reasons.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import { fieldsAgainst } from './fields.ts';
import { injectionWake } from './injectionActive.ts';
import { isCharged, type Member, memberOf, nameOf } from './member.ts';
import type { World } from './observe.ts';
import { historyOf } from './revisions.ts';
import { courseOf } from './rollout.ts';
import { noticesOf, statusOf, statusOfUnusable } from './status.ts';
import { update } from './update.ts';

export const plan = (world: World, now: Instant): Plan => {
  const { usable } = world.view;
  return usable === undefined
    ? { actions: [], status: statusOfUnusable(world.view, now) }
    : planFor(world, usable, now);
};

const planFor = (world: World, set: UsableSidecarSet, now: Instant): Plan => {
  const members = world.pods.map(seen => memberOf(seen, set, now));
  const history = historyOf(world, set, members);
  const course = courseOf({
    set,
    members,
    isRecorded: history.current !== undefined,
    fieldsOf: fieldsAgainst(set.injection, world.revisions),
  });
  const reasons = [...course.reasons].map(([m, reason]) => podReason(nameOf(m.pod), reason));
  const to = { injection: set.injection, revision: history.current?.name ?? '' };
  const status = statusOf({ world, members, history, course, now });
  const wakeAfter = soonest([...members.map(wakeOf), injectionWake(world.view, set, now)]);
  return {
    actions: [...history.actions, ...course.taken.map(member => update(member, to, now))],
    status,
    reasons,
    notices: noticesOf(world.view, status),
    ...(wakeAfter === undefined ? {} : { wakeAfter }),
  };
};

/** When time alone may change what this pod costs. */
const wakeOf = (member: Member): Millis | undefined => {
  const { progress } = member;
  const matters = member.isUpdated || isCharged(member);
  return matters && (progress.is === 'restarting' || progress.is === 'settling') ? progress.wakeAfter : undefined;
};
