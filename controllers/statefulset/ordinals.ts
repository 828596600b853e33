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
  const gaps = counted(merged(reserved, first));
  const rankOf = (ordinal: number): number => {
    const gap = lastBefore(gaps, ordinal);
    const skipped = gap === undefined ? 0 : gap.skipped + Math.min(gap.last + 1, ordinal) - gap.first;
    return ordinal - first - skipped;
  };
  const isReserved = (ordinal: number): boolean => (lastBefore(gaps, ordinal + 1)?.last ?? -1) >= ordinal;
  return {
    rankOf,
    has: ordinal => ordinal >= first && !isReserved(ordinal) && rankOf(ordinal) < replicas,
    *[Symbol.iterator]() {
      let [next, passed] = [first, 0];
      for (let found = 0; found < replicas; found += 1) {
        const gap = gaps[passed];
        if (gap?.first === next) [next, passed] = [gap.last + 1, passed + 1];
        yield next;
        next += 1;
      }
    },
  };
};

interface Gap extends OrdinalRange {
  /** How many ordinals the gaps below it leave out. */
  readonly skipped: number;
}

const counted = (ranges: readonly OrdinalRange[]): readonly Gap[] => {
  let skipped = 0;
  return ranges.map(({ first, last }) => {
    const gap = { first, last, skipped };
    skipped += last + 1 - first;
    return gap;
  });
};

/** The highest gap that begins below an ordinal, found by halving: a user may reserve thousands. */
const lastBefore = (gaps: readonly Gap[], ordinal: number): Gap | undefined => {
  let [low, high] = [0, gaps.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((gaps[middle]?.first ?? ordinal) < ordinal) low = middle + 1;
    else high = middle;
  }
  return gaps[low - 1];
};

/** Sorted, none overlapping or touching the next, from `first` on. */
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
