/** Numbers that look like chance and come again for the same seed. */

export interface Chance {
  /** Uniform in [0, 1). */
  next(): number;
  /** An integer in [0, below). */
  below(below: number): number;
  /** Throws for an empty list. */
  oneOf<T>(values: readonly T[]): T;
}

/** The generator that is known as mulberry32: fast, and even enough for choosing. */
export const chanceOf = (seed: number): Chance => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    oneOf: values => {
      const value = values[below(values.length)];
      if (value === undefined && values.length === 0) throw new Error('nothing to choose from');
      return value as (typeof values)[number];
    },
  };
};
