/** What should happen to one set now: claims, then scale, then rollout; each says its part, and the status says all. */

import type { Instant, Plan } from '../../kube/contract.ts';
import { podReason } from '../../workloads/reasons.ts';
import { claims } from './claims.ts';
import { historyOf } from './history.ts';
import type { World } from './observe.ts';
import { type Part, together } from './part.ts';
import { withRefusals } from './refused.ts';
import { roll } from './rollout.ts';
import { scale } from './scale.ts';
import { statusOf, statusOfUnreadable } from './status.ts';

export const plan = (world: World, now: Instant): Plan => {
  if (world.is === 'unreadable') return { actions: [], status: statusOfUnreadable(world, now) };
  const history = historyOf(world);
  if (world.set.deletedAt !== undefined)
    return { actions: [], status: statusOf({ scene: world, history, reasons: new Map(), now }) };
  const all = together([claimed(world), scale(world, history, now), roll({ scene: world, history, now })]);
  const actions = [...history.actions, ...all.actions];
  const reasons = withRefusals(all.reasons, actions, world.refusalOf);
  return {
    actions,
    status: statusOf({ scene: world, history, reasons, now }),
    reasons: [...reasons].map(([pod, reason]) => podReason(pod, reason)),
    ...(all.wakeAfter === undefined ? {} : { wakeAfter: all.wakeAfter }),
  };
};

const claimed = (world: Extract<World, { is: 'readable' }>): Part => ({
  actions: claims(world),
  reasons: new Map(),
  wakeAfter: undefined,
});
