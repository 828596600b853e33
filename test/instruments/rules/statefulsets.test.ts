/** Rules about pods and claims of StatefulSets: each finds the story that breaks it, and is silent about one that does not. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Wire } from '../../../kube/contract.ts';
import { DbPod, logSet, Story, update, webPod } from '../story.fixture.ts';
import { breaks, breaksNothing, newRevision, three, violationsIn } from '../verdict.fixture.ts';

const made = (story: Story, name: string): DbPod => new DbPod(story, name);
const gone = { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };

describe('one ordinal, one life', () => {
  test('a second pod of a name while the first exists', () => {
    const story = three().story.write('Pod', 'db-1', { metadata: { uid: 'other' } });
    breaks(story, 'one ordinal, one life', /db-1 is made as other while uid-db-1 exists/u);
  });
  test('an ordinal that nobody wants', () => {
    const { story } = three({ replicas: 3, reserveOrdinals: [4, '6-8'] });
    made(story, 'db-3');
    breaks(story, 'one ordinal, one life', /db-3 is made, and default\/db does not want its ordinal/u);
  });
  test('an ordinal that was wanted a moment ago, or is because another is reserved', () => {
    const shrunk = three({ replicas: 4 }).story.write('StatefulSet', 'db', {
      metadata: { generation: 2 },
      spec: { replicas: 3 },
    });
    made(shrunk, 'db-3');
    breaksNothing(shrunk);
    const { story } = three({ replicas: 4, reserveOrdinals: ['3-5'] });
    made(story, 'db-6');
    breaksNothing(story);
  });
  test('no grace period', () => {
    const options = { preconditions: { uid: 'uid-db-2' }, gracePeriodSeconds: 0 };
    const { story } = three({ replicas: 2 });
    story.write('Pod', 'db-2', gone).signed({ verb: 'delete', requestObject: options });
    breaks(story, 'one ordinal, one life', /db-2 is deleted without its grace period/u);
  });
});

describe('order', () => {
  const inOrder = { podManagementPolicy: 'OrderedReady' };
  test('a pod is made before a lower one serves', () => {
    const { story, pods } = three({ ...inOrder, replicas: 4 });
    pods[1].leaves();
    story.wait(10_000);
    made(story, 'db-3');
    breaks(story, 'order', /db-3 is made before default\/db-1 serves/u);
  });
  test('a pod is made when all lower ones serve, or did so a moment ago', () => {
    const { story, pods } = three({ ...inOrder, replicas: 4 });
    pods[1].leaves();
    made(story, 'db-3');
    breaksNothing(story);
  });
  test('two are condemned at a time', () => {
    const { story } = three(inOrder);
    story.write('StatefulSet', 'db', { metadata: { generation: 2 }, spec: { replicas: 1 } }).wait(10_000);
    story.write('Pod', 'db-2', gone).write('Pod', 'db-1', gone);
    breaks(story, 'order', /db-1 is condemned before default\/db-2 is gone/u);
  });
  test('below the partition a pod moves', () => {
    const rolling = { updateStrategy: { rollingUpdate: { partition: 2, maxUnavailable: 3 } } };
    const { story, pods } = three(rolling);
    newRevision(story).wait(10_000);
    update(pods[2], 'db:v2', 'v2');
    breaksNothing(story);
    update(pods[0], 'db:v2', 'v2');
    breaks(story, 'order', /db-0 gets the new revision below the partition/u);
  });
  test('a low ordinal that has just come back costs the budget already, and goes first', () => {
    const { story, pods } = three({ updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } });
    newRevision(story.wait(10_000));
    pods[0].leaves().serves();
    const record = JSON.stringify({ revision: 'v2' });
    story.write('Pod', 'db-0', { metadata: { annotations: { 'apps.kruise.io/inplace-update-state': record } } });
    pods[0].drain();
    breaksNothing(story.wait(10_000).write('Node', 'n1', { spec: {} }));
  });
  test('a low ordinal is taken, and a higher one is left behind', () => {
    const { story, pods } = three({ updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } });
    newRevision(story.wait(10_000));
    const record = JSON.stringify({ revision: 'v2' });
    story.write('Pod', 'db-0', { metadata: { annotations: { 'apps.kruise.io/inplace-update-state': record } } });
    pods[0].drain();
    breaksNothing(story);
    story.wait(10_000).write('Node', 'n1', { spec: {} });
    breaks(story, 'order', /db-0 was taken for an update before default\/db-[12]/u);
  });
});

describe('claims stay', () => {
  const templates = { podManagementPolicy: 'Parallel', volumeClaimTemplates: [{ metadata: { name: 'data' } }] };
  const mounting = (story: Story, name: string, claim: string): Story =>
    story.write('Pod', name, {
      metadata: {
        ownerReferences: [
          { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', uid: 'uid-db', controller: true },
        ],
      } as Wire,
      spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] },
    });
  const begun = (): Story => three({ ...templates, replicas: 5 }).story.write('PersistentVolumeClaim', 'data-db-3', {});

  test('a pod is made before its claim', () => {
    breaks(mounting(begun(), 'db-4', 'data-db-4'), 'claims stay', /db-4 is made before its claim data-db-4/u);
    breaksNothing(mounting(begun(), 'db-3', 'data-db-3'));
  });
  test('two pods have one claim', () => {
    const story = mounting(begun(), 'web-0', 'data-db-3');
    breaks(mounting(story, 'db-3', 'data-db-3'), 'claims stay', /db-3 and default\/web-0 have one claim/u);
  });
  test('a claim is deleted by us, or is to go with its set', () => {
    const removed = { verb: 'delete', requestObject: { preconditions: { uid: 'uid-data-db-3' } } };
    breaks(
      begun().write('PersistentVolumeClaim', 'data-db-3', gone).signed(removed),
      'claims stay',
      /is deleted by us/u,
    );
    const owner = { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'db', uid: 'uid-db' };
    const owned = (story: Story): Story =>
      story.write('PersistentVolumeClaim', 'data-db-3', { metadata: { ownerReferences: [owner] } as Wire }).signed();
    breaks(owned(begun()), 'claims stay', /is to go with StatefulSet db, and its policy is Retain/u);
    const policy = { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } };
    breaksNothing(owned(begun().write('StatefulSet', 'db', { metadata: { generation: 3 }, spec: policy })));
  });
});

/** Somebody leads all the time, and something is seen every second. */
const later = (story: Story, seconds: number): Story => {
  for (let second = 0; second < seconds; second += 1)
    story.wait(1000).write('Lease', 'berth-controller', { spec: { holderIdentity: 'first' } });
  return story;
};

