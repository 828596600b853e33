/** Which pods move now, and why each of the others does not. */

import type { Reason } from '../../workloads/reasons.ts';
import { inOrder } from '../../workloads/sidecars/order.ts';
import { keptBy } from '../../workloads/sidecars/partition.ts';
import { mostTaken, stepBy, withinBudget, withinReach } from './allowance.ts';
import { canReset, type Member } from './member.ts';
import { saidOf, together } from './said.ts';
import type { Course, Situation, Step } from './situation.ts';
import { blockOf, canStay } from './staying.ts';

export const courseOf = (situation: Situation): Course => {
  const { members, set } = situation;
  const { unfinished, resets, blocked, movable } = sorted(situation);
  const { keptOld, free } = room(situation);
  const first = free < movable.length ? free : mostTaken(movable, situation);
  const waiting = inOrder(movable, set.spec.updateStrategy, members, first);
  const { near, far } = withinReach(waiting.slice(0, free), situation);
  // A hot upgrade that was begun is ended before others begin, also where none may begin any more.
  const steps = [
    ...resets.map(m => stepBy('reset', m)),
    ...near.map(m => stepBy(canStay(m, situation) ? 'update' : 'eviction', m)),
  ];
  const { taken, held, refused, limit, charging } = withinBudget(steps, situation);
  const unrefused = (some: readonly Step[]): readonly Member[] =>
    some.filter(step => !refused.has(step)).map(({ member }) => member);
  const reasons = [
    ...together(unfinished.map(m => [m, whatIsMissing(m)])),
    ...together(blocked),
    ...saidOf(waiting.slice(free), { reason: 'Partition', keptOld }),
    ...saidOf([...unrefused(held), ...far], { reason: 'BudgetUsed', limit, by: charging }),
    ...saidOf(unrefused(taken), { reason: 'Taken' }),
    ...together([...refused].map(([{ member }, { message }]) => [member, { reason: 'Refused', message }])),
  ];
  return { steps: taken, reasons };
};

interface Sorted {
  /** Updated, and the update is not over. */
  readonly unfinished: readonly Member[];
  readonly resets: readonly Member[];
  readonly blocked: readonly (readonly [Member, Reason])[];
  /** Nothing but order and budgets keeps them. */
  readonly movable: readonly Member[];
}

const sorted = (situation: Situation): Sorted => {
  const unfinished: Member[] = [];
  const resets: Member[] = [];
  const movable: Member[] = [];
  const blocked: [Member, Reason][] = [];
  for (const member of situation.tally.unmoved) {
    if (canReset(member)) resets.push(member);
    else if (member.isUpdated) unfinished.push(member);
    else {
      const reason = blockOf(member, situation);
      if (reason === undefined) movable.push(member);
      else blocked.push([member, reason]);
    }
  }
  return { unfinished, resets, blocked, movable };
};

/** A pair that is still being swapped is waited for too, though its containers are all right by themselves. */
const whatIsMissing = ({ progress }: Member): Reason =>
  progress.is === 'restarting' || progress.is === 'settling' ? progress.for : { reason: 'Settling' };

/** How many more pods the partition lets go. Pods that cannot move count among those that it keeps. */
const room = ({ set, tally }: Situation): { readonly keptOld: number; readonly free: number } => {
  const keptOld = keptBy(set.spec.updateStrategy.partition, tally.all);
  return { keptOld, free: Math.max(0, tally.all - keptOld - tally.updated) };
};
