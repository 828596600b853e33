import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Taken } from './figure.ts';
import { isMet, pageOf, rowsOf } from './page.ts';

const killed = (value: number, load = 1): Taken => ({
  ...{ of: 'R1', what: 'SIGKILL', unit: 's', atMost: 20, value, load },
  note: `at ${value}`,
});

suite('the rows of the page', () => {
  test('hold all values of one thing, the note of the worst, and the greatest load', () => {
    const [row, ...others] = rowsOf([killed(12, 3), killed(19), killed(15, 2)]);
    assert.deepEqual(others, []);
    assert.deepEqual(row, {
      ...{ of: 'R1', what: 'SIGKILL', unit: 's', atMost: 20, load: 3, note: 'at 19' },
      values: [12, 19, 15],
    });
  });

  test('stand in the order of what they are of', () => {
    const figures = ['R10', 'I15', 'R2', 'R1'].map(of => ({ ...killed(1), of }));
    assert.deepEqual(
      rowsOf(figures).map(({ of }) => of),
      ['I15', 'R1', 'R2', 'R10'],
    );
  });

  test('are met by the worst value', () => {
    const met = (...values: readonly number[]) => rowsOf(values.map(value => killed(value))).map(isMet);
    assert.deepEqual(met(1, 2, 20), [true]);
    assert.deepEqual(met(1, 2, 20.1), [false]);
  });

  test('promise nothing where nothing was promised', () => {
    const { atMost: _, ...figure } = killed(4000);
    assert.deepEqual(rowsOf([figure]).map(isMet), [undefined]);
  });
});

test('the page says what was not met and what failed', () => {
  const page = pageOf({
    ...{ figures: [killed(3), killed(25)], passed: 4, minutes: 12.3 },
    failed: ['the leader is killed'],
    surroundings: ['machine: 2 × CPU'],
  });
  assert.match(page, /^\| R1 +\| SIGKILL, s +\| 14 +\| 25 +\| ≤ 20 +\| \*\*no\*\* +\| 2 /mu);
  assert.match(page, /^\* machine: 2 × CPU\n\* 4 tests passed, 1 failed, in 12 minutes$/mu);
  assert.match(page, /^## Failed\n\n\* the leader is killed$/mu);
});
