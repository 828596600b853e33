/**
 * The job node by node. Each node is one slot, whatever number of pods it has, so that nothing is counted twice.
 *
 *   unfit ◀─▶ waiting ─pod created─▶ active ─pod ends─▶ succeeded | failed
 *                ▲                      │deleted
 *                └──pod is gone── leaving
 */

import type { BroadcastJobSpec } from '../../api/broadcastjob.ts';
import { annotations } from '../../api/names.ts';
import { mayStay, startingOn, type Unfit } from '../../workloads/nodes/fitness.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import type { NodeView } from '../../workloads/resources.ts';
import type { World } from './observe.ts';

export type Slot =
  | { readonly is: 'succeeded'; readonly pod: PodView }
  /** Ended badly, or restarted more often than allowed; then its containers may still run. */
  | { readonly is: 'failed'; readonly pod: PodView; readonly stillRuns: boolean }
  | { readonly is: 'active'; readonly pod: PodView }
  /** Its pod was deleted before it ended: the node is not done, and waits until the pod is gone. */
  | { readonly is: 'leaving'; readonly pod: PodView; readonly node: NodeView }
  | { readonly is: 'waiting'; readonly node: NodeView }
  | { readonly is: 'unfit'; readonly node: NodeView; readonly unfit: Unfit };

/** An active pod that must go for a reason of its own. */
export interface Condemned {
  readonly pod: PodView;
  readonly because: string;
}

export interface Slots {
  readonly all: readonly Slot[];
  readonly condemned: readonly Condemned[];
  /** Pods whose containers may run, those on their way out too. */
  readonly live: number;
}

export const slotsOf = ({ job, nodes, pods }: World, spec: BroadcastJobSpec): Slots => {
  const groups = groupByNode(pods, nodes);
  const found = [...groups.values()].map(group => ({ ...group, best: bestOf(group.pods, spec) }));
  const fits = startingOn(spec.template.spec ?? { containers: [] });
  const occupied = occupiedNodes(pods);
  const withPods = found.flatMap(({ best, node }) => slotWithPod(best, node, fits));
  const without = nodes
    .filter(node => !groups.has(node.uid))
    .map(node => emptySlot(node, fits, occupied.get(node.name)));
  return {
    all: [...withPods, ...without],
    condemned: job.deletedAt === undefined ? found.flatMap(group => condemnedIn(group)) : [],
    live: pods.filter(isLive).length,
  };
};

interface Group {
  /** Undefined when the node is gone. */
  readonly node: NodeView | undefined;
  /** It is known which node the pods were made for, even if it is gone. */
  readonly nodeIsKnown: boolean;
  readonly pods: readonly PodView[];
}

const isLive = (pod: PodView): boolean => pod.phase !== 'Succeeded' && pod.phase !== 'Failed';

/**
 * A pod belongs to the node whose uid it carries: one made anew under the same name is another node. Pods that OpenKruise
 * made carry no uid and belong to the node of that name.
 */
const groupByNode = (pods: readonly PodView[], nodes: readonly NodeView[]): ReadonlyMap<string, Group> => {
  const byUid = new Map(nodes.map(node => [node.uid, node]));
  const byName = new Map(nodes.map(node => [node.name, node]));
  const groups = new Map<string, Group & { readonly pods: PodView[] }>();
  for (const pod of pods) {
    const uid = pod.managed?.annotations[annotations.nodeUid];
    const name = nodeNameOf(pod);
    const node = uid === undefined ? byName.get(name ?? '') : byUid.get(uid);
    const key = node?.uid ?? uid ?? `name/${name ?? pod.name}`;
    const group = groups.get(key) ?? { node, nodeIsKnown: uid !== undefined || name !== undefined, pods: [] };
    group.pods.push(pod);
    groups.set(key, group);
  }
  return groups;
};

const nodeNameOf = (pod: PodView): string | undefined => pod.nodeName ?? pod.managed?.pinnedNode;

