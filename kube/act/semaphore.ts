/** At most so many at a time; the others wait in order. */

export class Semaphore {
  #free: number;
  /** In the order of their coming; thousands may wait, and a set gives up its first at no cost. */
  readonly #waiting = new Set<() => void>();

  constructor(places: number) {
    this.#free = places;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>(resolve => this.#waiting.add(resolve));
    else this.#free -= 1;
    try {
      return await task();
    } finally {
      // The place is handed over: nobody who comes in between can take it.
      const [next] = this.#waiting;
      if (next === undefined) this.#free += 1;
      else {
        this.#waiting.delete(next);
        next();
      }
    }
  }
}