describe('no budget left unused', () => {
  test('a place is free, and pods are behind', () => {
    const { story, pods } = three();
    newRevision(later(story, 10));
    update(pods[2], 'db:v2', 'v2');
    breaks(later(story, 40), 'no budget left unused', /default\/db has had a place in its budget, and pods behind/u);
  });
  test('the budget is used, or nobody leads', () => {
    const { story, pods } = three();
    newRevision(later(story, 10));
    pods[2].drain().leaves();
    breaksNothing(later(story, 40));
    const alone = three();
    newRevision(later(alone.story, 10)).wait(60_000);
    breaksNothing(alone.story.write('Node', 'n1', {}));
  });
  test('a pod is down on an old revision, and others use the budget up', () => {
    const { story, pods } = three();
    newRevision(later(story, 10));
    pods[1].drain().leaves();
    pods[0].leaves();
    breaks(later(story, 40), 'no budget left unused', /db-0 has been down on an old revision, and is not taken/u);
  });
  test('a pod whose sidecar was changed has its place, although it is Ready all along', () => {
    const story = logSet(new Story(), 1);
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const name of names) webPod(story, name);
    story.write('SidecarSet', 'logs', {
      metadata: { generation: 2 },
      spec: { containers: [{ name: 'log', image: 'log:v2' }] },
      status: { observedGeneration: 2 },
    });
    later(story.begins(), 10);
    const env = [{ name: 'IS_INJECTED', value: 'true' }];
    for (const name of names) {
      story.write('Pod', name, {
        spec: {
          containers: [
            { name: 'app', image: 'app:v1' },
            { name: 'log', image: 'log:v2', env },
          ],
        },
      });
      later(story, 4);
    }
    const unused = violationsIn(story.chronicle()).filter(violation => violation.startsWith('no budget left unused'));
    assert.deepEqual(unused, []);
  });
  test('a SidecarSet has a place, and a pod with a former image', () => {
    const story = logSet(new Story(), 1);
    for (const name of ['a', 'b']) webPod(story, name);
    story.write('SidecarSet', 'logs', {
      metadata: { generation: 2 },
      spec: { containers: [{ name: 'log', image: 'log:v2' }] },
      status: { observedGeneration: 2 },
    });
    later(story.begins(), 10);
    webPod(story, 'a', { image: 'log:v2', isReady: false });
    breaksNothing(later(story, 40));
    webPod(story, 'a', { image: 'log:v2', logRestarts: 1 });
    breaks(
      later(story, 90),
      'no budget left unused',
      /SidecarSet logs has had a place in its budget, and default\/b behind/u,
    );
  });
});
