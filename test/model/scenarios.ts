/** All that is explored. */

import type { Scenario } from './scenario.ts';
import { statefulSetScenarios } from './scenarios/statefulSets.ts';

export const scenarios: readonly Scenario[] = [...statefulSetScenarios];
