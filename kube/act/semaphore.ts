/** At most so many at a time. The others wait in groups that have their turns: a busy group does not hold up the rest. */

export class Semaphore {
  #free: number;
  /** The group whose turn it is comes first. Thousands may wait, and a set gives up its first at no cost. */
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(places: number) {
    this.#free = places;
  }

  async run<T>(group: string, task: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>(resolve => this.#wait(group, resolve));
    else this.#free -= 1;
    try {
      return await task();
    } finally {
      // The place is handed over: nobody who comes in between can take it.
      const next = this.#next();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  #wait(group: string, begin: () => void): void {
    const members = this.#waiting.get(group);
    if (members === undefined) this.#waiting.set(group, new Set([begin]));
    else members.add(begin);
  }

  /** The first of the group whose turn it is; the group goes to the end. */
  #next(): (() => void) | undefined {
    const [turn] = this.#waiting;
    if (turn === undefined) return undefined;
    const [group, members] = turn;
    const [first] = members;
    this.#waiting.delete(group);
    if (first !== undefined) members.delete(first);
    if (members.size > 0) this.#waiting.set(group, members);
    return first;
  }
}
