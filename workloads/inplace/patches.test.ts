import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyPatch, type Operation } from 'rfc6902';
import { annotations, labels } from '../../api/names.ts';
import type { Action, KubeObject, Wire } from '../../kube/contract.ts';
import { podView } from '../pods/project.ts';
import { Pods } from '../resources.ts';
import { drain, rejoin, type Step, setImages, withdraw } from './patches.ts';
import { updateRecordOf, wishOf } from './record.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

const aPod = (metadata: Wire = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-0',
    namespace: 'default',
    uid: 'u',
    resourceVersion: '7',
    ownerReferences: [
      { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'web', uid: 's', controller: true },
    ],
    ...metadata,
  },
  spec: {
    initContainers: [{ name: 'setup', image: 'setup:v1' }],
    containers: [
      { name: 'side', image: 'side:v1' },
      { name: 'main', image: 'app:v1' },
    ],
  },
  status: {
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [
      {
        name: 'main',
        image: 'app:v1',
        imageID: 'app@sha256:01',
        containerID: 'c1',
        restartCount: 3,
        state: { running: { startedAt: '2026-01-02T02:00:00Z' } },
      },
    ],
  },
});

const stepOn = (pod: KubeObject): Step => ({ pods: Pods, pod: podView(pod), now, why: 'test' });

const patchOf = (action: Action) => {
  assert.ok(action.do === 'patch');
  return action;
};

const stored = (pod: KubeObject, action: Action): KubeObject => {
  const { patch } = patchOf(action);
  assert.ok(patch.as === 'json');
  const copy = structuredClone(pod);
  assert.deepEqual(
    applyPatch(copy, patch.ops as unknown as Operation[]).filter(error => error !== null),
    [],
  );
  return copy;
};

const none = { labels: new Map<string, string | undefined>(), annotations: new Map<string, string | undefined>() };
const toV2 = { revision: 'web-r2', wasReady: true, images: new Map([['main', 'app:v2']]), metadata: none };

const wish = { revision: 'web-r2', images: new Map([['main', 'app:v2']]), graceSeconds: 5 };

describe('Draining', () => {
  it('closes the gate and leaves both records in one write of the status', () => {
    const { part, guard, patch, disrupts } = patchOf(drain(stepOn(aPod()), wish));
    assert.deepEqual([part, guard, disrupts, patch.as], ['status', 'uid and version', 'u', 'strategic']);
    assert.ok(patch.as === 'strategic');
    const { metadata, status } = patch.body as unknown as { metadata: Wire; status: Wire };
    assert.deepEqual(status['conditions'], [
      {
        type: 'InPlaceUpdateReady',
        status: 'False',
        reason: 'StartInPlaceUpdate',
        message: '',
        lastTransitionTime: '2026-01-02T03:04:05Z',
      },
    ]);
    const drained = podView(aPod(metadata));
    assert.deepEqual(wishOf(drained), { is: 'read', value: wish });
    assert.equal(updateRecordOf(drained).is, 'read');
  });
});

