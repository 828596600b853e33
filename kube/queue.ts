/** Keys that wait to be planned: one slot for each, the earliest time wins, one that is in progress is held. */

import type { Key, Millis } from './contract.ts';
import { Heap } from './queue/heap.ts';

/** Times are of the monotonic clock. Adding and taking cost O(log n). */
export class Queue {
  readonly #waiting = new Heap();
  /** Keys in progress, and when each is due again; undefined if nothing asked for it meanwhile. */
  readonly #running = new Map<Key, Millis | undefined>();
  #added = 0;

  /** Keys that are due or in progress; not those that wait for their time. */
  busy(now: Millis): number {
    return this.#waiting.dueBy(now) + this.#running.size;
  }

  add(key: Key, due: Millis): void {
    const isRunning = this.#running.has(key);
    const wanted = isRunning ? this.#running.get(key) : this.#waiting.get(key)?.due;
    if (wanted !== undefined && wanted <= due) return;
    if (isRunning) this.#running.set(key, due);
    else this.#waiting.put({ key, due, order: this.#added++ });
  }

  /** The key that has waited longest of those that are due; it is in progress until `done`. */
  take(now: Millis): Key | undefined {
    const next = this.#waiting.first();
    if (next === undefined || next.due > now) return undefined;
    this.#waiting.remove(next.key);
    this.#running.set(next.key, undefined);
    return next.key;
  }

  done(key: Key): void {
    const due = this.#running.get(key);
    this.#running.delete(key);
    if (due !== undefined) this.add(key, due);
  }

  /** When the next key is due; undefined if none waits. */
  nextDue(): Millis | undefined {
    return this.#waiting.first()?.due;
  }
}
