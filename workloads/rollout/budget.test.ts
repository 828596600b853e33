import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Candidate, choose } from './budget.ts';

const candidates = fc
  .array(fc.constantFrom<Candidate['state']>('down', 'unsettled', 'whole'), { maxLength: 30 })
  .map(all => all.map((state, i): Candidate => ({ name: `web-${i}`, state })));

/** Pods charged beside the candidates, and how far the limit is from what is charged: what matters is near it. */
const world = fc.record({ candidates, others: fc.nat(10), room: fc.integer({ min: -12, max: 12 }) });

const count = (all: readonly Candidate[], state: Candidate['state']): number =>
  all.filter(c => c.state === state).length;
const chargedIn = (all: readonly Candidate[]): number => all.length - count(all, 'whole');
const holds = (check: (w: { all: readonly Candidate[]; charged: number; limit: number }) => void): void =>
  fc.assert(
    fc.property(world, ({ candidates: all, others, room }) => {
      const charged = chargedIn(all) + others;
      check({ all, charged, limit: Math.max(0, charged + room) });
    }),
  );

describe('A disruption budget', () => {
  it('never takes more whole pods than it leaves', () =>
    holds(({ all, charged, limit }) => {
      const { taken } = choose(all, charged, limit);
      assert.ok(count(taken, 'whole') <= Math.max(0, limit - charged));
    }));

  it('never takes serving pods beyond the limit, counting what is charged and stays', () =>
    holds(({ all, charged, limit }) => {
      const { taken } = choose(all, charged, limit);
      const serving = count(taken, 'unsettled') + count(taken, 'whole');
      const others = charged - count(all, 'unsettled');
      assert.ok(serving === 0 || others + serving <= limit);
    }));

  it('always takes pods that are down', () =>
    holds(({ all, charged, limit }) => {
      assert.equal(count(choose(all, charged, limit).taken, 'down'), count(all, 'down'));
    }));

  it('lets a new target overtake an unfinished one, while what is charged fits the limit', () =>
    holds(({ all, charged, limit }) => {
      if (charged > limit) return;
      assert.equal(count(choose(all, charged, limit).taken, 'unsettled'), count(all, 'unsettled'));
    }));

  it('decides about every candidate, once', () =>
    holds(({ all, charged, limit }) => {
      const { taken, held } = choose(all, charged, limit);
      const names = [...taken, ...held].map(c => c.name).sort();
      assert.deepEqual(names, all.map(c => c.name).sort());
    }));

  it('leaves no budget unused', () =>
    holds(({ all, charged, limit }) => {
      const { taken, held } = choose(all, charged, limit);
      assert.ok(count(held, 'whole') === 0 || count(taken, 'whole') === Math.max(0, limit - charged));
    }));

  it('keeps the order of preference', () => {
    const all = [
      { name: 'web-3', state: 'whole' },
      { name: 'web-2', state: 'down' },
      { name: 'web-1', state: 'whole' },
    ] as const;
    const { taken, held } = choose(all, 1, 2);
    assert.deepEqual([taken.map(c => c.name), held.map(c => c.name)], [['web-2', 'web-3'], ['web-1']]);
  });

  it('keeps a pod that has just come back while another is on its way', () => {
    const back = { name: 'web-0', state: 'unsettled' } as const;
    assert.deepEqual(choose([back], 2, 1), { taken: [], held: [back] });
  });
});
