/** Cuts chunks of a protobuf watch into its frames: a length of four bytes, most significant first, then the event. */

import { Malformed } from '../malformed.ts';

const head = 4;
/** An apiserver takes no object above 3 MiB. */
const longest = 64 * 1024 * 1024;

/** Frames lie in the chunk that brought them; only one that was cut apart is copied. */
export class Frames {
  /** The beginning of a frame that was cut apart. */
  #pieces: Buffer[] = [];
  #held = 0;
  /** Length of that frame with its head, or of the head alone until it is known. */
  #whole = head;

  /** @throws Malformed */
  *push(chunk: Buffer): Generator<Buffer, void, void> {
    for (let at = 0; at < chunk.length; ) {
      const end = this.#held === 0 ? endOfFrame(chunk, at) : undefined;
      if (end === undefined) {
        at += this.#gather(chunk, at);
        if (this.#held === this.#whole) yield this.#release();
      } else {
        yield chunk.subarray(at + head, end);
        at = end;
      }
    }
  }

  /** Takes what the frame lacks, or as much of it as there is; returns how much that was. */
  #gather(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#whole - this.#held, chunk.length - at);
    this.#pieces.push(chunk.subarray(at, at + taken));
    this.#held += taken;
    if (this.#held === head && this.#whole === head) this.#whole += lengthAt(Buffer.concat(this.#pieces), 0);
    return taken;
  }

  #release(): Buffer {
    const frame = Buffer.concat(this.#pieces).subarray(head);
    this.#pieces = [];
    this.#held = 0;
    this.#whole = head;
    return frame;
  }
}

const lengthAt = (bytes: Buffer, at: number): number => {
  const length = bytes.readUInt32BE(at);
  if (length > longest) throw new Malformed(`a frame of ${length} bytes`);
  return length;
};

/** Undefined if the frame goes on in the next chunk. */
const endOfFrame = (chunk: Buffer, at: number): number | undefined => {
  if (chunk.length - at < head) return undefined;
  const end = at + head + lengthAt(chunk, at);
  return end <= chunk.length ? end : undefined;
};