/** By node name: a pod of the job that may still run there, perhaps made for a node of that name that is gone. */
const occupiedNodes = (pods: readonly PodView[]): ReadonlyMap<string, PodView> =>
  new Map(
    pods.filter(isLive).flatMap(pod => [nodeNameOf(pod)].flatMap(name => (name === undefined ? [] : [[name, pod]]))),
  );

const emptySlot = (
  node: NodeView,
  fits: (node: NodeView) => Unfit | undefined,
  occupant: PodView | undefined,
): Slot => {
  const unfit = fits(node);
  if (unfit !== undefined) return { is: 'unfit', node, unfit };
  return occupant === undefined ? { is: 'waiting', node } : { is: 'leaving', pod: occupant, node };
};

type PodState = 'succeeded' | 'failed' | 'failing' | 'active' | 'leaving';
const order: readonly PodState[] = ['succeeded', 'failed', 'failing', 'active', 'leaving'];

interface Judged {
  readonly pod: PodView;
  readonly state: PodState;
}

/** A pod that ended counts even while it is deleted, but not as failed: its deletion may be what ended it. */
const stateOf = (pod: PodView, spec: BroadcastJobSpec): PodState => {
  if (pod.phase === 'Succeeded') return 'succeeded';
  if (pod.deletedAt !== undefined) return 'leaving';
  if (pod.phase === 'Failed') return 'failed';
  return restartedTooOften(pod, spec) ? 'failing' : 'active';
};

/** Counted over this pod's containers; a pod that is never restarted fails by its phase. */
const restartedTooOften = ({ managed }: PodView, { failurePolicy }: BroadcastJobSpec): boolean => {
  if (managed?.restartPolicy !== 'OnFailure') return false;
  const restarts = managed.containers.reduce((sum, { status }) => sum + (status?.restartCount ?? 0), 0);
  return restarts > failurePolicy.restartLimit;
};

/** Of several pods the one that says most about the node; the oldest of equals. A group is never empty. */
const bestOf = (pods: readonly PodView[], spec: BroadcastJobSpec): Judged =>
  pods.map(pod => ({ pod, state: stateOf(pod, spec) })).reduce((a, b) => (precedes(b, a) ? b : a));

const precedes = (a: Judged, b: Judged): boolean => {
  const [first, second] = [order.indexOf(a.state), order.indexOf(b.state)];
  if (first !== second) return first < second;
  return a.pod.createdAt === b.pod.createdAt ? a.pod.name < b.pod.name : a.pod.createdAt < b.pod.createdAt;
};

const slotWithPod = (
  { pod, state }: Judged,
  node: NodeView | undefined,
  fits: (node: NodeView) => Unfit | undefined,
): readonly Slot[] => {
  switch (state) {
    case 'succeeded':
    case 'active':
      return [{ is: state, pod }];
    case 'failed':
    case 'failing':
      return [{ is: 'failed', pod, stillRuns: state === 'failing' }];
    case 'leaving': {
      if (node === undefined) return []; // neither pod nor node will be there
      const unfit = fits(node);
      return [unfit === undefined ? { is: 'leaving', pod, node } : { is: 'unfit', node, unfit }];
    }
  }
};

const condemnedIn = ({ best, node, nodeIsKnown, pods }: Group & { readonly best: Judged }): readonly Condemned[] => {
  const running = pods.filter(pod => isLive(pod) && pod.deletedAt === undefined);
  if (node === undefined && nodeIsKnown) return running.map(pod => ({ pod, because: 'its node is gone' }));
  return running.flatMap(pod => {
    if (pod !== best.pod) return [{ pod, because: `the job has pod ${best.pod.name} on this node already` }];
    const drivenAway = node !== undefined && !mayStay(pod.managed?.tolerations ?? [], node);
    return drivenAway ? [{ pod, because: 'it does not tolerate a NoExecute taint of its node' }] : [];
  });
};
