/** Whatever the object, JSON and protobuf of it give one view. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Answers } from '../../kube/answers.ts';
import type { KubeObject, Resource } from '../../kube/contract.ts';
import { Malformed } from '../../kube/malformed.ts';
import { protobuf } from '../../kube/protobuf/envelope.ts';
import { Frames } from '../../kube/protobuf/frames.ts';
import { isCompact, readObject } from '../../kube/protobuf/object.ts';
import { Reader } from '../../kube/protobuf/reader.ts';
import { decodeFrame, decodeList } from '../../kube/reflector/protobuf.ts';
import { asStatus } from '../../kube/wire.ts';
import { Nodes, Pods } from '../../workloads/resources.ts';
import { anyNode, anyPod } from '../support/protobuf/arbitrary.ts';
import { encode, envelope, type Fields } from '../support/protobuf/encode.ts';
import { nodeFields, podFields, podListFields, statusFields } from '../support/protobuf/kinds.ts';

// One for all: what it has seen before must not show in what it reads next.
const reader = new Reader();

const fromProtobuf = (resource: Resource, bytes: Buffer): unknown => {
  assert.ok(isCompact(resource));
  return resource.view(readObject(resource, bytes, reader));
};

const asJson = (object: KubeObject): KubeObject => JSON.parse(JSON.stringify(object)) as KubeObject;

const holds = (resource: Resource, fields: Fields, any: fc.Arbitrary<KubeObject>) =>
  fc.assert(
    fc.property(any, object => {
      assert.deepEqual(fromProtobuf(resource, encode(fields, object)), resource.view(asJson(object)));
    }),
    { numRuns: 500 },
  );

test('any pod has one view', () => holds(Pods, podFields, anyPod));
test('any node has one view', () => holds(Nodes, nodeFields, anyNode));

test('the encoder of these tests writes what an apiserver wrote, as far as a view sees it', () => {
  const fixture = readFileSync(join(import.meta.dirname, 'fixtures', 'pods.json'), 'utf8');
  const { items } = JSON.parse(fixture) as { items: KubeObject[] };
  for (const pod of items)
    assert.deepEqual(fromProtobuf(Pods, encode(podFields, pod)), Pods.view({ ...pod, apiVersion: 'v1', kind: 'Pod' }));
});

test('a list of any pods is the list of their views', () => {
  assert.ok(isCompact(Pods));
  const compact = Pods;
  fc.assert(
    fc.property(fc.array(anyPod, { maxLength: 4 }), items => {
      const list = { metadata: { resourceVersion: '7', continue: 'more' }, items };
      const page = decodeList(compact, envelope('v1', 'PodList', encode(podListFields, list)), reader);
      assert.deepEqual(
        page.items.map(item => Pods.view(item)),
        items.map(item => Pods.view(asJson(item))),
      );
      assert.deepEqual([page.version, page.continue], ['7', 'more']);
    }),
    { numRuns: 50 },
  );
});

test('any refusal says the same in both encodings', () => {
  const word = fc.string({ unit: 'grapheme' });
  const cause = fc.record({ reason: word, message: word, field: word });
  const details = fc.record({ name: word, causes: fc.array(cause), retryAfterSeconds: fc.integer({ min: 1 }) });
  const refusal = fc.record(
    { kind: fc.constant('Status'), message: word, reason: word, code: fc.integer({ min: 400, max: 599 }), details },
    { requiredKeys: ['kind', 'code'] },
  );
  fc.assert(
    fc.property(refusal, status => {
      const body = envelope('v1', 'Status', encode(statusFields, status));
      const answer = { status: status.code, headers: { 'content-type': protobuf }, body };
      const { message, ...rest } = new Answers(reader).statusIn(answer);
      const { message: inJson, ...expected } = asStatus(asJson(status as unknown as KubeObject), status.code, '');
      assert.deepEqual(rest, expected);
      if ((status.message ?? '') !== '') assert.equal(message, inJson);
    }),
  );
});

/** Bytes of a real watch and of a real list with a few of them changed, or cut off. */
const damaged = (bytes: Buffer): fc.Arbitrary<Buffer> => {
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
  return fc.tuple(fc.array(change, { maxLength: 4 }), fc.nat(bytes.length)).map(([changes, length]) => {
    const copy = Buffer.from(bytes);
    for (const [at, byte] of changes) copy[at] = byte;
    return changes.length > 2 ? copy : copy.subarray(0, length);
  });
};

const throwsOnlyMalformed = (read: () => unknown): void => {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof Malformed, error instanceof Error ? error.stack : String(error));
  }
};

test('damaged bytes are malformed, or another object, and nothing worse', () => {
  const resource = Pods;
  assert.ok(isCompact(resource));
  const real = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));
  const events = (bytes: Buffer) =>
    [...new Frames().push(bytes)].map(frame => {
      const event = decodeFrame(resource, frame, reader);
      return 'object' in event ? resource.view(event.object) : event;
    });
  fc.assert(
    fc.property(damaged(real('watch.pb')), bytes => throwsOnlyMalformed(() => events(bytes))),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(damaged(real('pods.pb')), bytes =>
      throwsOnlyMalformed(() => decodeList(resource, bytes, reader).items.map(item => resource.view(item))),
    ),
    { numRuns: 1000 },
  );
});
