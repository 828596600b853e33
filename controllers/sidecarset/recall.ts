/** What was made of each of many things, for as long as the thing is the same: a pass makes only what is new. */

export class Recall<T extends object, R extends object> {
  readonly #idOf: (thing: T) => string;
  #things: readonly T[] = [];
  /** Of each of them. Large arrays cost more to make than to go through, so this one is written anew where it differs. */
  readonly #made: R[] = [];

  /** @param idOf the same for a thing that has changed, so that its place is known */
  constructor(idOf: (thing: T) => string) {
    this.#idOf = idOf;
  }

  /**
   * One for each thing, in their order; valid until the next call. What is kept is that of the last call alone, so that
   * nothing outlives its thing.
   */
  each(things: readonly T[], make: (thing: T) => R): readonly R[] {
    const [before, made] = [this.#things, this.#made];
    const placeOf = this.#places();
    // Should one not be made, nothing of this call is believed.
    this.#things = [];
    // Hardly any stands elsewhere than it stood, behind those before it.
    let next = 0;
    things.forEach((thing, to) => {
      const place = before[next] === thing ? next : placeOf(thing, next);
      next = place + 1;
      // What stood nearer to the front has been written over.
      const known = place >= to && before[place] === thing ? made[place] : undefined;
      if (known === undefined || place !== to) made[to] = known ?? make(thing);
    });
    made.length = things.length;
    this.#things = things;
    return made;
  }

  /** Finds the place that a thing had, itself or as it was before; one that is new stands before the next place. */
  #places(): (thing: T, next: number) => number {
    const [things, idOf] = [this.#things, this.#idOf];
    let places: ReadonlyMap<string, number> | undefined;
    return (thing, next) => {
      const there = things[next];
      if (there === undefined || idOf(there) === idOf(thing)) return next;
      places ??= new Map(things.map((other, place) => [idOf(other), place]));
      return places.get(idOf(thing)) ?? next - 1;
    };
  }
}

/** Those of many things that are such; what was said of one that stands where it stood is not asked again. */
export const recallingFilter = <T extends object>(
  isSuch: (thing: T) => boolean,
): ((things: readonly T[]) => readonly T[]) => {
  let before: readonly T[] = [];
  let known: ReadonlySet<T> = new Set();
  return things => {
    // Not even the things themselves are looked at where none was such.
    const wasSuch = known.size === 0 ? () => false : (thing: T) => known.has(thing);
    const found = things.filter((thing, place) => (before[place] === thing ? wasSuch(thing) : isSuch(thing)));
    before = things;
    known = new Set(found);
    return found;
  };
};
