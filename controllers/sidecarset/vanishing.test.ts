/** What a set depends on goes or changes under it: each case ends in a right and stated state. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject } from '../../kube/contract.ts';
import type { Cluster } from '../../test/support/cluster/cluster.ts';
import { aPod, aSidecarSet } from '../../test/support/sidecarsets.ts';
import { ControllerRevisions, Namespaces, Pods } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { fleet, imagesOf, podOf, reasonsOf, settled, statusOf } from './fixture.ts';

const conditionOf = (cluster: Cluster, type: string): string | undefined => {
  const conditions = statusOf(cluster)['conditions'] as readonly { type: string; status: string; reason: string }[];
  const found = conditions.find(c => c.type === type);
  return found && `${found.status} ${found.reason}`;
};

const relabel = (cluster: Cluster, labels: Record<string, string>): void => {
  const namespace = cluster.objects.get(Namespaces, 'default') as KubeObject;
  cluster.objects.put(Namespaces, { ...namespace, metadata: { ...namespace.metadata, labels } });
};

describe('A set that is made again', () => {
  it('takes over the pods of the former one, and its own revision is recorded', () => {
    const cluster = fleet(2);
    cluster.objects.remove(SidecarSets, 'logs');
    cluster.seeAll();
    settled(cluster, {});
    assert.equal(statusOf(cluster)['updatedReadyPods'], 2);
    assert.equal(conditionOf(cluster, 'Ready'), 'True UpToDate');
    const latest = statusOf(cluster)['latestRevision'];
    const [owner] =
      cluster.objects.list(ControllerRevisions).find(r => r.metadata.name === latest)?.metadata.ownerReferences ?? [];
    assert.equal(owner?.uid, cluster.objects.get(SidecarSets, 'logs')?.metadata.uid);
  });

  it('with another image moves them', () => {
    const cluster = fleet(2);
    cluster.objects.remove(SidecarSets, 'logs');
    cluster.seeAll();
    settled(cluster, { image: 'log:v2' });
    assert.deepEqual(
      [0, 1].map(i => imagesOf(cluster, `web-${i}`)[0]),
      ['log:v2', 'log:v2'],
    );
  });
});

describe('A namespace that is relabelled', () => {
  const only = { spec: { namespaceSelector: { matchLabels: { team: 'a' } } } };

  it('takes its pods out of the set, which says that it has none; they keep their containers', () => {
    const cluster = settled(fleet(2), only);
    assert.equal(statusOf(cluster)['matchedPods'], 0);
    assert.equal(conditionOf(cluster, 'Ready'), 'True UpToDate');
    relabel(cluster, { team: 'a' });
    cluster.settle('logs');
    assert.equal(statusOf(cluster)['matchedPods'], 2);
    relabel(cluster, {});
    settled(cluster, { ...only, image: 'log:v2' });
    assert.equal(statusOf(cluster)['matchedPods'], 0);
    assert.equal(imagesOf(cluster, 'web-0')[0], 'log:v1');
  });

  it('brings in pods that were made without the containers, with a reason', () => {
    const cluster = fleet(0, only);
    cluster.apply(Pods, aPod('late'));
    cluster.settle('logs');
    assert.equal(statusOf(cluster)['uninjectedPods'], 0);
    relabel(cluster, { team: 'a' });
    cluster.settle('logs');
    assert.equal(statusOf(cluster)['uninjectedPods'], 1);
    assert.deepEqual(reasonsOf(cluster), ['default/late NotInjected']);
  });
});

describe('A pod that goes in mid-update', () => {
  it('frees its place, and the others go on', () => {
    const cluster = fleet(3);
    cluster.apply(SidecarSets, aSidecarSet({ image: 'log:bad' }));
    for (let second = 0; second < 20; second += 1) {
      cluster.seeAll();
      cluster.pass('logs');
      cluster.stepAllPods();
      cluster.wait(1000);
    }
    const stuck = [0, 1, 2]
      .map(i => `web-${i}`)
      .find(name => podOf(cluster, name)['spec'] !== undefined && imageIn(cluster, name) === 'log:bad');
    assert.ok(stuck);
    cluster.objects.remove(Pods, `default/${stuck}`);
    settled(cluster, { image: 'log:v3' });
    assert.deepEqual([statusOf(cluster)['matchedPods'], statusOf(cluster)['updatedReadyPods']], [2, 2]);
    assert.deepEqual(reasonsOf(cluster), []);
  });

  const imageIn = (cluster: Cluster, name: string): string | undefined =>
    (podOf(cluster, name)['spec'] as { containers: readonly { name: string; image: string }[] }).containers.find(
      c => c.name === 'log',
    )?.image;
});

describe('A pinned revision that is gone', () => {
  const pinned = (revisionName: string) => ({ spec: { injectionStrategy: { revision: { revisionName } } } });

  it('is told in the condition and once in an event, until it is there or the pin is taken away', () => {
    const cluster = fleet(1);
    const latest = String(statusOf(cluster)['latestRevision']);
    settled(cluster, pinned(latest));
    assert.equal(conditionOf(cluster, 'InjectionActive'), 'True Injecting');
    cluster.apply(SidecarSets, aSidecarSet(pinned('logs-gone')));
    const told: string[] = [];
    for (let second = 0; second < 60; second += 1) {
      cluster.seeAll();
      told.push(...(cluster.pass('logs')?.notices ?? []).map(n => `${n.type} ${n.reason}: ${n.message}`));
      cluster.wait(1000);
    }
    assert.equal(conditionOf(cluster, 'InjectionActive'), 'True PinnedRevisionMissing');
    assert.deepEqual(told, [
      'Warning PinnedRevisionMissing: the pinned revision logs-gone is not there: new pods that match get the current containers',
    ]);
    settled(cluster, {});
    assert.equal(conditionOf(cluster, 'InjectionActive'), 'True Injecting');
  });
});