describe('Setting images', () => {
  it('writes image, revision and record at once, and ends the wish', () => {
    const before = aPod({
      labels: { app: 'web' },
      annotations: { [annotations.inPlaceGrace]: '{}', 'example.com/x': 'y' },
    });
    const after = stored(before, setImages(stepOn(before), toV2));
    assert.deepEqual(
      (after['spec'] as { containers: readonly Wire[] }).containers.map(c => c['image']),
      ['side:v1', 'app:v2'],
    );
    assert.deepEqual(after.metadata.labels, { app: 'web', [labels.revision]: 'web-r2' });
    assert.deepEqual(Object.keys(after.metadata.annotations ?? {}), ['example.com/x', annotations.inPlaceState]);
    assert.deepEqual(updateRecordOf(podView(after)), {
      is: 'read',
      value: {
        revision: 'web-r2',
        updatedAt: now,
        wasReady: true,
        formers: new Map([['main', { imageID: 'app@sha256:01', containerID: 'c1', restartCount: 3, image: 'app:v1' }]]),
      },
    });
  });

  it('works on a pod that has neither labels nor annotations', () => {
    const after = stored(aPod(), setImages(stepOn(aPod()), toV2));
    assert.deepEqual(after.metadata.labels, { [labels.revision]: 'web-r2' });
  });

  it('sets and removes labels of the template, but never the revision', () => {
    const before = aPod({ labels: { old: '1' } });
    const changes = new Map([
      ['old', undefined],
      ['gone', undefined],
      ['new', '2'],
      [labels.revision, 'mine'],
    ]);
    const after = stored(before, setImages(stepOn(before), { ...toV2, metadata: { ...none, labels: changes } }));
    assert.deepEqual(after.metadata.labels, { new: '2', [labels.revision]: 'web-r2' });
  });

  const state = (former: Wire, image: string) => ({
    annotations: {
      [annotations.inPlaceState]: JSON.stringify({
        revision: 'web-r1',
        updateTimestamp: '2026-01-02T03:04:00Z',
        lastContainerStatuses: { main: { imageID: 'app@sha256:00', image, ...former } },
      }),
    },
  });
  const formersAfter = (before: KubeObject, images: ReadonlyMap<string, string>) => {
    const record = updateRecordOf(podView(stored(before, setImages(stepOn(before), { ...toV2, images }))));
    assert.ok(record.is === 'read');
    return Object.fromEntries(record.value.formers);
  };

  it('does not forget a container that an earlier update changed and that is not proven yet', () => {
    // The kubelet has not replaced c1, of which the earlier update knows.
    const before = aPod(state({ containerID: 'c1', restartCount: 3 }, 'app:v0'));
    const earlier = { imageID: 'app@sha256:00', containerID: 'c1', restartCount: 3, image: 'app:v0' };
    assert.deepEqual(formersAfter(before, new Map()), { main: earlier });
    assert.deepEqual(formersAfter(before, new Map([['side', 'side:v2']]))['main'], earlier);
  });

  it('forgets what is proven', () => {
    const before = aPod(state({ containerID: 'c0', restartCount: 2 }, 'app:v0'));
    assert.deepEqual(formersAfter(before, new Map()), {});
  });

  it('asks for no proof of what was recorded for a drain and never written', () => {
    const before = aPod(state({ containerID: 'c1', restartCount: 3 }, 'app:v1'));
    assert.deepEqual(Object.keys(formersAfter(before, new Map([['side', 'side:v2']]))), ['side']);
  });

  it('holds only for the pod as it was seen, because the record tells of its containers', () => {
    const { guard, disrupts } = patchOf(setImages(stepOn(aPod()), toV2));
    assert.deepEqual([guard, disrupts], ['uid and version', 'u']);
  });

  it('knows a container by its id from then on, if the record is one of OpenKruise', () => {
    const before = aPod(state({}, 'app:v0'));
    assert.equal(formersAfter(before, new Map())['main']?.containerID, 'c1');
  });

  it('leaves out a container that the pod does not have', () => {
    const after = stored(aPod(), setImages(stepOn(aPod()), { ...toV2, images: new Map([['gone', 'x:1']]) }));
    assert.deepEqual(after['spec'], aPod()['spec']);
  });
});

describe('Backing out', () => {
  it('ends the wish, and the record that was made for it asks for no proof', () => {
    const drained = aPod({
      annotations: {
        [annotations.inPlaceGrace]: '{"revision":"web-r2"}',
        [annotations.inPlaceState]: '{"revision":"web-r2","lastContainerStatuses":{"main":{"imageID":"x"}}}',
      },
    });
    const after = podView(stored(drained, withdraw(stepOn(drained), wish)));
    assert.equal(wishOf(after).is, 'absent');
    const record = updateRecordOf(after);
    assert.equal(record.is === 'read' && record.value.formers.size, 0);
  });

  it('has containers that are down come up before the gate opens', () => {
    const metadata = {
      annotations: {
        [annotations.inPlaceGrace]: '{"revision":"web-r2"}',
        [annotations.inPlaceState]: '{"revision":"web-r2","lastContainerStatuses":{"main":{"imageID":"x"}}}',
      },
    };
    const state = { waiting: { reason: 'ImagePullBackOff' } };
    const drained = { ...aPod(metadata), status: { containerStatuses: [{ name: 'main', image: 'app:v1', state }] } };
    const record = updateRecordOf(podView(stored(drained, withdraw(stepOn(drained), wish))));
    assert.deepEqual(record.is === 'read' && [...record.value.formers.keys()], ['main']);
  });

  it('keeps the record of another update, which may still be unproven', () => {
    const state = '{"revision":"web-r1","lastContainerStatuses":{"main":{"imageID":"x"}}}';
    const drained = aPod({
      annotations: { [annotations.inPlaceGrace]: '{"revision":"web-r2"}', [annotations.inPlaceState]: state },
    });
    const after = stored(drained, withdraw(stepOn(drained), wish));
    assert.deepEqual(after.metadata.annotations, { [annotations.inPlaceState]: state });
  });
});

it('Rejoining opens the gate and disrupts nobody', () => {
  const { part, patch, disrupts } = patchOf(rejoin(stepOn(aPod())));
  assert.deepEqual([part, disrupts], ['status', undefined]);
  assert.match(JSON.stringify(patch), /"type":"InPlaceUpdateReady","status":"True"/);
});
