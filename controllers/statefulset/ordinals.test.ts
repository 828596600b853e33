import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ordinalsOf } from './ordinals.ts';

const range = (first: number, last = first) => ({ first, last });

describe('The ordinals of a set', () => {
  const cases = [
    { start: 0, replicas: 4, reserved: [range(1)], wanted: [0, 2, 3, 4] },
    { start: 2, replicas: 4, reserved: [range(1), range(3)], wanted: [2, 4, 5, 6] },
    { start: 0, replicas: 3, reserved: [range(0), range(2, 5)], wanted: [1, 6, 7] },
    { start: 0, replicas: 2, reserved: [range(0, 2_000_000_000)], wanted: [2_000_000_001, 2_000_000_002] },
    { start: 0, replicas: 0, reserved: [], wanted: [] },
    { start: -5, replicas: 2, reserved: [], wanted: [0, 1] },
  ];
  for (const { start, replicas, reserved, wanted } of cases)
    it(`are ${wanted.join(', ') || 'none'}`, () =>
      assert.deepEqual([...ordinalsOf(start, replicas, reserved)], wanted));

  it('cost little with ten thousand gaps', () => {
    const gaps = Array.from({ length: 10_000 }, (_, i) => range(2 * i));
    const began = process.cpuUsage();
    const ordinals = ordinalsOf(0, 10_000, gaps);
    const ranks = [...ordinals].map(ordinal => (ordinals.has(ordinal) ? ordinals.rankOf(ordinal) : -1));
    assert.deepEqual(ranks, [...ranks.keys()]);
    const { user } = process.cpuUsage(began);
    assert.ok(user < 1_000_000, `${user} µs`);
  });

  it('are as many as are wanted, none reserved, and know their rank', () => {
    const ranges = fc.array(fc.tuple(fc.nat(30), fc.nat(8)).map(([first, more]) => range(first, first + more)));
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), ranges, (start, replicas, reserved) => {
        const ordinals = ordinalsOf(start, replicas, reserved);
        const isReserved = (n: number): boolean => reserved.some(r => r.first <= n && n <= r.last);
        const expected: number[] = [];
        for (let n = start; expected.length < replicas; n += 1) if (!isReserved(n)) expected.push(n);
        assert.deepEqual([...ordinals], expected);
        assert.deepEqual(
          expected.map(n => ordinals.rankOf(n)),
          expected.map((_, rank) => rank),
        );
        for (let n = 0; n < 80; n += 1) assert.equal(ordinals.has(n), expected.includes(n));
      }),
    );
  });
});
