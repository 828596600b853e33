/** Every controller of Berth that is made of literals alone; main.ts adds the one that keeps certificates. */

import type { Controller } from '../kube/contract.ts';
import type { Installation } from '../workloads/installation.ts';
import { broadcastJobs } from './broadcastjob/controller.ts';

export const controllersFor = (_installation: Installation): readonly Controller[] => [broadcastJobs];
