/**
 * Running pods come to the template's revision: which of them, now, and by which next write.
 * Each active pod gets one say: pods that are taken do their next step, all others finish what was begun on them.
 */

import { gateIsClosed } from '../../workloads/inplace/progress.ts';
import { isReady, standingOf } from '../../workloads/pods/availability.ts';
import { isActive } from '../../workloads/pods/view.ts';
import type { Reason } from '../../workloads/reasons.ts';
import { type Candidate, choose } from '../../workloads/rollout/budget.ts';
import { goalsOf, type Rollout } from './goal.ts';
import type { Replica, Scene } from './observe.ts';
import { type Part, partOf, type Say } from './part.ts';
import { finish, type Taking, take } from './step.ts';
import { maxUnavailableOf, minReadySecondsOf } from './strategy.ts';

export const roll = (rollout: Rollout): Part => {
  const { scene } = rollout;
  const all = membersOf(rollout);
  const whole = new Set(all.filter(member => member.isWhole).map(({ replica }) => replica));
  const { taken, held } = chosen(scene, all, whole.size);
  const budget: Reason = { reason: 'BudgetUsed', limit: maxUnavailableOf(scene.spec), by: users(scene, whole) };
  return partOf(
    all.map((member): Say => {
      const { wakeAfter } = member.standing;
      if (taken.has(member)) return { wakeAfter, ...take(rollout, member) };
      return {
        wakeAfter,
        ...finish(rollout, held.has(member) ? { ...member, goal: { is: 'stay', because: budget } } : member),
      };
    }),
  );
};

interface Member extends Taking {
  /** It costs the budget nothing. */
  readonly isWhole: boolean;
}

/** Active pods, the highest ordinal first. */
const membersOf = (rollout: Rollout): readonly Member[] => {
  const { scene, now } = rollout;
  const goalOf = goalsOf(rollout);
  const active = scene.live.filter(({ pod }) => isActive(pod)).toReversed();
  return active.map(replica => {
    const standing = standingOf(replica.pod, minReadySecondsOf(scene.spec), now);
    return { replica, goal: goalOf(replica), standing, isWhole: standing.isWhole && !replica.claimed };
  });
};

interface Moving extends Candidate {
  readonly member: Member;
}

/** Every place without a whole pod is charged: empty, terminating, finished, claimed, unavailable or unsettled. */
const chosen = (
  { spec }: Scene,
  all: readonly Member[],
  whole: number,
): { readonly taken: ReadonlySet<Member>; readonly held: ReadonlySet<Member> } => {
  const moving = all
    .filter(({ goal }) => goal.is === 'recreate' || goal.is === 'change')
    .map((member): Moving => ({ name: member.replica.pod.name, state: stateOf(member), member }));
  const { taken, held } = choose(moving, spec.replicas - whole, maxUnavailableOf(spec));
  return { taken: new Set(taken.map(m => m.member)), held: new Set(held.map(m => m.member)) };
};

const stateOf = ({ isWhole, replica }: Member): Candidate['state'] => {
  if (isWhole) return 'whole';
  // A gate that we closed is felt before the kubelet has taken Ready back.
  return isReady(replica.pod) && !gateIsClosed(replica.pod) ? 'unsettled' : 'down';
};

const users = ({ live, empty }: Scene, whole: ReadonlySet<Replica>): readonly string[] => [
  ...live.filter(replica => !whole.has(replica)).map(({ pod }) => pod.name),
  ...empty.map(({ name }) => name),
];
