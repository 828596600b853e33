/** Pretend nodes: their objects, and the controller that keeps them alive with heartbeats as a kubelet does. */

import {
  type Action,
  type Controller,
  type Instant,
  itself,
  type KubeObject,
  type Millis,
  type Plan,
  type Reader,
  type Resource,
  type Seen,
  seconds,
  seenOf,
  targetOf,
  type Wire,
} from '../../../kube/contract.ts';
import { objectIn, objectsIn, textIn } from './wire.ts';

/** Marks the nodes that are played. Without it a node is left to die, or to be played by somebody else. */
export const ourLabel = 'berth.dev/fake-kubelet';

export interface NodeView extends Seen {
  readonly address: string;
  readonly conditions: readonly Wire[];
}

export const ourNodes: Resource<NodeView> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  scope: 'Cluster',
  view: object => {
    const status = objectIn(object['status']);
    return {
      ...seenOf(object),
      address:
        textIn(objectsIn(status['addresses']).find(({ type }) => type === 'InternalIP')?.['address']) || '127.0.0.1',
      conditions: objectsIn(status['conditions']),
    };
  },
  indexes: {},
  select: { labels: `${ourLabel}=true` },
};

interface LeaseView extends Seen {
  readonly renewedAt: Instant;
}

const leaseNamespace = 'kube-node-lease';

const leases: Resource<LeaseView> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  scope: 'Namespaced',
  view: object => ({
    ...seenOf(object),
    renewedAt: Date.parse(textIn(objectIn(object['spec'])['renewTime'])) || 0,
  }),
  indexes: {},
  select: { namespace: leaseNamespace },
};

const zones = ['zone-a', 'zone-b', 'zone-c'] as const;
const capacity: Wire = { cpu: '32', memory: '256Gi', pods: '250', 'ephemeral-storage': '1Ti' };

const healthy: readonly Wire[] = [
  { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory' },
  { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure' },
  { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID' },
  { type: 'Ready', status: 'True', reason: 'KubeletReady' },
];

const timed = (conditions: readonly Wire[], now: Instant): readonly Wire[] => {
  const time = new Date(now).toISOString();
  return conditions.map(condition => ({ ...condition, lastHeartbeatTime: time, lastTransitionTime: time }));
};

/** Loopback, so that asking a pretend kubelet for logs is refused at once. */
const addressOfNode = (index: number): string => `127.1.${Math.floor(index / 250)}.${1 + (index % 250)}`;

/** The object that a kubelet registers for itself. `version`: e.g. `v1.36.3`. */
export const nodeObject = (index: number, version: string, now: Instant): KubeObject => {
  const name = `node-${index}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': zones[index % zones.length] ?? zones[0],
        [ourLabel]: 'true',
      },
    },
    status: {
      capacity,
      allocatable: capacity,
      conditions: timed(healthy, now),
      addresses: [
        { type: 'InternalIP', address: addressOfNode(index) },
        { type: 'Hostname', address: name },
      ],
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: 'fake://1',
        kernelVersion: '',
        kubeProxyVersion: '',
        kubeletVersion: version,
        machineID: '',
        operatingSystem: 'linux',
        osImage: 'pretend',
        systemUUID: '',
      },
    },
  };
};

const renewEvery: Millis = seconds(10);

export const nodeHeartbeats: Controller = {
  name: 'fake-nodes',
  reconciles: ourNodes,
  wakesOn: [itself(ourNodes)],
  reads: [leases],
  writes: [
    { on: ourNodes, verbs: ['patch'], part: 'status' },
    { on: leases, verbs: ['create', 'patch'] },
  ],
  pass: (key, reader, now) => {
    const node = reader.get(ourNodes, key);
    return node === undefined ? undefined : heartbeat(node, reader, now);
  },
};

const heartbeat = (node: NodeView, reader: Reader, now: Instant): Plan => {
  const lease = reader.get(leases, `${leaseNamespace}/${node.name}`);
  const dueIn = lease === undefined ? 0 : lease.renewedAt + renewEvery - now;
  const renewal = dueIn > 0 ? [] : [renewLease(node, lease, now)];
  return { actions: [...putRight(node, now), ...renewal], wakeAfter: dueIn > 0 ? dueIn : renewEvery };
};

/** The node controller overwrites conditions of a node that was silent for long. */
const putRight = (node: NodeView, now: Instant): readonly Action[] => {
  const wrong = healthy.filter(
    wanted => !node.conditions.some(({ type, status }) => type === wanted['type'] && status === wanted['status']),
  );
  if (wrong.length === 0) return [];
  return [
    {
      do: 'patch',
      target: targetOf(ourNodes, node),
      part: 'status',
      patch: { as: 'strategic', body: { status: { conditions: timed(wrong, now) } } },
      guard: 'uid',
      why: 'the kubelet is alive, whatever was written about it',
    },
  ];
};

/** Lease times have microseconds. */
const renewTime = (now: Instant): string => new Date(now).toISOString().replace('Z', '000Z');

const renewLease = (node: NodeView, lease: LeaseView | undefined, now: Instant): Action => {
  const spec = { holderIdentity: node.name, leaseDurationSeconds: 40, renewTime: renewTime(now) };
  const why = 'the kubelet is alive';
  if (lease !== undefined) {
    const patch = { as: 'strategic', body: { spec } } as const;
    return { do: 'patch', target: targetOf(leases, lease), part: 'object', patch, guard: 'uid', why };
  }
  const owner = { apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid };
  const metadata = { name: node.name, namespace: leaseNamespace, ownerReferences: [owner] };
  const object: KubeObject = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
  return { do: 'create', resource: leases, object, why };
};
