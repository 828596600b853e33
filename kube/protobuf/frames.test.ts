import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Malformed } from '../malformed.ts';
import { Frames } from './frames.ts';

const framed = (frame: Uint8Array): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame]);
};

it('frames arrive whole however the network cuts them', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 })), fc.array(fc.nat(20)), (given, cuts) => {
      const bytes = Buffer.concat(given.map(framed));
      const reader = new Frames();
      const found: string[] = [];
      let from = 0;
      for (const length of [...cuts, bytes.length]) {
        for (const frame of reader.push(bytes.subarray(from, from + length))) found.push(frame.toString('hex'));
        from += length;
      }
      assert.deepEqual(
        found,
        given.map(frame => Buffer.from(frame).toString('hex')),
      );
    }),
  );
});

it('a length that no object can have is malformed', () => {
  assert.throws(() => [...new Frames().push(Buffer.from([0xff, 0xff, 0xff, 0xff, 0]))], Malformed);
});
