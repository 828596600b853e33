import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { byBytes } from './typedJson.ts';

it('strings are sorted by their UTF-8 bytes', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'ab', '\u{ffff}', '\u{10000}'));
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(byBytes(a, b), Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});
