/** At most so many at a time; the others have their turns by group. */

import { Turns } from '../turns.ts';

export class Semaphore {
  #free: number;
  readonly #waiting = new Turns<() => void>();

  constructor(places: number) {
    this.#free = places;
  }

  async run<T>(group: string, task: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>(resolve => this.#waiting.add(group, resolve));
    else this.#free -= 1;
    try {
      return await task();
    } finally {
      // The place is handed over: nobody who comes in between can take it.
      const next = this.#waiting.next();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
