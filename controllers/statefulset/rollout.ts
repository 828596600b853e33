/**
 * Running pods come to the template's revision: which of them, now, and by which next write.
 * Each active pod gets one say: pods that are taken do their next step, all others finish what was begun on them.
 */

import { isReady, isWhole, wakeFor } from '../../workloads/pods/availability.ts';
import { isActive } from '../../workloads/pods/view.ts';
import type { Reason } from '../../workloads/reasons.ts';
import { type Candidate, choose } from '../../workloads/rollout/budget.ts';
import { type Goal, goalsOf } from './goal.ts';
import type { Replica, Scene } from './observe.ts';
import { type Part, partOf, type Say } from './part.ts';
import { finish, type Rollout, take } from './step.ts';
import { maxUnavailableOf, minReadySecondsOf } from './strategy.ts';

export const roll = (rollout: Rollout): Part => {
  const { scene, now } = rollout;
  const goalOf = goalsOf(rollout);
  const active = scene.live.filter(({ pod }) => isActive(pod)).toReversed(); // the highest ordinal goes first
  const whole = wholeOf(rollout, active);
  const all = active.map(replica => ({ replica, goal: goalOf(replica) }));
  const { taken, held } = chosen(scene, all, whole);
  const budget: Reason = { reason: 'BudgetUsed', limit: maxUnavailableOf(scene.spec), by: users(scene, whole) };
  return partOf(
    all.map(({ replica, goal }): Say => {
      const wakeAfter = wakeFor(replica.pod, minReadySecondsOf(scene.spec), now);
      if (taken.has(replica)) return { wakeAfter, ...take(rollout, replica, goal) };
      return { wakeAfter, ...finish(rollout, replica, held.has(replica) ? { is: 'stay', because: budget } : goal) };
    }),
  );
};

/** Pods that cost the budget nothing. */
const wholeOf = ({ scene, now }: Rollout, active: readonly Replica[]): ReadonlySet<Replica> =>
  new Set(active.filter(({ pod, claimed }) => !claimed && isWhole(pod, minReadySecondsOf(scene.spec), now)));

interface Moving extends Candidate {
  readonly replica: Replica;
}

/** Every place without a whole pod is charged: empty, terminating, finished, claimed, unavailable or unsettled. */
const chosen = (
  { spec }: Scene,
  all: readonly { readonly replica: Replica; readonly goal: Goal }[],
  whole: ReadonlySet<Replica>,
): { readonly taken: ReadonlySet<Replica>; readonly held: ReadonlySet<Replica> } => {
  const moving = all
    .filter(({ goal }) => goal.is === 'recreate' || goal.is === 'change')
    .map(({ replica }): Moving => ({ name: replica.pod.name, state: stateOf(replica, whole), replica }));
  const { taken, held } = choose(moving, spec.replicas - whole.size, maxUnavailableOf(spec));
  return { taken: new Set(taken.map(m => m.replica)), held: new Set(held.map(m => m.replica)) };
};

const stateOf = (replica: Replica, whole: ReadonlySet<Replica>): Candidate['state'] => {
  if (whole.has(replica)) return 'whole';
  return isReady(replica.pod) ? 'unsettled' : 'down';
};

const users = ({ live, empty }: Scene, whole: ReadonlySet<Replica>): readonly string[] => [
  ...live.filter(replica => !whole.has(replica)).map(({ pod }) => pod.name),
  ...empty.map(({ name }) => name),
];
