/** Keys that wait to be planned: one slot for each, the earliest time wins, one that is in progress is held. */

import type { Key, Millis } from './contract.ts';

interface Slot {
  /** When it is due; undefined if nothing wants it after the pass in progress. */
  due: Millis | undefined;
  running: boolean;
}

interface Entry {
  readonly due: Millis;
  readonly order: number;
  readonly key: Key;
}

/** Times are of the monotonic clock. Adding and taking cost O(log n). */
export class Queue {
  readonly #slots = new Map<Key, Slot>();
  /** A binary heap. Entries whose slot has changed since are skipped when they surface. */
  readonly #heap: Entry[] = [];
  #added = 0;

  /** Keys that wait or are in progress. */
  get size(): number {
    return this.#slots.size;
  }

  add(key: Key, due: Millis): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) this.#slots.set(key, { due, running: false });
    else if (slot.due === undefined || due < slot.due) slot.due = due;
    else return;
    if (slot?.running !== true) this.#push({ due, order: this.#added++, key });
  }

  /** The key that has waited longest of those that are due; it is in progress until `done`. */
  take(now: Millis): Key | undefined {
    const next = this.#first();
    if (next === undefined || next.due > now) return undefined;
    this.#pop();
    this.#slots.set(next.key, { due: undefined, running: true });
    return next.key;
  }

  done(key: Key): void {
    const due = this.#slots.get(key)?.due;
    this.#slots.delete(key);
    if (due !== undefined) this.add(key, due);
  }

  /** When the next key is due; undefined if none waits. */
  nextDue(): Millis | undefined {
    return this.#first()?.due;
  }

  #first(): Entry | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) return undefined;
      const slot = this.#slots.get(first.key);
      if (slot !== undefined && !slot.running && slot.due === first.due) return first;
      this.#pop();
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const below = this.#smallerChild(at);
      const child = heap[below];
      if (child === undefined || !isBefore(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }

  #smallerChild(at: number): number {
    const left = this.#heap[2 * at + 1];
    const right = this.#heap[2 * at + 2];
    return left !== undefined && right !== undefined && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.due < b.due || (a.due === b.due && a.order < b.order);
