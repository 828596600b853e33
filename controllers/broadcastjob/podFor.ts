/** The pod of one job on one node. */

import { createHash } from 'node:crypto';
import type { BroadcastJobSpec } from '../../api/broadcastjob.ts';
import type { Affinity } from '../../api/kubernetes.ts';
import { annotations, conditions, labels } from '../../api/names.ts';
import type { KubeObject } from '../../kube/contract.ts';
import { BroadcastJobs, type BroadcastJobView } from '../../workloads/broadcastjobs.ts';
import { withGates } from '../../workloads/pods/gates.ts';
import type { NodeView } from '../../workloads/resources.ts';

/** Leaves room for the hash within 63 characters, so that the pod's host name is not cut. */
const longestPrefix = 50;

/**
 * The same for the same job, node and attempt, all known by uid: a creation whose answer was lost cannot be repeated
 * under another name. 12 hex digits: among 15,000 nodes two are the same once in 2,000,000 jobs, and an attempt whose
 * name is taken gives way to the next.
 */
export const podName = (
  job: { readonly name: string; readonly uid: string },
  nodeUid: string,
  attempt: number,
): string => {
  const hash = createHash('sha256').update(`${job.uid}/${nodeUid}/${attempt}`).digest('hex').slice(0, 12);
  return `${job.name.slice(0, longestPrefix)}-${hash}`;
};

/** The name of the first attempt that nobody has taken. */
export const freeName = (job: BroadcastJobView, node: NodeView, isTaken: (podName: string) => boolean): string => {
  let attempt = 0;
  while (isTaken(podName(job, node.uid, attempt))) attempt += 1;
  return podName(job, node.uid, attempt);
};

/** The scheduler binds it, so that everything that the scheduler knows is respected; it may choose this node only. */
export const podFor = (job: BroadcastJobView, spec: BroadcastJobSpec, node: NodeView, name: string): KubeObject => {
  const { metadata, spec: podSpec } = spec.template;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: job.namespace,
      labels: { ...metadata?.labels, [labels.broadcastJobName]: job.name, [labels.broadcastJobUid]: job.uid },
      annotations: { ...metadata?.annotations, [annotations.nodeUid]: node.uid },
      ...(metadata?.finalizers ? { finalizers: metadata.finalizers } : {}),
      ownerReferences: [
        {
          apiVersion: `${BroadcastJobs.group}/${BroadcastJobs.version}`,
          kind: BroadcastJobs.kind,
          name: job.name,
          uid: job.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      ...podSpec,
      affinity: pinned(podSpec?.affinity, node.name),
      readinessGates: withGates(podSpec?.readinessGates, [conditions.kruisePodReady]),
    },
  };
};

/** Required terms give way to the node's name: the node has been checked against them. Preferences stay. */
const pinned = (affinity: Affinity | undefined, nodeName: string): Affinity => ({
  ...affinity,
  nodeAffinity: {
    ...affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }],
    },
  },
});
