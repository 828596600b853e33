import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Heap } from './heap.ts';

it('a key has one entry, however often it is put or taken out', () => {
  const heap = new Heap();
  for (let i = 0; i < 1000; i++) {
    heap.put({ key: 'a', due: 1_000_000 - i, order: i });
    heap.put({ key: 'b', due: 1_000_000, order: i });
    if (i % 3 === 0) heap.remove('a');
  }
  assert.equal(heap.size, 1);
  assert.deepEqual(heap.first(), { key: 'b', due: 1_000_000, order: 999 });
});

it('gives its entries by time, and those of one time in order, whatever was moved and removed before', () => {
  const key = fc.constantFrom(...'abcdefghijkl'.split(''));
  const call = fc.oneof(
    { weight: 3, arbitrary: fc.record({ call: fc.constant('put' as const), key, due: fc.nat(30) }) },
    { weight: 1, arbitrary: fc.record({ call: fc.constant('remove' as const), key }) },
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 100, size: 'max' }), calls => {
      const heap = new Heap();
      const model = new Map<string, { due: number; order: number }>();
      for (const [order, c] of calls.entries()) {
        if (c.call === 'put') {
          heap.put({ key: c.key, due: c.due, order });
          model.set(c.key, { due: c.due, order });
        } else {
          heap.remove(c.key);
          model.delete(c.key);
        }
        assert.equal(heap.size, model.size);
      }
      const sorted = [...model].sort(([, a], [, b]) => a.due - b.due || a.order - b.order);
      for (const [expected] of sorted) {
        assert.equal(heap.first()?.key, expected);
        heap.remove(expected);
      }
      assert.equal(heap.first(), undefined);
    }),
    { numRuns: 1000 },
  );
});
