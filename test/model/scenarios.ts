/** All that is explored. */

import type { Scenario } from './scenario.ts';
import { broadcastJobScenarios } from './scenarios/broadcastJobs.ts';
import { sidecarSetScenarios } from './scenarios/sidecarSets.ts';
import { statefulSetScenarios } from './scenarios/statefulSets.ts';
import { scenariosTogether } from './scenarios/together.ts';

export const scenarios: readonly Scenario[] = [
  ...statefulSetScenarios,
  ...sidecarSetScenarios,
  ...broadcastJobScenarios,
  ...scenariosTogether,
];
