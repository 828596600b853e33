/** Every controller of Berth that is made of literals alone; main.ts adds the one that keeps certificates. */

import { broadcastJobCrd } from '../api/broadcastjob.ts';
import { sidecarSetCrd } from '../api/sidecarset.ts';
import { statefulSetCrd } from '../api/statefulset.ts';
import type { Controller } from '../kube/contract.ts';
import type { Installation } from '../workloads/installation.ts';
import { broadcastJobs } from './broadcastjob/controller.ts';
import { definition } from './definition/controller.ts';
import { launchOrder } from './launchorder/controller.ts';
import { podReady } from './podready/controller.ts';
import { sidecarSets } from './sidecarset/controller.ts';
import { statefulSets } from './statefulset/controller.ts';

export const controllersFor = (installation: Installation): readonly Controller[] => [
  statefulSets,
  sidecarSets(installation),
  broadcastJobs,
  ...[sidecarSetCrd, statefulSetCrd, broadcastJobCrd].map(definition),
  podReady,
  launchOrder,
];
