/** Counts that users give as a number or as a share of a total, e.g. `maxUnavailable: 25%`. */

import { fine, invalid, type Parsed, wrong } from './problem.ts';
import { intOrString, type Schema } from './schema.ts';

export type IntOrPercent =
  | { readonly is: 'int'; readonly value: number }
  | { readonly is: 'percent'; readonly value: number };

/** Reads `3` or `"25%"`; anything else (also `"3"`, `"-5%"`, `"33.3%"`) is undefined. Integers may be negative. */
export const parseIntOrPercent = (value: unknown): IntOrPercent | undefined => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { is: 'int', value } : undefined;
  if (typeof value !== 'string' || !/^[0-9]{1,9}%$/.test(value)) return undefined;
  return { is: 'percent', value: Number(value.slice(0, -1)) };
};

/** The count that is meant out of `total`. An integer is taken as it is, whatever the total. */
export const resolve = (amount: IntOrPercent, total: number, rounding: 'up' | 'down'): number => {
  if (amount.is === 'int') return amount.value;
  const share = (amount.value * total) / 100;
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share);
};

/** A field of this kind that is not negative. */
export const intOrPercent = (): Schema<IntOrPercent> => intOrString().as(notNegative);

const notNegative = (value: number | string, path: string): Parsed<IntOrPercent> => {
  const amount = parseIntOrPercent(value);
  return amount === undefined || amount.value < 0
    ? wrong(invalid(path, 'must be an integer of at least 0, or a percentage such as 25%'))
    : fine(amount);
};

/** The same as a CEL expression over a field, for kinds in which it holds only under some condition. */
export const isIntOrPercent = (field: string): string =>
  `(type(${field}) == int ? int(${field}) >= 0 : string(${field}).matches('^[0-9]+%$'))`;
