import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Frames } from '../../kube/protobuf/frames.ts';
import { isCompact } from '../../kube/protobuf/object.ts';
import { Reader } from '../../kube/protobuf/reader.ts';
import { decodeFrame } from '../../kube/reflector/protobuf.ts';
import { asObject } from '../../kube/wire.ts';
import { Pods } from '../../workloads/resources.ts';
import { eventBytes, objects } from './template.ts';

const framed = (pod: number) => {
  assert.ok(isCompact(Pods));
  const [frame = Buffer.alloc(0)] = new Frames().push(eventBytes('protobuf', 'ADDED')({ pod, version: 12_345_678 }));
  const event = decodeFrame(Pods, frame, new Reader());
  assert.ok('object' in event);
  return Pods.view(event.object);
};

const plain = (pod: number) => {
  const object = asObject(JSON.parse(objects.json({ pod, version: 12_345_678 }).toString()));
  assert.ok(object !== undefined);
  return Pods.view(object);
};

it('a pod that is made up is the same in both encodings, and one in ten is managed', () => {
  for (const pod of [0, 1, 20, 999_999]) assert.deepEqual(framed(pod), plain(pod));
  assert.notEqual(framed(20)?.managed, undefined);
  assert.equal(framed(21)?.managed, undefined);
});

it('pods differ in their names, and share what pods of one workload share', () => {
  const [one, other] = [framed(1), framed(2001)];
  assert.notEqual(one?.uid, other?.uid);
  assert.notEqual(one?.key, other?.key);
  assert.deepEqual(one?.labels, other?.labels);
  assert.equal(one?.resourceVersion, '12345678');
});
