import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Candidate, choose } from './budget.ts';

const candidates = fc
  .array(fc.boolean(), { maxLength: 30 })
  .map(all => all.map((charged, i): Candidate => ({ name: `web-${i}`, charged })));

/** Pods charged beside the candidates, and a limit. */
const world = fc.record({ candidates, others: fc.nat(10), limit: fc.integer({ min: -3, max: 40 }) });

const chargedIn = (all: readonly Candidate[]): number => all.filter(c => c.charged).length;

describe('A disruption budget', () => {
  it('never takes more whole pods than it leaves', () => {
    fc.assert(
      fc.property(world, ({ candidates: all, others, limit }) => {
        const charged = chargedIn(all) + others;
        const { taken } = choose(all, charged, limit);
        const spent = taken.length - chargedIn(taken);
        assert.ok(spent <= Math.max(0, limit - charged));
      }),
    );
  });

  it('always takes broken pods', () => {
    fc.assert(
      fc.property(world, ({ candidates: all, others, limit }) => {
        const { taken } = choose(all, chargedIn(all) + others, limit);
        assert.equal(chargedIn(taken), chargedIn(all));
      }),
    );
  });

  it('decides about every candidate, once', () => {
    fc.assert(
      fc.property(world, ({ candidates: all, others, limit }) => {
        const { taken, held } = choose(all, chargedIn(all) + others, limit);
        const names = [...taken, ...held].map(c => c.name).sort();
        assert.deepEqual(names, all.map(c => c.name).sort());
      }),
    );
  });

  it('leaves no budget unused', () => {
    fc.assert(
      fc.property(world, ({ candidates: all, others, limit }) => {
        const charged = chargedIn(all) + others;
        const { taken, held } = choose(all, charged, limit);
        const spent = taken.length - chargedIn(taken);
        assert.ok(held.length === 0 || spent === Math.max(0, limit - charged));
      }),
    );
  });

  it('keeps the order of preference', () => {
    const all = [
      { name: 'web-3', charged: false },
      { name: 'web-2', charged: true },
      { name: 'web-1', charged: false },
    ];
    const { taken, held } = choose(all, 1, 2);
    assert.deepEqual([taken.map(c => c.name), held.map(c => c.name)], [['web-2', 'web-3'], ['web-1']]);
  });
});
