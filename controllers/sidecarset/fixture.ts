/** A SidecarSet `logs` and its pods in a small cluster, for tests. */

import assert from 'node:assert/strict';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { Cluster } from '../../test/support/cluster/cluster.ts';
import { reasonsIn } from '../../test/support/reasons.ts';
import { aPod, aSidecarSet, injected, type SetOptions } from '../../test/support/sidecarsets.ts';
import { Namespaces, Pods } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { sidecarSets } from './controller.ts';

export const controller = sidecarSets({
  namespace: 'berth-system',
  secretName: 's',
  mutatingConfiguration: 'm',
  validatingConfiguration: 'v',
});

/** The set and this many pods that were injected by it; all of them serve. */
export const fleet = (pods: number, options: SetOptions = {}): Cluster => {
  const cluster = new Cluster(controller);
  cluster.apply(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  cluster.apply(SidecarSets, aSidecarSet(options));
  for (let i = 0; i < pods; i += 1)
    cluster.apply(Pods, injected(aPod(`web-${i}`), [aSidecarSet(options)], cluster.now));
  cluster.settle('logs');
  return cluster;
};

/** The set is changed, and all comes to rest. */
export const settled = (cluster: Cluster, options: SetOptions): Cluster => {
  cluster.apply(SidecarSets, aSidecarSet(options));
  cluster.settle('logs');
  return cluster;
};

export const statusOf = (cluster: Cluster): Wire =>
  (cluster.objects.get(SidecarSets, 'logs')?.['status'] ?? {}) as Wire;

export const podOf = (cluster: Cluster, name: string): KubeObject => {
  const pod = cluster.objects.get(Pods, `default/${name}`);
  assert.ok(pod, `${name} does not exist`);
  return pod;
};

/** Images of the containers that run in the pod, in order. */
export const imagesOf = (cluster: Cluster, name: string): readonly string[] => {
  const { containerStatuses } = podOf(cluster, name)['status'] as { containerStatuses: readonly { image: string }[] };
  return containerStatuses.map(c => c.image);
};

export const reasonsOf = (cluster: Cluster): readonly string[] => {
  cluster.seeAll();
  return reasonsIn(cluster.plan('logs'))
    .map(({ pod, reason }) => `${pod} ${reason}`)
    .sort();
};

/** Takes a pod out of service, as an app that fails would. */
export const breakPod = (cluster: Cluster, name: string): void => {
  const pod = podOf(cluster, name);
  const status = pod['status'] as { conditions: readonly { type: string }[] };
  const conditions = status.conditions.map(c => (c.type === 'Ready' ? { ...c, status: 'False' } : c));
  cluster.objects.put(Pods, { ...pod, status: { ...status, conditions } });
};
