/** The counters of a set's status. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '../../test/support/cluster/cluster.ts';
import { aSidecarSet, type SetOptions } from '../../test/support/sidecarsets.ts';
import { ControllerRevisions, Pods } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { breakPod, fleet, imagesOf, podOf, settled, statusOf } from './fixture.ts';

const counters = (cluster: Cluster): readonly unknown[] => {
  const { matchedPods, updatedPods, readyPods, updatedReadyPods } = statusOf(cluster);
  return [matchedPods, updatedPods, readyPods, updatedReadyPods];
};

/** One pod of four is updated, and the others stay. */
const oneOfFour: SetOptions = { image: 'log:v2', strategy: { partition: 3 } };

describe('Matched, updated, ready, updated and ready pods', () => {
  it('are all of them when all have come to rest [§2.5 matchedPods]', () => {
    assert.deepEqual(counters(fleet(4)), [4, 4, 4, 4]);
  });

  it('are told apart by the revision that a pod carries [§2.5 updatedPods, §2.5 updatedReadyPods]', () => {
    const cluster = settled(fleet(4), oneOfFour);
    assert.deepEqual(counters(cluster), [4, 1, 4, 1]);
    const updated = cluster.objects.list(Pods).find(pod => JSON.stringify(pod['spec']).includes('log:v2'));
    breakPod(cluster, updated?.metadata.name ?? '');
    cluster.seeAll();
    cluster.pass('logs');
    assert.deepEqual(counters(cluster), [4, 1, 3, 0]);
  });

  it('are right under NotUpdate too [§2.5 readyPods]', () => {
    const cluster = fleet(2, { strategy: { type: 'NotUpdate' } });
    breakPod(cluster, 'web-0');
    cluster.seeAll();
    cluster.pass('logs');
    assert.deepEqual(counters(cluster), [2, 2, 1, 1]);
  });

  it('count a pod in a hot upgrade as ready only when its former twin is emptied [§11.5 ready]', () => {
    const hot = (image: string): SetOptions => ({
      image,
      container: { upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'log:empty' } },
    });
    const cluster = fleet(1, hot('log:v1'));
    cluster.apply(SidecarSets, aSidecarSet(hot('log:v2')));
    const seen = new Set<string>();
    for (let second = 0; second < 20; second += 1) {
      cluster.seeAll();
      cluster.pass('logs');
      cluster.seeAll();
      cluster.pass('logs');
      const idle = imagesOf(cluster, 'web-0').filter(image => image === 'log:empty').length;
      seen.add(`${idle} idle, ${String(counters(cluster)[3])} ready`);
      cluster.stepAllPods();
      cluster.wait(1000);
    }
    assert.ok(seen.has('0 idle, 0 ready') && !seen.has('0 idle, 1 ready'), [...seen].join('; '));
    assert.deepEqual(counters(cluster), [1, 1, 1, 1]);
  });

  it('lose a pod that is finished, is leaving, or has lost a container [§2.5 matchedPods]', () => {
    const cluster = fleet(4);
    const [finished, leaving, poorer] = [podOf(cluster, 'web-0'), podOf(cluster, 'web-1'), podOf(cluster, 'web-2')];
    const status = { ...(finished['status'] as object), phase: 'Succeeded' };
    cluster.objects.put(Pods, { ...finished, status });
    const metadata = { ...leaving.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
    cluster.objects.put(Pods, { ...leaving, metadata });
    cluster.objects.put(Pods, { ...poorer, spec: { containers: [{ name: 'main', image: 'app:v1' }] } });
    cluster.seeAll();
    cluster.pass('logs');
    assert.deepEqual(counters(cluster), [1, 1, 1, 1]);
  });
});

describe('The status', () => {
  it('names the generation that its counters belong to [§2.5 observedGeneration]', () => {
    const cluster = settled(fleet(1), { image: 'log:v2' });
    const set = cluster.objects.get(SidecarSets, 'logs');
    assert.equal(statusOf(cluster)['observedGeneration'], set?.metadata.generation);
    cluster.apply(SidecarSets, aSidecarSet({ image: 'log:v3' }));
    assert.ok((set?.metadata.generation ?? 0) < (cluster.objects.get(SidecarSets, 'logs')?.metadata.generation ?? 0));
    assert.equal(statusOf(cluster)['observedGeneration'], set?.metadata.generation);
  });

  it('names the revision of the spec, which the set owns [§2.5 latestRevision, §10 owner]', () => {
    const cluster = settled(fleet(1), { image: 'log:v2' });
    const newest = cluster.objects.list(ControllerRevisions).find(r => r['revision'] === 2);
    assert.equal(statusOf(cluster)['latestRevision'], newest?.metadata.name);
    const [owner] = newest?.metadata.ownerReferences ?? [];
    assert.deepEqual([owner?.kind, owner?.name, owner?.controller], ['SidecarSet', 'logs', true]);
  });

  it('is not written again as long as it is the same [§11.2 #3]', () => {
    const cluster = fleet(2);
    cluster.seeAll();
    assert.deepEqual(cluster.pass('logs')?.actions, []);
  });
});
