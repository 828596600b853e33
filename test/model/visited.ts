/** Which states have been seen: 64 bits of each text. Of ten million states two are taken for one with odds of 1 to 370,000. */

export class Visited {
  #high = new Uint32Array(1 << 16);
  #low = new Uint32Array(1 << 16);
  /** Places of the table: index + 1 of a state, 0 if free. */
  #table = new Uint32Array(1 << 18);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The number of the state, in the order in which states were first seen. */
  add(text: string): { readonly index: number; readonly isNew: boolean } {
    const [high, low] = hashOf(text);
    const place = this.#placeOf(high, low);
    const known = this.#table[place] ?? 0;
    if (known > 0) return { index: known - 1, isNew: false };
    if (this.#count === this.#high.length) this.#growStates();
    this.#high[this.#count] = high;
    this.#low[this.#count] = low;
    this.#table[place] = this.#count + 1;
    this.#count += 1;
    if (2 * this.#count > this.#table.length) this.#growTable();
    return { index: this.#count - 1, isNew: true };
  }

  #placeOf(high: number, low: number): number {
    const mask = this.#table.length - 1;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      const found = this.#table[place] ?? 0;
      if (found === 0 || (this.#low[found - 1] === low && this.#high[found - 1] === high)) return place;
    }
  }

  #growStates(): void {
    const [high, low] = [new Uint32Array(2 * this.#count), new Uint32Array(2 * this.#count)];
    high.set(this.#high);
    low.set(this.#low);
    this.#high = high;
    this.#low = low;
  }

  #growTable(): void {
    this.#table = new Uint32Array(2 * this.#table.length);
    for (let i = 0; i < this.#count; i += 1) this.#table[this.#placeOf(this.#high[i] ?? 0, this.#low[i] ?? 0)] = i + 1;
  }
}

/** Two hashes of FNV-1a kind with different factors, each mixed once more at the end. */
const hashOf = (text: string): readonly [high: number, low: number] => {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x5bd1e995) ^ (low >>> 15);
  }
  return [mixed(high), mixed(low)];
};

const mixed = (hash: number): number => {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
};
