/** Time that stands still until a test moves it. */

import type { Cancel, Clock } from '../../kube/clock.ts';
import type { Instant, Millis } from '../../kube/contract.ts';

interface Timer {
  readonly at: Millis;
  readonly run: () => void;
}

export class FakeClock implements Clock {
  #elapsed: Millis = 0;
  #wall: Instant;
  readonly #timers = new Set<Timer>();

  constructor(wall: Instant = Date.UTC(2026, 0, 1)) {
    this.#wall = wall;
  }

  now(): Instant {
    return this.#wall + this.#elapsed;
  }

  monotonic(): Millis {
    return this.#elapsed;
  }

  after(delay: Millis, run: () => void): Cancel {
    const timer = { at: this.#elapsed + Math.max(0, delay), run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** The wall clock is set; intervals do not notice. */
  jump(by: Millis): void {
    this.#wall += by;
  }

  /** Lets everything that is ready happen, then every timer up to `by` from now, each in its turn. */
  async advance(by: Millis = 0): Promise<void> {
    const until = this.#elapsed + by;
    for (;;) {
      await quiet();
      const next = this.#earliest();
      if (next === undefined || next.at > until) break;
      this.#timers.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.run();
    }
    this.#elapsed = until;
  }

  /** Time passes as in a process that is stopped: timers that were due fire only with the next `advance`. */
  freeze(by: Millis): void {
    this.#elapsed += by;
  }

  /** Of equal times the first that was set: a Set keeps the order. */
  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) if (earliest === undefined || timer.at < earliest.at) earliest = timer;
    return earliest;
  }
}

/** Resolves when all promises that could settle have settled. */
const quiet = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
