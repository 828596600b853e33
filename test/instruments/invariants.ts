/** The invariants that every run is held to. */

import type { Rule } from './checker.ts';
import { usualPatience } from './patience.ts';
import { budgetIsUsed } from './rules/budgetIsUsed.ts';
import { claimsStay } from './rules/claimsStay.ts';
import { completeMeansComplete } from './rules/completeMeansComplete.ts';
import { gateBeforePatch } from './rules/gateBeforePatch.ts';
import { handsOff } from './rules/handsOff.ts';
import { harmlessInjection } from './rules/harmlessInjection.ts';
import { injectionComplete } from './rules/injectionComplete.ts';
import { inPlace } from './rules/inPlace.ts';
import { jobFits } from './rules/jobFits.ts';
import { noLostUpdate } from './rules/noLostUpdate.ts';
import { onceMeansOnce } from './rules/onceMeansOnce.ts';
import { oneLeader } from './rules/oneLeader.ts';
import { oneLife } from './rules/oneLife.ts';
import { order } from './rules/order.ts';
import { quiet } from './rules/quiet.ts';
import { sidecarBudgetIsUsed } from './rules/sidecarBudgetIsUsed.ts';
import { sidecarSetBudget } from './rules/sidecarSetBudget.ts';
import { statefulSetBudget } from './rules/statefulSetBudget.ts';
import { statusNeverLies } from './rules/statusNeverLies.ts';

/**
 * New ones for each run: they remember what they see.
 * @param patience milliseconds for which something may be left that should not last
 */
export const invariants = (patience = usualPatience): readonly Rule[] => [
  statefulSetBudget(),
  sidecarSetBudget(),
  budgetIsUsed(patience),
  sidecarBudgetIsUsed(patience),
  oneLife(),
  order(),
  claimsStay(),
  inPlace(),
  gateBeforePatch(),
  injectionComplete(),
  harmlessInjection(),
  onceMeansOnce(),
  jobFits(),
  handsOff(),
  noLostUpdate(),
  statusNeverLies(),
  completeMeansComplete(),
  quiet(),
  oneLeader(),
];
