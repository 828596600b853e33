/** The invariants that every run is held to. */

import type { Rule } from './checker.ts';
import { gateBeforePatch } from './rules/gateBeforePatch.ts';
import { inPlace } from './rules/inPlace.ts';
import { onceMeansOnce } from './rules/onceMeansOnce.ts';
import { sidecarSetBudget } from './rules/sidecarSetBudget.ts';
import { type BudgetOptions, statefulSetBudget } from './rules/statefulSetBudget.ts';
import { statusNeverLies } from './rules/statusNeverLies.ts';

/** New ones for each run: they remember what they see. */
export const invariants = (options: BudgetOptions = {}): readonly Rule[] => [
  statefulSetBudget(options),
  sidecarSetBudget(),
  inPlace(),
  gateBeforePatch(),
  onceMeansOnce(),
  statusNeverLies(),
];
