/** What the controller sees of one job. */

import { type Key, keyOf, type Reader } from '../../kube/contract.ts';
import { BroadcastJobs, type BroadcastJobView } from '../../workloads/broadcastjobs.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { type RefusalOf, refusalsIn } from '../../workloads/refusals.ts';
import { Nodes, type NodeView, Pods } from '../../workloads/resources.ts';

export interface World {
  readonly job: BroadcastJobView;
  readonly nodes: readonly NodeView[];
  /** Owned by the job, whatever their labels. */
  readonly pods: readonly PodView[];
  /** A pod of this name is there, the job's own or anybody's. */
  readonly isTaken: (podName: string) => boolean;
  readonly refusalOf: RefusalOf;
}

export const observe = (key: Key, reader: Reader): World | undefined => {
  const job = reader.get(BroadcastJobs, key);
  return job === undefined
    ? undefined
    : {
        job,
        nodes: reader.list(Nodes),
        pods: reader.by(Pods, 'owner', job.uid),
        isTaken: name => reader.get(Pods, keyOf(job.namespace, name)) !== undefined,
        refusalOf: refusalsIn(reader),
      };
};
