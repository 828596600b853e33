/** Which ordinals a set wants: `replicas` of them from the first, without those reserved. No range is ever expanded. */

import type { OrdinalRange } from '../../api/ordinals.ts';

export interface Ordinals {
  has(ordinal: number): boolean;
  /** How many wanted ordinals are lower. */
  rankOf(ordinal: number): number;
  /** Ascending; read as many as are needed. */
  [Symbol.iterator](): Iterator<number>;
}

export const ordinalsOf = (start: number, replicas: number, reserved: readonly OrdinalRange[]): Ordinals => {
  const first = Math.max(0, start);
  const gaps = merged(reserved, first);
  const rankOf = (ordinal: number): number => {
    const skipped = gaps
      .filter(gap => gap.first < ordinal)
      .reduce((sum, gap) => sum + Math.min(gap.last + 1, ordinal) - gap.first, 0);
    return ordinal - first - skipped;
  };
  const isReserved = (ordinal: number): boolean => gaps.some(gap => gap.first <= ordinal && ordinal <= gap.last);
  return {
    rankOf,
    has: ordinal => ordinal >= first && !isReserved(ordinal) && rankOf(ordinal) < replicas,
    *[Symbol.iterator]() {
      let next = first;
      for (let found = 0; found < replicas; found += 1) {
        next = gaps.reduce((at, gap) => (gap.first <= at && at <= gap.last ? gap.last + 1 : at), next);
        yield next;
        next += 1;
      }
    },
  };
};

/** Sorted, without overlaps, from `first` on. */
const merged = (ranges: readonly OrdinalRange[], first: number): readonly OrdinalRange[] => {
  const result: OrdinalRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const from = Math.max(range.first, first);
    if (range.last < from) continue;
    const before = result.at(-1);
    if (before !== undefined && from <= before.last + 1)
      result[result.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
    else result.push({ first: from, last: range.last });
  }
  return result;
};
