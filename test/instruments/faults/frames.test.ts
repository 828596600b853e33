import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Resource } from '../../../kube/contract.ts';
import { Frames } from '../../../kube/protobuf/frames.ts';
import { isCompact } from '../../../kube/protobuf/object.ts';
import { Reader } from '../../../kube/protobuf/reader.ts';
import { decodeEvent } from '../../../kube/reflector/decode.ts';
import { decodeFrame } from '../../../kube/reflector/protobuf.ts';
import { Pods } from '../../../workloads/resources.ts';
import { type Framing, inLines } from './frames.ts';
import { inProtobuf } from './protobufFrames.ts';

/** One watch of pods, as a real apiserver sent it in both encodings. */
const recorded = (kind: 'json' | 'pb'): Buffer =>
  readFileSync(join(import.meta.dirname, '..', '..', 'protobuf', 'fixtures', `watch.${kind}`));

const toldBy = (framing: Framing, bytes: Buffer): readonly string[] => {
  const cuts = [bytes.subarray(0, 700), bytes.subarray(700)];
  return cuts.flatMap(chunk =>
    framing.push(chunk).map(({ event: { type, object } }) => {
      const { namespace = '', name = '', resourceVersion = '' } = object.metadata;
      return `${type} ${object.kind} ${namespace}/${name} ${resourceVersion}`;
    }),
  );
};

test('both encodings of one watch tell the same events', () => {
  const told = toldBy(inLines(), recorded('json'));
  assert.ok(told.length > 1);
  assert.deepEqual(toldBy(inProtobuf('pods'), recorded('pb')), told);
});

test('frames are passed on as they came', () => {
  for (const [framing, bytes] of [
    [inLines(), recorded('json')],
    [inProtobuf('pods'), recorded('pb')],
  ] as const)
    assert.deepEqual(Buffer.concat(framing.push(bytes).map(frame => frame.bytes)), bytes);
});

test('an expired watch is understood in both encodings', () => {
  const resource: Resource = Pods;
  assert.ok(isCompact(resource));
  const inJson = decodeEvent(inLines().expired.toString('utf8'));
  assert.ok(inJson.type === 'error');
  assert.equal(inJson.code, 410);
  const [frame = Buffer.alloc(0)] = new Frames().push(inProtobuf('pods').expired);
  assert.deepEqual(decodeFrame(resource, frame, new Reader()), inJson);
});

test('bytes that are no events are an error', () => {
  assert.throws(() => inLines().push(Buffer.from('{"hello":1}\n')), /no watch event: \{"hello":1\}/);
  assert.throws(() => inProtobuf('pods').push(Buffer.from([0, 0, 0, 1, 0xff])));
  assert.throws(() => inProtobuf('secrets'), /watches of secrets are not read in protobuf/);
});
