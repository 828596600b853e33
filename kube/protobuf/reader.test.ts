import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Malformed } from '../malformed.ts';
import { Reader } from './reader.ts';

const over = (...bytes: readonly number[]): Reader => new Reader().open(Buffer.from(bytes));

describe('a reader of fields', () => {
  it('passes over what is not read, of every wire type', () => {
    const reader = over(
      ...[0x08, 0x96, 0x01], // 1: an integer
      ...[0x11, 0, 0, 0, 0, 0, 0, 0, 0], // 2: eight bytes
      ...[0x1d, 0, 0, 0, 0], // 3: four bytes
      ...[0x22, 0x02, 0x68, 0x69], // 4: text
      ...[0x28, 0x01], // 5: a flag
    );
    const seen: (number | string | boolean)[] = [];
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      seen.push(field);
      if (field === 4) seen.push(reader.text());
      if (field === 5) seen.push(reader.flag());
    }
    assert.deepEqual(seen, [1, 2, 3, 4, 'hi', 5, true]);
  });

  it('goes on behind a message that it entered, read or not', () => {
    const reader = over(0x0a, 0x04, 0x08, 0x07, 0x10, 0x08, 0x18, 0x09);
    assert.equal(reader.next(), 1);
    reader.enter();
    assert.deepEqual([reader.next(), reader.integer(), reader.next(), reader.next()], [1, 7, 2, 0]);
    assert.deepEqual([reader.next(), reader.integer(), reader.next()], [3, 9, 0]);
  });

  it('reads numbers that are negative, and as large as JSON can say', () => {
    const minusOne = over(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
    minusOne.next();
    assert.equal(minusOne.integer(), -1);
    const large = over(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f);
    large.next();
    assert.equal(large.integer(), Number.MAX_SAFE_INTEGER);
  });

  it('gives one text for the same bytes, and never one for other bytes', () => {
    const reader = new Reader();
    const word = (text: string): string => {
      const bytes = Buffer.from(text);
      reader.open(Buffer.concat([Buffer.from([0x0a, bytes.length]), bytes])).next();
      return reader.word();
    };
    for (const text of ['', 'a', 'app:v1', 'grüße', 'gr\u00fc', '世界', '🚢', 'é', '\u007f', '\u0080', 'x'.repeat(127)])
      for (let i = 0; i < 2; i++) assert.equal(word(text), text);
  });

  it('a time is in whole seconds of UTC, and no time is none', () => {
    const reader = over(0x0a, 0x04, 0x08, 0x01, 0x10, 0x05, 0x0a, 0x00);
    reader.next();
    assert.equal(reader.time(), '1970-01-01T00:00:01Z');
    reader.next();
    assert.equal(reader.time(), undefined);
  });

  const broken: readonly (readonly [what: string, bytes: readonly number[]])[] = [
    ['a text longer than its message', [0x0a, 0x05, 0x61]],
    ['an integer that does not end', [0x08, 0xff]],
    ['a length that does not end', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['a length beyond 31 bits', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a group', [0x0b]],
    ['field 0', [0x00, 0x01]],
  ];
  for (const [what, bytes] of broken)
    it(`${what} is malformed`, () => {
      const reader = over(...bytes);
      assert.throws(() => {
        while (reader.next() !== 0);
      }, Malformed);
    });

  it('a field that is not what its number says is malformed', () => {
    const reader = over(0x08, 0x01);
    reader.next();
    assert.throws(() => reader.text(), Malformed);
    assert.throws(() => reader.enter(), Malformed);
  });
});
