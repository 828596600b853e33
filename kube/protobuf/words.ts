/** One string for each text that keeps coming: images, names of nodes, keys of labels. */

const places = 1 << 14;
const longest = 128;

/**
 * Finds strings by their bytes, before a string is made. Each text has one place, which the last that came there holds,
 * so that the memory is bounded whatever arrives.
 */
export class Words {
  #held: (string | undefined)[] = [];

  of(bytes: Buffer, from: number, to: number): string {
    if (to - from > longest) return bytes.toString('utf8', from, to);
    const place = placeOf(bytes, from, to);
    const held = this.#held[place];
    if (held !== undefined && isAt(held, bytes, from, to)) return held;
    const word = bytes.toString('utf8', from, to);
    // Most resources are never read in protobuf: they need no table.
    if (this.#held.length === 0) this.#held = new Array<string | undefined>(places).fill(undefined);
    this.#held[place] = word;
    return word;
  }
}

/** FNV-1a. */
const placeOf = (bytes: Buffer, from: number, to: number): number => {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 14)) & (places - 1);
};

/** Compares byte with character, so only ASCII is ever found again; in UTF-8 a byte above is never a character's code. */
export const isAt = (text: string, bytes: Buffer, from: number, to: number): boolean => {
  if (text.length !== to - from) return false;
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[from + i] ?? 0;
    if (byte > 0x7f || byte !== text.charCodeAt(i)) return false;
  }
  return true;
};
