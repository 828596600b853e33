/** Which change of a set does what to the pods that are there. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aSidecarSet, type SetOptions } from '../../test/support/sidecarsets.ts';
import { ControllerRevisions, Pods } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { fleet, imagesOf, podOf, reasonsOf, settled, statusOf } from './fixture.ts';

describe('A change', () => {
  it('of what is not hashed leaves pods updated, and is recorded [§11.9 not hashed]', () => {
    const cluster = fleet(1);
    const before = podOf(cluster, 'web-0');
    settled(cluster, { spec: { volumes: [{ name: 'cache', emptyDir: {} }] } });
    assert.deepEqual(podOf(cluster, 'web-0'), before);
    assert.equal(statusOf(cluster)['updatedPods'], 1);
    assert.equal(cluster.objects.list(ControllerRevisions).length, 2);
  });

  it('that takes a container away moves no pod, and names the container [§11.9 removed container]', () => {
    const two: SetOptions = {
      spec: {
        containers: [
          { name: 'log', image: 'log:v1' },
          { name: 'metrics', image: 'metrics:v1' },
        ],
      },
    };
    const cluster = settled(fleet(1, two), { image: 'log:v2' });
    assert.deepEqual(imagesOf(cluster, 'web-0'), ['log:v1', 'metrics:v1', 'app:v1']);
    assert.deepEqual(reasonsOf(cluster), ['default/web-0 NotInPlace']);
  });

  it('of an unknown strategy type rolls, but NotUpdate does not [§2.4 type]', () => {
    const rolls = settled(fleet(1), { image: 'log:v2', strategy: { type: 'Whatever' } });
    assert.deepEqual(imagesOf(rolls, 'web-0'), ['log:v2', 'app:v1']);
    const stays = settled(fleet(1), { image: 'log:v2', strategy: { type: 'NotUpdate' } });
    assert.deepEqual(imagesOf(stays, 'web-0'), ['log:v1', 'app:v1']);
    assert.deepEqual(reasonsOf(stays), ['default/web-0 NotUpdated']);
  });

  it('never deletes a pod, nor replaces it [§11.7 never]', () => {
    const cluster = fleet(3);
    const uids = () => cluster.objects.list(Pods).map(({ metadata }) => metadata.uid);
    const before = uids();
    settled(cluster, { image: 'log:v2' });
    settled(cluster, { image: 'log:v3', container: { env: [{ name: 'A', value: '1' }] } });
    assert.deepEqual(uids(), before);
  });
});

describe('A set that is deleted', () => {
  it('leaves its pods as they are, and plans nothing [§11.9 deleted set, §11.1 set]', () => {
    const cluster = fleet(1);
    const before = podOf(cluster, 'web-0');
    cluster.objects.remove(SidecarSets, 'logs');
    cluster.seeAll();
    assert.equal(cluster.plan('logs'), undefined);
    assert.deepEqual(podOf(cluster, 'web-0'), before);
  });
});

describe('An update that was sent', () => {
  it('counts before the watch tells of it, and is not sent again [§11.2 #4, §11.3 expectations]', () => {
    const cluster = fleet(3);
    cluster.apply(SidecarSets, aSidecarSet({ image: 'log:v2' }));
    const updates = () => cluster.pass('logs')?.actions.filter(a => a.do === 'patch' && a.target.resource === Pods);
    cluster.seeAll();
    updates(); // the revision
    cluster.seeAll();
    assert.equal(updates()?.length, 1);
    assert.deepEqual(updates(), [], 'the store shows the answer, although nothing was told');
  });

  it('is forgotten with its pod: the next one is taken [§11.3 expectations]', () => {
    const cluster = fleet(3);
    cluster.apply(SidecarSets, aSidecarSet({ image: 'log:v2-bad' }));
    for (let second = 0; second < 5; second += 1) {
      cluster.seeAll();
      cluster.pass('logs');
      cluster.stepAllPods();
      cluster.wait(1000);
    }
    const [taken] = cluster.objects.list(Pods).filter(pod => JSON.stringify(pod['spec']).includes('v2-bad'));
    assert.ok(taken);
    cluster.objects.remove(Pods, `default/${taken.metadata.name}`);
    cluster.seeAll();
    const steps = cluster.plan('logs')?.actions.filter(a => a.do === 'patch' && a.target.resource === Pods);
    assert.equal(steps?.length, 1);
  });
});

describe('Revisions', () => {
  it('that say the same in other words are taken over, and nothing is rolled [§10 adoption]', () => {
    const cluster = fleet(1);
    const [revision] = cluster.objects.list(ControllerRevisions);
    assert.ok(revision);
    const { spec } = revision['data'] as { spec: { containers: readonly object[] } };
    const bare = { ...spec, containers: [{ image: 'log:v1', name: 'log' }] };
    cluster.objects.put(ControllerRevisions, { ...revision, data: { spec: bare } });
    cluster.settle('logs');
    assert.equal(cluster.objects.list(ControllerRevisions).length, 1);
    assert.equal(statusOf(cluster)['latestRevision'], revision.metadata.name);
  });

  it('are recorded without a custom version that no label can have', () => {
    const cluster = fleet(0, { spec: { customVersion: 'example/version-1' } });
    const [revision] = cluster.objects.list(ControllerRevisions);
    assert.equal(revision?.metadata.labels?.['apps.kruise.io/sidecarset-custom-version'], undefined);
    assert.equal(statusOf(cluster)['latestRevision'], revision?.metadata.name);
  });

  it('are one at least, whatever the limit says [§2.1 revisionHistoryLimit]', () => {
    for (const revisionHistoryLimit of [0, -5]) {
      const cluster = fleet(0, { spec: { revisionHistoryLimit } });
      settled(cluster, { image: 'log:v2', spec: { revisionHistoryLimit } });
      assert.equal(cluster.objects.list(ControllerRevisions).length, 1);
    }
  });
});

describe('Pods of a set that injects no more', () => {
  it('are updated all the same [§2.1 injectionStrategy.paused]', () => {
    const cluster = settled(fleet(1), { image: 'log:v2', spec: { injectionStrategy: { paused: true } } });
    assert.deepEqual(imagesOf(cluster, 'web-0'), ['log:v2', 'app:v1']);
  });
});
