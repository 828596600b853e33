/** How many pods of a set may be moved now, and what those cost that are on their way. */

import { resolve } from '../../api/intOrPercent.ts';
import type { Refusal } from '../../kube/contract.ts';
import { type Candidate, choose } from '../../workloads/rollout/budget.ts';
import type { Member } from './member.ts';
import type { Situation, Step } from './situation.ts';
import { recreates } from './staying.ts';

export const stepBy = (by: Step['by'], member: Member): Step => ({
  member,
  by,
  name: member.name,
  state: stateOf(member),
});

const stateOf = (member: Member): Candidate['state'] => {
  if (!member.isReady) return 'down';
  return member.isCharged ? 'unsettled' : 'whole';
};

const limitOf = ({ set, tally }: Situation): number =>
  Math.max(0, resolve(set.spec.updateStrategy.maxUnavailable, tally.all, 'up'));

/** Only so many of the pods that cost a place each can be taken; others may be, wherever they stand. */
const costsAPlace = (m: Member, { wasRefused }: Situation): boolean => m.isReady && !m.isCharged && !wasRefused(m.name);

/** How many of these pods can be taken at most, and no others than those that are first in their order. */
export const mostTaken = (waiting: readonly Member[], situation: Situation): number =>
  limitOf(situation) + waiting.filter(m => !costsAPlace(m, situation)).length;

/** Those in this order that a budget may reach, and those behind so many that it cannot. */
export const withinReach = (waiting: readonly Member[], situation: Situation) => {
  const [near, far]: [Member[], Member[]] = [[], []];
  let places = limitOf(situation);
  for (const member of waiting) {
    const costs = costsAPlace(member, situation);
    if (costs && places <= 0) far.push(member);
    else near.push(member);
    if (costs) places -= 1;
  }
  return { near, far };
};

/** A pod that the server refuses must not keep the budget from the others: it is tried after them. */
export const withinBudget = (steps: readonly Step[], situation: Situation) => {
  const refused = refusedAmong(steps, situation);
  const limit = limitOf(situation);
  const candidates = lastTried(steps, refused);
  const before = charged(situation);
  const { taken, held } = choose(candidates, before.length, limit);
  const serving = taken.filter(({ member }) => member.isReady);
  return { taken, held, refused, limit, charging: [...new Set([...before, ...serving.map(({ name }) => name)])] };
};

type Refused = ReadonlyMap<Step, Refusal>;

const refusedAmong = (steps: readonly Step[], { wasRefused, refusalOf }: Situation): Refused => {
  const refused = new Map<Step, Refusal>();
  for (const step of steps) {
    const refusal = wasRefused(step.name) ? refusalOf(step) : undefined;
    if (refusal !== undefined) refused.set(step, refusal);
  }
  return refused;
};

/** Refused steps come last, and among them the one that was tried longest ago is first: each has its turn. */
const lastTried = (steps: readonly Step[], refused: Refused): readonly Step[] => {
  const again = [...refused].sort(([, a], [, b]) => a.at - b.at).map(([step]) => step);
  return refused.size === 0 ? steps : [...steps.filter(step => !refused.has(step)), ...again];
};

/** Names of the pods that use up budget. Where pods are evicted, those that come in their place do until they serve. */
const charged = ({ set, members, tally, leaving }: Situation): readonly string[] => {
  const isComing = ({ isUpdated, isReady, isCharged, record }: Member): boolean =>
    isUpdated && !isReady && record === undefined && !isCharged;
  const coming = recreates(set) ? members.filter(isComing) : [];
  return [...[...tally.charged, ...coming].map(({ name }) => name), ...leaving];
};
