/** What a real apiserver answered in both encodings gives the same views. test/protobuf/record.ts made the fixtures. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KubeObject, Resource } from '../../kube/contract.ts';
import { Frames } from '../../kube/protobuf/frames.ts';
import { isCompact } from '../../kube/protobuf/object.ts';
import { Reader } from '../../kube/protobuf/reader.ts';
import { decodeEvent, decodePage, Lines } from '../../kube/reflector/decode.ts';
import { decodeFrame, decodeList } from '../../kube/reflector/protobuf.ts';
import { Nodes, Pods } from '../../workloads/resources.ts';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));

const compact = (resource: Resource) => {
  assert.ok(isCompact(resource));
  return resource;
};

const pages = (resource: Resource, name: string) => ({
  json: decodePage(resource, fixture(`${name}.json`)),
  protobuf: decodeList(compact(resource), fixture(`${name}.pb`), new Reader()),
});

for (const [resource, name] of [
  [Pods, 'pods'],
  [Pods, 'page'],
  [Nodes, 'nodes'],
] as const)
  test(`the list of ${name} is the same in both encodings`, () => {
    const { json, protobuf } = pages(resource, name);
    const views = (items: readonly KubeObject[]) => items.map(item => resource.view(item));
    assert.ok(json.items.length > 0);
    assert.deepEqual(views(protobuf.items), views(json.items));
    assert.equal(protobuf.version, json.version);
    assert.equal(protobuf.continue === '', json.continue === '');
  });

const eventsOf = (name: string) => ({
  json: [...new Lines().push(fixture(`${name}.json`))].map(decodeEvent),
  protobuf: [...new Frames().push(fixture(`${name}.pb`))].map(frame => decodeFrame(compact(Pods), frame, new Reader())),
});

test('a watch tells the same in both encodings, from the initial events to the last bookmark', () => {
  const { json, protobuf } = eventsOf('watch');
  const inViews = (events: typeof json) =>
    events.map(event => ('object' in event ? { type: event.type, view: Pods.view(event.object) } : event));
  assert.deepEqual(inViews(protobuf), inViews(json));
  assert.deepEqual([...new Set(protobuf.map(({ type }) => type))], ['changed', 'bookmark', 'deleted']);
  assert.ok(protobuf.some(event => event.type === 'bookmark' && event.endsInitialEvents));
});

test('a refusal in a watch says the same in both encodings', () => {
  const { json, protobuf } = eventsOf('refused');
  assert.deepEqual(protobuf, json);
  assert.equal(protobuf[0]?.type, 'error');
});

test('the fixtures hold what they were recorded for', () => {
  const views = pages(Pods, 'pods').protobuf.items.map(item => Pods.view(item));
  const [bare, foreign, leaving, rich] = views;
  assert.equal(bare?.phaseReason, 'Evicted');
  assert.equal(foreign?.managed, undefined);
  assert.deepEqual(leaving?.managed?.containers[0]?.status?.state, {
    is: 'terminated',
    exitCode: -1,
    reason: 'Error',
    finishedAt: Date.UTC(2026, 10, 23, 1, 2, 3),
  });
  assert.equal(rich?.managed?.pinnedNode, 'node-0');
  assert.equal(rich?.managed?.containers[1]?.restartPolicy, 'Always');
  assert.deepEqual(
    rich?.managed?.tolerations.map(t => t.tolerationSeconds),
    [undefined, -1, 3_000_000_000],
  );
  assert.match(rich?.managed?.annotations['kruise.io/sidecarset-hash'] ?? '', /grüße-世界-🚢/);
});
