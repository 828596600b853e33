/** Values that have broken something somewhere. */

import type { Json } from './places.ts';

export const traps = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'length', ''];

export const strings: readonly string[] = [
  ...traps,
  'x'.repeat(300),
  'y'.repeat(70_000),
  'a/b~1c',
  '../..',
  '$(A)',
  '[[(((',
  '101%',
  '-1%',
  '1e999',
  '9223372036854775807',
  '0.1',
  '100m',
  '-5Gi',
  '\ud800',
  'ü\u0000\u2028',
  '{"a":',
  '{"logs":{"updateTimestamp":"never","hash":7}}',
  'InPlaceIfPossible',
  'UPDATE',
  'CONNECT',
  'log',
];

/** As large as an object may be. */
export const largest = 'z'.repeat(1_500_000);

/** Fresh for each use: what is put into a review may be changed again. */
export const values: readonly (() => Json)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => 2 ** 31,
  () => 9007199254740991,
  () => [],
  () => [null],
  () => ({}),
  () => ({ toString: 1 }),
  () => ({ constructor: { prototype: { polluted: true } } }),
  () => deep(200),
];

const deep = (levels: number): Json => {
  let value: Json = 'x';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};
