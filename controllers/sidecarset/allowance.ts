/** How many pods of a set may be moved now, and what those cost that are on their way. */

import { resolve } from '../../api/intOrPercent.ts';
import type { Refusal } from '../../kube/contract.ts';
import { type Candidate, choose } from '../../workloads/rollout/budget.ts';
import { isCharged, type Member, nameOf } from './member.ts';
import type { Situation, Step } from './situation.ts';
import { recreates } from './staying.ts';

/** A pod that the server refuses must not keep the budget from the others: it is tried after them. */
export const withinBudget = (steps: readonly Step[], situation: Situation) => {
  const { set, members } = situation;
  const refused = refusedAmong(steps, situation);
  const limit = Math.max(0, resolve(set.spec.updateStrategy.maxUnavailable, members.length, 'up'));
  const candidates = lastTried(steps, refused).map(candidateOf);
  const before = charged(situation);
  const { taken, held } = choose(candidates, before.length, limit);
  const serving = taken.filter(({ member }) => member.isReady);
  return { taken, held, refused, limit, charging: [...new Set([...before, ...serving.map(({ name }) => name)])] };
};

const candidateOf = ({ member, by }: Step): Step & Candidate => ({
  member,
  by,
  name: nameOf(member.pod),
  state: stateOf(member),
});

type Refused = ReadonlyMap<Step, Refusal>;

const refusedAmong = (steps: readonly Step[], { refusalOf }: Situation): Refused => {
  const refused = new Map<Step, Refusal>();
  for (const step of steps) {
    const refusal = refusalOf(step);
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
const charged = ({ set, members, leaving }: Situation): readonly string[] => {
  const comesInPlace = recreates(set);
  const isComing = ({ isUpdated, isReady, record }: Member): boolean => isUpdated && !isReady && record === undefined;
  return [...members.filter(m => isCharged(m) || (comesInPlace && isComing(m))).map(m => nameOf(m.pod)), ...leaving];
};

const stateOf = (member: Member): Candidate['state'] => {
  if (!member.isReady) return 'down';
  return isCharged(member) ? 'unsettled' : 'whole';
};
