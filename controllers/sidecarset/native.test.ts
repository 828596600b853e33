/** Native sidecars are moved where they stand, if the kubelet of the pod's node restarts them. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SidecarSetStatus } from '../../api/sidecarset.ts';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { Cluster } from '../../test/support/cluster/cluster.ts';
import { reasonsIn } from '../../test/support/reasons.ts';
import { aPod, aSidecarSet, injected, type SetOptions } from '../../test/support/sidecarsets.ts';
import { Namespaces, Nodes, Pods } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { controller } from './fixture.ts';

const native = (image: string, strategy: Wire = {}): SetOptions => ({
  spec: { containers: [], initContainers: [{ name: 'mesh', image, restartPolicy: 'Always' }] },
  strategy,
});

/** Two pods whose nodes have a kubelet of this version, in a set that then wants `mesh:v2`. */
const rolled = (kubelet: string | undefined, strategy: Wire = {}): Cluster => {
  const cluster = new Cluster(controller);
  cluster.apply(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  cluster.apply(SidecarSets, aSidecarSet(native('mesh:v1', strategy)));
  for (const name of ['web-0', 'web-1']) {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'owner', controller: true };
    const pod = aPod(name, {}, { ownerReferences: [owner] });
    cluster.apply(Pods, injected(pod, [aSidecarSet(native('mesh:v1'))], cluster.now));
  }
  cluster.settle('logs');
  if (kubelet !== undefined) for (const pod of cluster.objects.list(Pods)) setKubelet(cluster, nodeOf(pod), kubelet);
  cluster.apply(SidecarSets, aSidecarSet(native('mesh:v2', strategy)));
  return cluster;
};

const nodeOf = (pod: KubeObject): string => (pod['spec'] as { nodeName: string }).nodeName;

const setKubelet = (cluster: Cluster, name: string, kubeletVersion: string): void => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { nodeInfo: { kubeletVersion } } };
  const there = cluster.objects.get(Nodes, name);
  if (there === undefined) cluster.objects.create(Nodes, node);
  else cluster.objects.put(Nodes, { ...there, status: node.status });
};

const running = (cluster: Cluster): readonly string[] =>
  cluster.objects.list(Pods).map(pod => {
    const { containerStatuses, initContainerStatuses } = pod['status'] as Record<
      'containerStatuses' | 'initContainerStatuses',
      readonly { name: string; image: string; restartCount: number }[]
    >;
    return [...initContainerStatuses, ...containerStatuses].map(c => `${c.image} ${c.restartCount}`).join(', ');
  });

const reasons = (cluster: Cluster): readonly string[] =>
  reasonsIn(cluster.plan('logs'))
    .map(({ pod, reason, message }) => `${pod} ${reason}: ${message}`)
    .sort();

const conditions = (cluster: Cluster): string => {
  const status = cluster.objects.get(SidecarSets, 'logs')?.['status'] as SidecarSetStatus | undefined;
  return (status?.conditions ?? []).map(c => `${c.type} ${c.status} ${c.reason}`).join('; ');
};

describe('The image of a native sidecar', () => {
  it('is changed in place, and the app is not restarted [§11.9 native]', () => {
    const cluster = rolled('v1.36.3');
    cluster.settle('logs');
    assert.deepEqual(running(cluster), ['mesh:v2 1, app:v1 0', 'mesh:v2 1, app:v1 0']);
    assert.deepEqual(reasons(cluster), []);
  });

  it('is tried where nothing is known about the kubelet: the container has to prove it', () => {
    const cluster = rolled(undefined);
    cluster.settle('logs');
    assert.deepEqual(running(cluster), ['mesh:v2 1, app:v1 0', 'mesh:v2 1, app:v1 0']);
  });

  it('stays where the kubelet would leave the former one running, with the reason, until the kubelet is newer', () => {
    const cluster = rolled('v1.31.2');
    cluster.settle('logs');
    assert.deepEqual(running(cluster), ['mesh:v1 0, app:v1 0', 'mesh:v1 0, app:v1 0']);
    const why = 'the kubelet v1.31.2 of its node does not restart native sidecars, as mesh is one';
    assert.deepEqual(reasons(cluster), [`default/web-0 KubeletTooOld: ${why}`, `default/web-1 KubeletTooOld: ${why}`]);
    for (const pod of cluster.objects.list(Pods)) setKubelet(cluster, nodeOf(pod), 'v1.32.0');
    cluster.settle('logs');
    assert.deepEqual(running(cluster), ['mesh:v2 1, app:v1 0', 'mesh:v2 1, app:v1 0']);
  });

  it('is not written to such a pod either when the set recreates what does not fit: it is evicted', () => {
    const cluster = rolled('v1.31.2', { nonInPlace: 'Recreate' });
    for (let second = 0; second < 8; second += 1) {
      cluster.seeAll();
      const actions = cluster.pass('logs')?.actions ?? [];
      assert.deepEqual(
        actions.filter(a => a.do === 'patch' && a.target.resource === Pods && a.part === 'object'),
        [],
      );
      if (actions.some(a => a.do === 'evict')) return;
      cluster.wait(1000);
    }
    assert.fail('no pod was evicted');
  });

  it('moves the pods whose kubelet restarts it, while others stay', () => {
    const cluster = rolled('v1.31.2');
    const [first] = cluster.objects.list(Pods);
    assert.ok(first);
    setKubelet(cluster, nodeOf(first), 'v1.33.0');
    cluster.seeAll();
    cluster.pass('logs');
    assert.match(conditions(cluster), /Stalled False/, 'as long as others have yet to begin');
    cluster.settle('logs');
    assert.match(conditions(cluster), /Stalled True KubeletTooOld/);
    assert.deepEqual(running(cluster), ['mesh:v2 1, app:v1 0', 'mesh:v1 0, app:v1 0']);
  });
});

describe('A node', () => {
  it('wakes the sets with native sidecars, and no others', () => {
    const cluster = new Cluster(controller);
    cluster.apply(SidecarSets, aSidecarSet(native('mesh:v1')));
    cluster.apply(SidecarSets, aSidecarSet({ name: 'other' }));
    setKubelet(cluster, 'n', 'v1.32.0');
    cluster.seeAll();
    const node = cluster.store.get(Nodes, 'n');
    const keys = controller.wakesOn.filter(t => t.on === Nodes).flatMap(t => (node ? t.keys(node, cluster.store) : []));
    assert.deepEqual(keys, ['logs']);
  });
});
