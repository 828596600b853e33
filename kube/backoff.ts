/** How long a key waits after its failures. */

import type { Key, Millis } from './contract.ts';

export class Backoff {
  readonly #failures = new Map<Key, number>();
  readonly first: Millis;
  readonly #longest: Millis;

  /** Doubles from `first` to `longest`. */
  constructor(first: Millis, longest: Millis) {
    this.first = first;
    this.#longest = longest;
  }

  /** Records one more failure. */
  next(key: Key): Millis {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    return Math.min(this.first * 2 ** Math.min(failures, 32), this.#longest);
  }

  has(key: Key): boolean {
    return this.#failures.has(key);
  }

  reset(key: Key): void {
    this.#failures.delete(key);
  }
}
