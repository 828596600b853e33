import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { timeoutOf } from './timeout.ts';

suite('the caller’s time-out', () => {
  const rows: readonly (readonly [query: string, millis: number])[] = [
    ['?timeout=3s', 3000],
    ['?timeout=1.5s', 1500],
    ['?timeout=500ms', 500],
    ['?timeout=1m0s', 30_000],
    ['', 10_000],
    ['?timeout=', 10_000],
    ['?timeout=soon', 10_000],
    ['?timeout=-3s', 10_000],
  ];
  for (const [query, millis] of rows) {
    test(`of '${query}' is ${millis} ms`, () => {
      assert.equal(timeoutOf(new URL(`https://webhook/mutate${query}`)), millis);
    });
  }
});
