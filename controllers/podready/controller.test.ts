import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { Cluster } from '../../test/support/cluster/cluster.ts';
import { aPod } from '../../test/support/sidecarsets.ts';
import { Pods } from '../../workloads/resources.ts';
import { podReady } from './controller.ts';

const key = 'default/web-0';

const knowing = (status: Wire, metadata: Wire = {}): Cluster => {
  const cluster = new Cluster(podReady);
  const pod = aPod('web-0', { readinessGates: [{ conditionType: 'KruisePodReady' }] });
  cluster.objects.put(Pods, { ...pod, metadata: { ...pod.metadata, uid: 'u', ...metadata }, status });
  cluster.seeAll();
  return cluster;
};

const conditionOf = (cluster: Cluster): Wire | undefined => {
  const { status } = cluster.objects.get(Pods, key) as KubeObject & { status: { conditions?: readonly Wire[] } };
  return status.conditions?.find(c => c['type'] === 'KruisePodReady');
};

describe('The gate of a pod', () => {
  it('is opened by one guarded write, and then left alone', () => {
    const cluster = knowing({ conditions: [{ type: 'PodScheduled', status: 'True' }] });
    assert.equal(cluster.pass(key)?.actions.length, 1);
    assert.equal(conditionOf(cluster)?.['status'], 'True');
    cluster.seeAll();
    assert.equal(cluster.plan(key), undefined);
  });

  it('stays closed while somebody holds it', () => {
    const message = '[{"userAgent":"Lifecycle","key":"preUpdateHook"}]';
    const cluster = knowing({ conditions: [{ type: 'KruisePodReady', status: 'False', message }] });
    assert.equal(cluster.plan(key), undefined);
  });

  it('is nobody’s business when the pod is on its way out', () => {
    assert.equal(knowing({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }).plan(key), undefined);
  });

  it('wakes only those that wait', () => {
    const [trigger] = podReady.wakesOn;
    const keysFor = (status: Wire): readonly string[] => {
      const cluster = knowing(status);
      return cluster.store.list(Pods).flatMap(pod => trigger?.keys(pod, cluster.store) ?? []);
    };
    assert.deepEqual(keysFor({}), [key]);
    assert.deepEqual(keysFor({ conditions: [{ type: 'KruisePodReady', status: 'True' }] }), []);
  });
});
