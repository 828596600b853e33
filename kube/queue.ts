/** Keys that wait to be planned: one slot for each, the earliest time wins, one that is in progress is held. */

import type { Key, Millis } from './contract.ts';
import { Heap } from './queue/heap.ts';
import { Turns } from './turns.ts';

/** Times are of the monotonic clock. Adding and taking cost O(log n). */
export class Queue {
  readonly #groupOf: (key: Key) => string;
  readonly #waiting = new Heap();
  /** When the keys whose time has come were due, earliest first. */
  readonly #due = new Map<Key, Millis>();
  readonly #turns = new Turns<Key>();
  /** Keys in progress, and when each is due again; undefined if nothing asked for it meanwhile. */
  readonly #running = new Map<Key, Millis | undefined>();
  #added = 0;

  /** Of keys that are due, the groups have their turns: e.g. one namespace does not hold up the others. */
  constructor(groupOf: (key: Key) => string = () => '') {
    this.#groupOf = groupOf;
  }

  /** Keys that are due or in progress; not those that wait for their time. */
  busy(now: Millis): number {
    return this.#due.size + this.#waiting.dueBy(now) + this.#running.size;
  }

  add(key: Key, due: Millis): void {
    if (this.#due.has(key)) return;
    const isRunning = this.#running.has(key);
    const wanted = isRunning ? this.#running.get(key) : this.#waiting.get(key)?.due;
    if (wanted !== undefined && wanted <= due) return;
    if (isRunning) this.#running.set(key, due);
    else this.#waiting.put({ key, due, order: this.#added++ });
  }

  /** The key that has waited longest of those that are due in the group whose turn it is; it is in progress until `done`. */
  take(now: Millis): Key | undefined {
    this.#gather(now);
    const key = this.#turns.next();
    if (key === undefined) return undefined;
    this.#due.delete(key);
    this.#running.set(key, undefined);
    return key;
  }

  done(key: Key): void {
    const due = this.#running.get(key);
    this.#running.delete(key);
    if (due !== undefined) this.add(key, due);
  }

  /** When the next key is, or was, due; undefined if none waits. */
  nextDue(): Millis | undefined {
    for (const due of this.#due.values()) return due;
    return this.#waiting.first()?.due;
  }

  #gather(now: Millis): void {
    for (let next = this.#waiting.first(); next !== undefined && next.due <= now; next = this.#waiting.first()) {
      this.#waiting.remove(next.key);
      this.#due.set(next.key, next.due);
      this.#turns.add(this.#groupOf(next.key), next.key);
    }
  }
}
