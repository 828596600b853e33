import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type IntOrPercent, intOrPercent, parseIntOrPercent, resolve } from './intOrPercent.ts';
import { decode } from './schema.ts';

const percent = (value: number): IntOrPercent => ({ is: 'percent', value });

describe('an integer or a percentage', () => {
  test('is read from a number or a text with a percent sign', () => {
    assert.deepEqual(parseIntOrPercent(3), { is: 'int', value: 3 });
    assert.deepEqual(parseIntOrPercent(-1), { is: 'int', value: -1 });
    assert.deepEqual(parseIntOrPercent('25%'), percent(25));
    assert.deepEqual(parseIntOrPercent('150%'), percent(150));
  });

  test('is nothing else', () => {
    for (const odd of [
      '5',
      '-5%',
      '33.3%',
      '%',
      '',
      ' 5%',
      '1e2%',
      `${'9'.repeat(30)}%`,
      1.5,
      NaN,
      null,
      undefined,
      {},
    ]) {
      assert.equal(parseIntOrPercent(odd), undefined, JSON.stringify(odd));
    }
  });

  test('is a share of the total, rounded as asked', () => {
    assert.equal(resolve(percent(25), 10, 'up'), 3);
    assert.equal(resolve(percent(25), 10, 'down'), 2);
    assert.equal(resolve(percent(100), 7, 'down'), 7);
    assert.equal(resolve(percent(0), 7, 'up'), 0);
    assert.equal(resolve({ is: 'int', value: 12 }, 10, 'up'), 12);
  });

  test('differs by less than one pod between the two roundings', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(100_000), (share, total) => {
        const [up, down] = [resolve(percent(share), total, 'up'), resolve(percent(share), total, 'down')];
        assert.ok(down * 100 <= share * total && share * total <= up * 100 && up - down <= 1);
      }),
    );
  });

  test('as a field is refused with its path when it is negative or no number', () => {
    assert.deepEqual(decode(intOrPercent(), '10%', 'spec.x').value, percent(10));
    for (const bad of [-1, '5', 'abc', true, null]) {
      assert.deepEqual(
        decode(intOrPercent(), bad, 'spec.x').problems.map(p => p.field),
        ['spec.x'],
        String(bad),
      );
    }
  });
});
