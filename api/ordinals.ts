/** Ordinals that a StatefulSet leaves out: single numbers and closed ranges such as `3-7`. */

import { fine, invalid, type Parsed, wrong } from './problem.ts';
import { intOrString, type Schema } from './schema.ts';

/** Both ends belong to it. Ranges are never expanded: a user may write `0-2000000000`. */
export interface OrdinalRange {
  readonly first: number;
  readonly last: number;
}

export const ordinalRange = (): Schema<OrdinalRange> => intOrString().as(parseOrdinals);

const parseOrdinals = (value: number | string, path: string): Parsed<OrdinalRange> => {
  const range = typeof value === 'number' ? { first: value, last: value } : rangeIn(value);
  if (range === undefined) return wrong(invalid(path, 'is not a valid range: use a number, or a text such as 3-7'));
  if (range.first < 0) return wrong(invalid(path, 'is negative'));
  if (range.first > range.last) return wrong(invalid(path, 'is invalid: the range ends before it begins'));
  return fine(range);
};

const rangeIn = (text: string): OrdinalRange | undefined => {
  const [, first, last] = /^([0-9]{1,15})-([0-9]{1,15})$/.exec(text) ?? [];
  return first === undefined || last === undefined ? undefined : { first: Number(first), last: Number(last) };
};
