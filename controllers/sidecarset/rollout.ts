/** Which pods move now, and why each of the others does not. */

import type { Reason } from '../../workloads/reasons.ts';
import { inOrder } from '../../workloads/sidecars/order.ts';
import { keptBy } from '../../workloads/sidecars/partition.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import { withinBudget } from './allowance.ts';
import { canReset, isMoved, type Member } from './member.ts';
import type { Course, Situation, Step } from './situation.ts';
import { blockOf, canStay } from './staying.ts';

export const courseOf = (situation: Situation): Course => {
  const { members, set } = situation;
  const { unfinished, resets, blocked, movable } = sorted(situation);
  const waiting = inOrder(movable, set.spec.updateStrategy, members);
  const { keptOld, free } = room(situation);
  // A hot upgrade that was begun is ended before others begin, also where none may begin any more.
  const candidates = [...stepsOf(resets, 'reset'), ...waiting.slice(0, free).map(m => stepFor(m, set))];
  const { taken, held, refused, limit, charging } = withinBudget(candidates, situation);
  const reasons = new Map<Member, Reason>();
  for (const m of unfinished) reasons.set(m, whatIsMissing(m));
  for (const [m, reason] of blocked) reasons.set(m, reason);
  note(reasons, waiting.slice(free), { reason: 'Partition', keptOld });
  note(reasons, membersOf(held), { reason: 'BudgetUsed', limit, by: charging });
  note(reasons, membersOf(taken), { reason: 'Taken' });
  for (const [{ member }, { message }] of refused) reasons.set(member, { reason: 'Refused', message });
  return { steps: taken, reasons };
};

/** One reason for many: a fleet has thousands of pods that wait for the same. */
const note = (reasons: Map<Member, Reason>, members: readonly Member[], reason: Reason): void => {
  for (const member of members) reasons.set(member, reason);
};

const membersOf = (steps: readonly Step[]): readonly Member[] => steps.map(step => step.member);

interface Sorted {
  /** Updated, and the update is not over. */
  readonly unfinished: readonly Member[];
  readonly resets: readonly Member[];
  readonly blocked: ReadonlyMap<Member, Reason>;
  /** Nothing but order and budgets keeps them. */
  readonly movable: readonly Member[];
}

const sorted = (situation: Situation): Sorted => {
  const unfinished: Member[] = [];
  const resets: Member[] = [];
  const movable: Member[] = [];
  const blocked = new Map<Member, Reason>();
  for (const member of situation.members) {
    if (member.isUpdated && !isMoved(member)) unfinished.push(member);
    if (canReset(member)) resets.push(member);
    else if (!member.isUpdated) {
      const reason = blockOf(member, situation);
      if (reason === undefined) movable.push(member);
      else blocked.set(member, reason);
    }
  }
  return { unfinished, resets, blocked, movable };
};

const stepsOf = (members: readonly Member[], by: Step['by']): readonly Step[] =>
  members.map(member => ({ member, by }));

const stepFor = (member: Member, set: UsableSidecarSet): Step => ({
  member,
  by: canStay(member, set) ? 'update' : 'eviction',
});

/** A pair that is still being swapped is waited for too, though its containers are all right by themselves. */
const whatIsMissing = ({ progress }: Member): Reason =>
  progress.is === 'restarting' || progress.is === 'settling' ? progress.for : { reason: 'Settling' };

/** How many more pods the partition lets go. Pods that cannot move count among those that it keeps. */
const room = ({ set, members }: Situation): { readonly keptOld: number; readonly free: number } => {
  const keptOld = keptBy(set.spec.updateStrategy.partition, members.length);
  const updated = members.filter(m => m.isUpdated).length;
  return { keptOld, free: Math.max(0, members.length - keptOld - updated) };
};
