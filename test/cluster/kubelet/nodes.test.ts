import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Action, type KubeObject, type Plan, type Reader, seconds } from '../../../kube/contract.ts';
import { Store } from '../../../kube/store.ts';
import { nodeHeartbeats, nodeObject } from './nodes.ts';

const began = Date.parse('2026-11-23T02:00:00Z');

const stored = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, uid: object.metadata.name ?? '', resourceVersion: '1' },
});

const readerOf = (...objects: readonly KubeObject[]): Reader => {
  const store = new Store({ seal: view => view, report: ({ error }) => assert.fail(String(error)) });
  for (const resource of [nodeHeartbeats.reconciles, ...nodeHeartbeats.reads]) {
    store.register(resource);
    for (const object of objects) if (object.kind === resource.kind) store.changed(resource, stored(object));
  }
  return store;
};

const node = nodeObject(0, 'v1.36.3', began);
const planAt = (ms: number, reader: Reader): Plan | undefined => nodeHeartbeats.pass('node-0', reader, began + ms);

const created = (action: Action | undefined): KubeObject => {
  assert.equal(action?.do, 'create');
  return action.object;
};

test('a node without a lease gets one, and renews it every ten seconds', () => {
  const lease = created(planAt(0, readerOf(node))?.actions[0]);
  const reader = readerOf(node, lease);
  assert.deepEqual(planAt(seconds(4), reader), { actions: [], wakeAfter: seconds(6) });
  const [renewal] = planAt(seconds(10), reader)?.actions ?? [];
  assert.equal(renewal?.do, 'patch');
  assert.match(JSON.stringify(renewal.patch), /"renewTime":"2026-11-23T02:00:10\.000000Z"/);
});

test('conditions that the node controller wrote while the kubelet was silent are put right', () => {
  const conditions = [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' }];
  const [patch] = planAt(0, readerOf({ ...node, status: { conditions } }))?.actions ?? [];
  assert.equal(patch?.do, 'patch');
  assert.match(JSON.stringify(patch.patch), /"type":"Ready","status":"True"/);
});

test('a node that is gone is left alone', () => assert.equal(planAt(0, readerOf()), undefined));

test('nodes have addresses of their own and lie in three zones', () => {
  const nodes = Array.from({ length: 300 }, (_, index) => nodeObject(index, 'v1.36.3', began));
  assert.equal(new Set(nodes.map(({ status }) => JSON.stringify(status).match(/127\.[\d.]+/)?.[0])).size, 300);
  assert.equal(new Set(nodes.map(({ metadata }) => metadata.labels?.['topology.kubernetes.io/zone'])).size, 3);
});
