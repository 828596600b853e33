import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Queue } from './queue.ts';

it('the earliest of several times wins', () => {
  const queue = new Queue();
  queue.add('a', 500);
  queue.add('a', 100);
  queue.add('a', 300);
  assert.equal(queue.nextDue(), 100);
  assert.equal(queue.take(99), undefined);
  assert.equal(queue.take(100), 'a');
  assert.equal(queue.nextDue(), undefined);
});

it('a key in progress is held, and run once more however often it was asked for', () => {
  const queue = new Queue();
  queue.add('a', 0);
  assert.equal(queue.take(0), 'a');
  queue.add('a', 5);
  queue.add('a', 7);
  assert.equal(queue.take(10), undefined);
  queue.done('a');
  assert.equal(queue.take(10), 'a');
  queue.done('a');
  assert.equal(queue.take(10), undefined);
  assert.equal(queue.busy(10), 0);
});

it('tells how many keys are due or in progress, not how many wait for their time', () => {
  const queue = new Queue();
  for (const key of ['a', 'b', 'c']) queue.add(key, 10);
  queue.add('next year', 1_000_000);
  assert.equal(queue.busy(9), 0);
  assert.equal(queue.busy(10), 3);
  queue.take(10);
  assert.equal(queue.busy(10), 3);
  queue.done('a');
  assert.equal(queue.busy(10), 2);
});

it('keys that are due at the same time come in the order in which they were asked for', () => {
  const queue = new Queue();
  for (const key of ['c', 'a', 'b']) queue.add(key, 1);
  assert.deepEqual([queue.take(1), queue.take(1), queue.take(1)], ['c', 'a', 'b']);
});

it('groups have their turns: one with a thousand keys that are due does not hold up another', () => {
  const queue = new Queue(key => key.slice(0, 1));
  for (let i = 0; i < 1000; i++) queue.add(`h${i}`, 1);
  queue.add('c0', 2);
  queue.add('c1', 50);
  const taken = [1, 2, 2, 2].map(now => queue.take(now));
  assert.deepEqual(taken, ['h0', 'h1', 'c0', 'h2']);
  assert.equal(queue.busy(2), 1001);
  assert.equal(queue.nextDue(), 1);
});

it('of groups with keys that are due, none is passed over while another has two turns', () => {
  const keys = fc.uniqueArray(fc.stringMatching(/^[abc][0-9]$/), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(keys, all => {
      const queue = new Queue(key => key.slice(0, 1));
      for (const key of all) queue.add(key, 1);
      const taken = all.map(() => queue.take(1)?.slice(0, 1) ?? '');
      for (const [i, group] of taken.entries()) {
        const again = taken.indexOf(group, i + 1);
        if (again < 0) continue;
        const between = taken.slice(i + 1, again);
        for (const later of taken.slice(again)) assert.ok(later === group || between.includes(later), String(taken));
      }
    }),
  );
});

/** The obvious queue: all wishes in lists, searched each time. */
class Model {
  readonly wishes = new Map<string, { due: number; order: number }>();
  /** Those whose time has come, in the order in which it did. */
  ready: readonly string[] = [];
  readonly running = new Map<string, number | undefined>();
  #order = 0;

  add(key: string, due: number): void {
    if (this.running.has(key)) this.running.set(key, Math.min(due, this.running.get(key) ?? due));
    else if (!this.ready.includes(key) && due < (this.wishes.get(key)?.due ?? Infinity))
      this.wishes.set(key, { due, order: this.#order++ });
  }

  take(now: number): string | undefined {
    const come = [...this.wishes].filter(([, { due }]) => due <= now);
    const [first, ...rest] = [
      ...this.ready,
      ...come.sort(([, a], [, b]) => a.due - b.due || a.order - b.order).map(([key]) => key),
    ];
    for (const [key] of come) this.wishes.delete(key);
    if (first === undefined) return undefined;
    this.ready = rest;
    this.running.set(first, undefined);
    return first;
  }

  done(key: string): void {
    const due = this.running.get(key);
    this.running.delete(key);
    if (due !== undefined) this.add(key, due);
  }
}

it('whatever is asked of it, it answers as the obvious queue would', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const call = fc.oneof(
    fc.record({ call: fc.constant('add' as const), key, due: fc.nat(20) }),
    fc.record({ call: fc.constant('take' as const), now: fc.nat(20) }),
    fc.record({ call: fc.constant('done' as const), key }),
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 80, size: 'max' }), calls => {
      const queue = new Queue();
      const model = new Model();
      for (const c of calls) {
        if (c.call === 'add') {
          queue.add(c.key, c.due);
          model.add(c.key, c.due);
        } else if (c.call === 'take') assert.equal(queue.take(c.now), model.take(c.now));
        else if (model.running.has(c.key)) {
          queue.done(c.key);
          model.done(c.key);
        }
        if (model.ready.length > 0) assert.ok(queue.nextDue() !== undefined);
        else assert.equal(queue.nextDue(), [...model.wishes.values()].map(w => w.due).sort((a, b) => a - b)[0]);
      }
    }),
    { numRuns: 1000 },
  );
});
