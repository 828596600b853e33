/** What wakes the controller of SidecarSets. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject, Resource, Seen } from '../../kube/contract.ts';
import { Cluster } from '../../test/support/cluster/cluster.ts';
import { aPod, aSidecarSet, injected } from '../../test/support/sidecarsets.ts';
import { Namespaces, Pods } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { controller } from './fixture.ts';

const viewed = <V extends Seen>(resource: Resource<V>, object: KubeObject): V => {
  const view = resource.view({ ...object, metadata: { uid: 'u', resourceVersion: '1', ...object.metadata } });
  assert.ok(view);
  return view;
};

const knowing = (...sets: readonly KubeObject[]): Cluster => {
  const cluster = new Cluster(controller);
  for (const set of sets) cluster.apply(SidecarSets, set);
  cluster.seeAll();
  return cluster;
};

/** Keys that a change of this object wakes. */
const wokenBy = (resource: Resource, object: KubeObject, { store }: Cluster): readonly string[] =>
  controller.wakesOn.filter(t => t.on === resource).flatMap(t => t.keys(viewed(resource, object), store));

const isUrgent = (resource: Resource, before: KubeObject, after: KubeObject): boolean =>
  controller.wakesOn.some(t => t.on === resource && t.urgent(viewed(resource, before), viewed(resource, after)));

const set = aSidecarSet();
const pod = injected(aPod(), [set]);

const withReady = (status: string): KubeObject => ({
  ...pod,
  status: { phase: 'Running', conditions: [{ type: 'Ready', status }] },
});

describe('A pod wakes', () => {
  it('the sets that injected it, also one that is gone [§11.1 pod]', () => {
    assert.deepEqual(wokenBy(Pods, pod, knowing()), ['logs']);
  });

  it('the sets that it lacks, and no others [§11.1 uninjected]', () => {
    const other = aSidecarSet({ name: 'other', spec: { selector: { matchLabels: { app: 'x' } } } });
    assert.deepEqual(wokenBy(Pods, aPod(), knowing(set, other)), ['logs']);
  });

  it('sets of NotUpdate too: their counters are right [§11.1 NotUpdate]', () => {
    const resting = aSidecarSet({ strategy: { type: 'NotUpdate' } });
    assert.deepEqual(wokenBy(Pods, pod, knowing(resting)), ['logs']);
  });

  it('at once when it comes to serve or ceases to, or is deleted [§11.1 pod]', () => {
    assert.ok(isUrgent(Pods, withReady('False'), withReady('True')));
    const leaving = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    assert.ok(isUrgent(Pods, pod, leaving));
    assert.ok(!isUrgent(Pods, pod, { ...pod, metadata: { ...pod.metadata, labels: { app: 'web', more: 'yes' } } }));
  });
});

describe('A set wakes itself', () => {
  it('at once when its spec changes [§11.1 set]', () => {
    assert.deepEqual(wokenBy(SidecarSets, set, knowing()), ['logs']);
    const at = (generation: number): KubeObject => ({ ...set, metadata: { ...set.metadata, generation } });
    assert.ok(isUrgent(SidecarSets, at(1), at(2)));
    assert.ok(!isUrgent(SidecarSets, at(1), at(1)));
  });
});

describe('A namespace wakes', () => {
  it('the sets that select by its labels [§11.1 namespace]', () => {
    const selecting = aSidecarSet({ name: 'some', spec: { namespaceSelector: { matchLabels: { team: 'a' } } } });
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'a' } } };
    assert.deepEqual(wokenBy(Namespaces, namespace, knowing(set, selecting)), ['some']);
  });
});
