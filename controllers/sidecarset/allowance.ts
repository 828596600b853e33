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

/** How many of these pods can be taken at most, and no others than those that are first in their order. */
export const mostTaken = (waiting: readonly Member[], situation: Situation): number => {
  const goesAhead = (m: Member): boolean => !m.isReady || m.isCharged || situation.wasRefused(m.name);
  return limitOf(situation) + waiting.filter(goesAhead).length;
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
