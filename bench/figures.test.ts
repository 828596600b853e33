import assert from 'node:assert/strict';
import { it } from 'node:test';
import { holds, median, type Row, ratioOf, short, tableOf } from './figures.ts';

const row: Row = {
  ...{ what: 'events', unit: 'a second', better: 'more' },
  ours: [30, 10, 20],
  baseline: { name: 'the other', figures: [5, 10] },
};

it('the median is the middle figure, or lies between the two', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});

it('the ratio is above one where we are better, whichever way is better', () => {
  assert.equal(ratioOf(row), 20 / 7.5);
  assert.equal(ratioOf({ ...row, better: 'less' }), 7.5 / 20);
  assert.equal(ratioOf({ ...row, ours: [1] })?.toFixed(2), '0.13');
});

it('a target is of the figure or of the ratio, and at least or at most', () => {
  assert.equal(holds(row), undefined);
  assert.equal(holds({ ...row, target: { of: 'figure', value: 20 } }), true);
  assert.equal(holds({ ...row, target: { of: 'figure', value: 21 } }), false);
  assert.equal(holds({ ...row, better: 'less', target: { of: 'figure', value: 19 } }), false);
  assert.equal(holds({ ...row, target: { of: 'ratio', value: 3 } }), false);
});

it('figures have three digits that count', () => {
  assert.deepEqual([1234.5, 123.45, 12.345, 0.012345].map(short), ['1,235', '123', '12.3', '0.0123']);
});

it('the table says what was missed', () => {
  const table = tableOf([row, { ...row, target: { of: 'figure', value: 21 } }]);
  assert.match(
    table,
    /\| events, a second +\| 20 \(10–30\) +\| 7\.5 \(5–10\) the other +\| 2\.67 × +\| ≥ 21 +\| \*\*no\*\*/,
  );
});
