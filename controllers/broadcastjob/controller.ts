/** One pod on each fitting node, run to completion exactly once. */

import { type Controller, controller, itself, type Trigger, theOwner, whenever } from '../../kube/contract.ts';
import { BroadcastJobs, unfinished } from '../../workloads/broadcastjobs.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { Nodes, Pods } from '../../workloads/resources.ts';
import { observe, type World } from './observe.ts';
import { plan } from './plan.ts';

const hasEnded = (pod: PodView | undefined): boolean => pod?.phase === 'Succeeded' || pod?.phase === 'Failed';

/** A pod that has ended frees its place under parallelism, and so does one that is gone. */
const itsPods: Trigger<PodView> = theOwner(
  Pods,
  BroadcastJobs,
  (before, after) => hasEnded(before) !== hasEnded(after) || after === undefined,
);

/** A node concerns every job that is not over; those that are over are not even looked at. */
const anyNode = whenever(Nodes, (_, reader) => reader.by(BroadcastJobs, unfinished, 'yes').map(job => job.key));

export const broadcastJobs: Controller = controller<World>({
  name: 'broadcastjob',
  reconciles: BroadcastJobs,
  wakesOn: [itself(BroadcastJobs), itsPods, anyNode],
  reads: [],
  writes: [
    { on: Pods, verbs: ['create', 'delete'] },
    { on: BroadcastJobs, verbs: ['patch'], part: 'status' },
    { on: BroadcastJobs, verbs: ['delete'] },
  ],
  observe,
  plan,
});
