/** A token bucket: so many a second in the long run, a burst after a pause. */

import type { Millis } from '../contract.ts';

export interface Ceiling {
  readonly perSecond: number;
  /** At least 1. */
  readonly burst: number;
}

export class Bucket {
  readonly #ceiling: Ceiling;
  #tokens: number;
  /** When the tokens were counted. */
  #at: Millis = Number.NEGATIVE_INFINITY;

  constructor(ceiling: Ceiling) {
    this.#ceiling = ceiling;
    this.#tokens = ceiling.burst;
  }

  /** How long until there is a token, in whole milliseconds; 0 if there is one. */
  wait(now: Millis): Millis {
    this.#fill(now);
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) * 1000) / this.#ceiling.perSecond);
  }

  /** To be called when there is one. */
  take(now: Millis): void {
    this.#fill(now);
    this.#tokens -= 1;
  }

  #fill(now: Millis): void {
    const { perSecond, burst } = this.#ceiling;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) * perSecond) / 1000);
    this.#at = now;
  }
}
