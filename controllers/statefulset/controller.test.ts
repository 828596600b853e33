/** What wakes a set. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressOf, type KubeObject, type Resource, type Seen } from '../../kube/contract.ts';
import { Store } from '../../kube/store.ts';
import { aStatefulSet } from '../../test/support/statefulsets.ts';
import { ControllerRevisions, PersistentVolumeClaims, Pods } from '../../workloads/resources.ts';
import { StatefulSets } from '../../workloads/statefulsets.ts';
import { statefulSets } from './controller.ts';

const store = new Store();
for (const { on } of statefulSets.wakesOn) store.register(on);
for (const name of ['web', 'data-web']) {
  const set = aStatefulSet({ name });
  store.changed(StatefulSets, { ...set, metadata: { ...set.metadata, uid: `${name}-uid`, resourceVersion: '1' } });
}

const anObject = (name: string, apiVersion?: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Any',
  metadata: {
    name,
    namespace: 'default',
    ...(apiVersion === undefined
      ? {}
      : { ownerReferences: [{ apiVersion, kind: 'StatefulSet', name: 'web', uid: 'web-uid', controller: true }] }),
  },
});

const wokenBy = <V extends Seen>(resource: Resource<V>, object: KubeObject): readonly string[] => {
  const view = resource.view(object);
  assert.ok(view);
  const triggers = statefulSets.wakesOn.filter(({ on }) => addressOf(on) === addressOf(resource));
  return triggers.flatMap(trigger => trigger.keys(view, store)).sort();
};

const ours = 'apps.kruise.io/v1beta1';

describe('A StatefulSet is woken', () => {
  it('by its own pods and revisions, once', () => {
    assert.deepEqual(wokenBy(Pods, anObject('web-0', ours)), ['default/web']);
    assert.deepEqual(wokenBy(Pods, anObject('web-0', 'apps.kruise.io/v1alpha1')), ['default/web']);
    assert.deepEqual(wokenBy(ControllerRevisions, anObject('web-x', ours)), ['default/web']);
  });

  it('by a pod of nobody, or of another kind, in its place', () => {
    assert.deepEqual(wokenBy(Pods, anObject('web-7')), ['default/web']);
    assert.deepEqual(wokenBy(Pods, anObject('web-7', 'apps/v1')), ['default/web']);
    assert.deepEqual(wokenBy(Pods, anObject('data-web-7', ours)), ['default/data-web', 'default/web']);
    assert.deepEqual(wokenBy(Pods, anObject('other-7')), []);
    assert.deepEqual(wokenBy(Pods, anObject('web')), []);
  });

  it('by claims that may be its own', () => {
    assert.deepEqual(wokenBy(PersistentVolumeClaims, anObject('data-web-0')), ['default/web']);
    assert.deepEqual(wokenBy(PersistentVolumeClaims, anObject('more-data-web-0')), ['default/data-web', 'default/web']);
    assert.deepEqual(wokenBy(PersistentVolumeClaims, anObject('data')), []);
  });

  it('at once when a pod becomes ready, or is gone', () => {
    const [, pods] = statefulSets.wakesOn;
    const view = Pods.view(anObject('web-0', ours));
    assert.ok(pods && view);
    const ready = { ...view, ready: 'True' as const };
    const urgent = [
      pods.urgent(view, ready),
      pods.urgent(ready, undefined),
      pods.urgent(ready, { ...ready, generation: 2 }),
    ];
    assert.deepEqual(urgent, [true, true, false]);
  });
});
