/** How soon a key may be planned again for a change that nobody waits for. */

import type { Key, Millis } from '../contract.ts';

// A status is written at most so often, however busy the pods are.
const betweenStatuses: Millis = 250;
// One key may use a twentieth of the CPU.
const restPerPass = 20;

interface Trace {
  restUntil: Millis;
  statusAt: Millis;
}

/** All times are of the monotonic clock. */
export class Pace {
  readonly #traces = new Map<Key, Trace>();

  passed(key: Key, at: Millis, took: Millis): void {
    this.#traceOf(key).restUntil = at + restPerPass * took;
  }

  statusWritten(key: Key, at: Millis): void {
    this.#traceOf(key).statusAt = at;
  }

  /** When the next unhurried pass may begin. */
  next(key: Key): Millis {
    return Math.max(this.#traces.get(key)?.restUntil ?? 0, this.nextStatus(key));
  }

  /** When the next status may be written. */
  nextStatus(key: Key): Millis {
    const trace = this.#traces.get(key);
    return trace === undefined ? 0 : trace.statusAt + betweenStatuses;
  }

  forget(key: Key): void {
    this.#traces.delete(key);
  }

  #traceOf(key: Key): Trace {
    const known = this.#traces.get(key);
    if (known !== undefined) return known;
    const trace = { restUntil: 0, statusAt: Number.NEGATIVE_INFINITY };
    this.#traces.set(key, trace);
    return trace;
  }
}
