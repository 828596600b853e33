/** A job, its nodes and pods as an apiserver would keep them, and one pass of the controller over them. For tests. */

import assert from 'node:assert/strict';
import type { PodStatus, Taint, Toleration } from '../../api/kubernetes.ts';
import { annotations } from '../../api/names.ts';
import type { Action, Instant, KubeObject, Plan, Resource, Seen, Wire } from '../../kube/contract.ts';
import { BroadcastJobs, type BroadcastJobView } from '../../workloads/broadcastjobs.ts';
import { timestampOf } from '../../workloads/pods/project.ts';
import { Nodes, Pods } from '../../workloads/resources.ts';
import { plan } from './plan.ts';

export const noon: Instant = Date.UTC(2026, 0, 1, 12);

export const template = {
  spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example.test/job:1' }] },
};

export const aJob = (spec: Wire = {}, status: Wire = {}): KubeObject => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'BroadcastJob',
  metadata: { namespace: 'default', name: 'job', uid: 'job-uid', resourceVersion: '1', generation: 1 },
  spec: { template, ...spec },
  status,
});

export interface NodeWish {
  readonly unschedulable?: boolean;
  readonly taints?: readonly Taint[];
  /** For a node that was made anew under the same name. */
  readonly uid?: string;
}

export const aNode = (name: string, { uid, ...spec }: NodeWish = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: uid ?? `uid-${name}`, resourceVersion: '1' },
  spec,
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
});

export interface PodWish {
  readonly name?: string;
  readonly phase?: string;
  readonly restarts?: number;
  readonly deleted?: true;
  readonly createdAt?: Instant;
  readonly tolerations?: readonly Toleration[];
  /** As OpenKruise makes them: without the uid of their node. */
  readonly nodeUid?: string | null;
}

/** A pod of `aJob` on the node of that name. */
export const aPod = (node: string, wish: PodWish = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    namespace: 'default',
    name: wish.name ?? `pod-${node}`,
    uid: `uid-${wish.name ?? `pod-${node}`}`,
    resourceVersion: '1',
    creationTimestamp: timestampOf(wish.createdAt ?? noon),
    ...(wish.deleted && { deletionTimestamp: timestampOf(noon) }),
    annotations: wish.nodeUid === null ? {} : { [annotations.nodeUid]: wish.nodeUid ?? `uid-${node}` },
    ownerReferences: [
      { apiVersion: 'apps.kruise.io/v1beta1', kind: 'BroadcastJob', name: 'job', uid: 'job-uid', controller: true },
    ],
  },
  spec: {
    nodeName: node,
    restartPolicy: wish.restarts === undefined ? 'Never' : 'OnFailure',
    tolerations: wish.tolerations,
    containers: [{ name: 'main' }],
  },
  status: statusOf(wish),
});

const statusOf = ({ phase, restarts }: PodWish): PodStatus => ({
  phase: phase ?? 'Running',
  containerStatuses: [
    { name: 'main', image: '', imageID: '', ready: false, restartCount: restarts ?? 0, state: { running: {} } },
  ],
});

export const viewed = <V extends Seen>(resource: Resource<V>, object: KubeObject): V => {
  const view = resource.view(object);
  assert.ok(view, `${object.kind} ${object.metadata.name} has no view`);
  return view;
};

export interface Objects {
  readonly job: KubeObject;
  readonly nodes?: readonly KubeObject[];
  readonly pods?: readonly KubeObject[];
  readonly now?: Instant;
  /** What the apiserver said to every creation of the pass before. */
  readonly refused?: string;
}

export const planFor = ({ job, nodes = [], pods = [], now = noon, refused }: Objects): Plan => {
  const seen = pods.map(pod => viewed(Pods, pod));
  return plan(
    {
      job: viewed<BroadcastJobView>(BroadcastJobs, job),
      nodes: nodes.map(node => viewed(Nodes, node)),
      pods: seen.filter(pod => pod.owner?.uid === job.metadata.uid),
      isTaken: name => seen.some(pod => pod.name === name),
      refusalOf: action =>
        refused === undefined ? undefined : { uid: '', why: action.why, message: refused, at: now },
    },
    now,
  );
};

/** What a plan would do, one readable line for each action, sorted. */
export const linesOf = ({ actions }: Plan): readonly string[] => actions.map(lineOf).sort();

const lineOf = (action: Action): string =>
  action.do === 'create' ? `create on ${pinnedTo(action.object)}` : `${action.do} ${action.target.name}: ${action.why}`;

export const pinnedTo = (pod: KubeObject): string => viewed(Pods, pod).managed?.pinnedNode ?? 'no node';

/** e.g. `running: 3 desired, 2 active, 1 succeeded, 0 failed` */
export const tallyOf = ({ status }: Plan): string => {
  const is = status?.is ?? {};
  const count = (name: string): string => `${String(is[name])} ${name}`;
  return `${String(is['phase'])}: ${['desired', 'active', 'succeeded', 'failed'].map(count).join(', ')}`;
};

/** The status of a condition, e.g. `True DeadlineExceeded`; undefined if it is not there. */
export const conditionIn = ({ status }: Plan, type: string): string | undefined => {
  const conditions: unknown = status?.is['conditions'];
  const all = Array.isArray(conditions) ? (conditions as readonly Wire[]) : [];
  const found = all.find(condition => condition['type'] === type);
  return found === undefined ? undefined : `${String(found['status'])} ${String(found['reason'])}`;
};
