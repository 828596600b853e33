/** Keys by the time at which they are due: one entry for each, so that memory does not grow with how often they move. */

import type { Key, Millis } from '../contract.ts';

export interface Entry {
  readonly key: Key;
  readonly due: Millis;
  /** Of entries that are due at the same time the lower comes first. */
  readonly order: number;
}

/** A binary heap that knows the place of each key: everything costs O(log n) at most. */
export class Heap {
  readonly #entries: Entry[] = [];
  readonly #places = new Map<Key, number>();

  get size(): number {
    return this.#entries.length;
  }

  /** How many are due by a time. */
  dueBy(time: Millis): number {
    return this.#entries.reduce((count, { due }) => (due <= time ? count + 1 : count), 0);
  }

  first(): Entry | undefined {
    return this.#entries[0];
  }

  get(key: Key): Entry | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#entries[place];
  }

  /** Takes the place of the key's former entry. */
  put(entry: Entry): void {
    this.#settle(entry, this.#places.get(entry.key) ?? this.#entries.length);
  }

  remove(key: Key): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    const last = this.#entries.pop();
    if (last !== undefined && last.key !== key) this.#settle(last, place);
  }

  /** Finds the place of an entry, beginning with one that is free. */
  #settle(entry: Entry, free: number): void {
    const place = this.#rise(entry, free);
    this.#set(place === free ? this.#sink(entry, free) : place, entry);
  }

  #rise(entry: Entry, free: number): number {
    let at = free;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#entries[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      this.#set(at, parent);
      at = above;
    }
    return at;
  }

  #sink(entry: Entry, free: number): number {
    let at = free;
    for (;;) {
      const below = this.#smallerChild(at);
      const child = this.#entries[below];
      if (child === undefined || !isBefore(child, entry)) return at;
      this.#set(at, child);
      at = below;
    }
  }

  #smallerChild(at: number): number {
    const left = this.#entries[2 * at + 1];
    const right = this.#entries[2 * at + 2];
    return left !== undefined && right !== undefined && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
  }

  #set(place: number, entry: Entry): void {
    this.#entries[place] = entry;
    this.#places.set(entry.key, place);
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.due < b.due || (a.due === b.due && a.order < b.order);
