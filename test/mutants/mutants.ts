/** All of them, by the rule that they break. */

import type { Mutant } from './mutant.ts';
import { answersMutants } from './rules/answers.ts';
import { broadcastJobsMutants } from './rules/broadcastJobs.ts';
import { budgetMutants } from './rules/budget.ts';
import { checkerMutants } from './rules/checker.ts';
import { formersMutants } from './rules/formers.ts';
import { guardsMutants } from './rules/guards.ts';
import { imagesMutants } from './rules/images.ts';
import { loopMutants } from './rules/loop.ts';
import { matchingMutants } from './rules/matching.ts';
import { progressMutants } from './rules/progress.ts';
import { recordsMutants } from './rules/records.ts';
import { selectorsMutants } from './rules/selectors.ts';
import { sidecarSetsMutants } from './rules/sidecarSets.ts';
import { statefulSetsMutants } from './rules/statefulSets.ts';
import { storeMutants } from './rules/store.ts';

export const mutants: readonly Mutant[] = [
  ...budgetMutants,
  ...statefulSetsMutants,
  ...sidecarSetsMutants,
  ...broadcastJobsMutants,
  ...progressMutants,
  ...formersMutants,
  ...recordsMutants,
  ...matchingMutants,
  ...selectorsMutants,
  ...imagesMutants,
  ...guardsMutants,
  ...answersMutants,
  ...storeMutants,
  ...loopMutants,
  ...checkerMutants,
];

/** @throws Error if there is none of that name */
export const mutantNamed = (name: string): Mutant => {
  const found = mutants.find(mutant => mutant.name === name);
  if (found === undefined) throw new Error(`there is no mutant '${name}'`);
  return found;
};
