import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from './campaign.ts';
import { planIn } from './perturbation.ts';
import { failuresOf, pageOf, rowsOf, tableOf } from './report.ts';
import { shuffled } from './sample.ts';

const [a, b, c] = [
  planIn('statefulset/crash-after/patch:pods:db-1:1'),
  planIn('statefulset/drop/MODIFIED:pods:db-1:3'),
  planIn('broadcastjob/busy/create:pods:check_1:1'),
];
const results: readonly Result[] = [
  { plan: a, seconds: 30, revisions: 40, is: 'passed' },
  {
    plan: b,
    seconds: 30,
    revisions: 50,
    is: 'failed',
    faults: ['budget, revision 7: too many'],
    kept: '.cache/faults/b',
  },
];

test('the table counts plans, and what came of those that were tried', () => {
  assert.equal(
    tableOf(rowsOf([a, b, c], results)),
    [
      '| scenario     | plans | tried | passed | failed | not reached | revisions checked | minutes |',
      '|--------------|------:|------:|-------:|-------:|------------:|------------------:|--------:|',
      '| statefulset  |     2 |     2 |      1 |      1 |           0 |                90 |     1.0 |',
      '| broadcastjob |     1 |     0 |      0 |      0 |           0 |                 0 |     0.0 |',
      '| all          |     3 |     2 |      1 |      1 |           0 |                90 |     1.0 |',
    ].join('\n'),
  );
});

test('a failure says what is wrong and how to see it again', () => {
  assert.equal(
    failuresOf(results),
    [
      'statefulset/drop/MODIFIED:pods:db-1:3',
      '  budget, revision 7: too many',
      '  again: node test/instruments/faults/main.ts --replay statefulset/drop/MODIFIED:pods:db-1:3',
    ].join('\n'),
  );
});

test('the page has the table, the circumstances, and failures only if there are any', () => {
  const circumstances = {
    commit: 'abc',
    machine: '2 × cpu',
    node: 'v24',
    kubernetes: 'v1.36',
    seed: 7,
    day: '2026-01-01',
  };
  const page = (of: readonly Result[]): string => pageOf(rowsOf([a], of), of, circumstances);
  assert.match(page(results), /^\| statefulset \|/mu);
  assert.match(page(results), /^2026-01-01, commit abc; .*; a sample with seed 7\.$/mu);
  assert.match(page(results), /^## Failed$/mu);
  assert.doesNotMatch(page(results.slice(0, 1)), /Failed/u);
});

test('a sample is the same for the same seed, and holds everything once', () => {
  const all = Array.from({ length: 50 }, (_, i) => i);
  assert.deepEqual(shuffled(all, 3), shuffled(all, 3));
  assert.notDeepEqual(shuffled(all, 3), shuffled(all, 4));
  assert.deepEqual(
    shuffled(all, 3).toSorted((x, y) => x - y),
    all,
  );
});
