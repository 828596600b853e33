/** Notices a connection on which nothing arrives any more, such as one whose proxy has swallowed it. */

import type { Clock } from '../clock.ts';
import type { Millis } from '../contract.ts';

// Bookmarks come about every 60 s, but one can be skipped: 120 s of silence are normal. With what reading anew takes, views
// are never older than 200 s.
export const longestSilence: Millis = 190_000;

/** Aborts its signal after 190 s without `heard`. */
export class Silence {
  readonly #abort = new AbortController();
  readonly #clock: Clock;
  readonly #outer: AbortSignal;
  readonly #stop = (): void => this.#abort.abort(this.#outer.reason);
  #last: Millis;
  #cancel: () => void;

  /** Passes on the abortion of `outer` too. */
  constructor(clock: Clock, outer: AbortSignal) {
    this.#clock = clock;
    this.#outer = outer;
    this.#last = clock.monotonic();
    this.#cancel = clock.after(longestSilence, () => this.#check());
    outer.addEventListener('abort', this.#stop, { once: true });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  heard(): void {
    this.#last = this.#clock.monotonic();
  }

  end(): void {
    this.#cancel();
    this.#outer.removeEventListener('abort', this.#stop);
  }

  #check(): void {
    const left = this.#last + longestSilence - this.#clock.monotonic();
    if (left <= 0) this.#abort.abort(new Error(`nothing arrived for ${longestSilence / 1000} s`));
    else this.#cancel = this.#clock.after(left, () => this.#check());
  }
}
