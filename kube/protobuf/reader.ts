/** Reads protobuf in one pass, without copying: positions in the bytes that arrived. */

import type { Fields } from '../contract.ts';
import { Malformed } from '../malformed.ts';
import { isAt, Words } from './words.ts';

/** How a value is written, from the low bits of its tag. */
const wire = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;

/** One reader serves many messages, one after the other. */
export class Reader implements Fields {
  readonly #words = new Words();
  #bytes: Buffer = Buffer.alloc(0);
  /** Where the next tag is. */
  #at = 0;
  /** Where the message ends whose fields are being read, and those around it. */
  #end = 0;
  readonly #outer: number[] = [];
  /** The value of the present field. */
  #type = -1;
  #from = 0;
  #to = 0;

  /** Begins with a message that takes all of the bytes, or those between two positions. */
  open(bytes: Buffer, from = 0, to = bytes.length): this {
    this.#bytes = bytes;
    this.#outer.length = 0;
    this.#at = from;
    this.#end = to;
    this.#type = -1;
    return this;
  }

  next(): number {
    if (this.#at === this.#end) {
      this.#end = this.#outer.pop() ?? this.#end;
      this.#type = -1;
      return 0;
    }
    const tag = this.#varint();
    this.#type = tag & 7;
    this.#bound();
    if (this.#to > this.#end) throw new Malformed('a field reaches beyond its message');
    this.#at = this.#to;
    const field = tag >>> 3;
    if (field === 0) throw new Malformed('a field without a number');
    return field;
  }

  enter(): void {
    this.#expect(wire.delimited);
    this.#outer.push(this.#end);
    this.#at = this.#from;
    this.#end = this.#to;
  }

  text(): string {
    this.#expect(wire.delimited);
    return this.#from === this.#to ? '' : this.#bytes.toString('utf8', this.#from, this.#to);
  }

  word(): string {
    this.#expect(wire.delimited);
    return this.#from === this.#to ? '' : this.#words.of(this.#bytes, this.#from, this.#to);
  }

  is(text: string): boolean {
    this.#expect(wire.delimited);
    return isAt(text, this.#bytes, this.#from, this.#to);
  }

  /** Whether the field's text begins so; `text` is ASCII. */
  begins(text: string): boolean {
    this.#expect(wire.delimited);
    const to = this.#from + text.length;
    return to <= this.#to && isAt(text, this.#bytes, this.#from, to);
  }

  integer(): number {
    this.#expect(wire.varint);
    return integerAt(this.#bytes, this.#from, this.#to);
  }

  flag(): boolean {
    return this.integer() !== 0;
  }

  time(): string | undefined {
    this.#expect(wire.delimited);
    if (this.#from === this.#to) return undefined;
    this.enter();
    let seconds = 0;
    // Fractions are not kept: JSON does not show them either.
    for (let field = this.next(); field !== 0; field = this.next()) if (field === 1) seconds = this.integer();
    return rfc3339(seconds);
  }

  /** The bytes of the field, still in place. */
  bytes(): Buffer {
    this.#expect(wire.delimited);
    return this.#bytes.subarray(this.#from, this.#to);
  }

  #expect(type: number): void {
    if (this.#type !== type) throw new Malformed('a field of another type than its number says');
  }

  /** Finds where the value of the present field begins and ends. */
  #bound(): void {
    switch (this.#type) {
      case wire.delimited: {
        const length = this.#varint();
        this.#from = this.#at;
        this.#to = this.#at + length;
        return;
      }
      case wire.varint:
        this.#from = this.#at;
        this.#to = this.#endOfVarint();
        return;
      case wire.fixed64:
      case wire.fixed32:
        this.#from = this.#at;
        this.#to = this.#at + (this.#type === wire.fixed64 ? 8 : 4);
        return;
      default:
        throw new Malformed(`a field of wire type ${this.#type}`);
    }
  }

  #endOfVarint(): number {
    for (let at = this.#at; at < this.#end && at < this.#at + 10; at++)
      if ((this.#bytes[at] ?? 0) < 0x80) return at + 1;
    throw new Malformed('an integer without an end');
  }

  /** A tag or a length: at most 31 bits, so that arithmetic stays exact and positive. */
  #varint(): number {
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      if (this.#at >= this.#end) break;
      const byte = this.#bytes[this.#at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80 && value >= 0) return value;
    }
    throw new Malformed('a length beyond all bounds');
  }
}

const integerAt = (bytes: Buffer, from: number, to: number): number => {
  if (to - from > 4) return bigIntegerAt(bytes, from, to);
  let value = 0;
  for (let at = from, shift = 0; at < to; at++, shift += 7) value |= ((bytes[at] ?? 0) & 0x7f) << shift;
  return value;
};

/** Negative numbers always take ten bytes. */
const bigIntegerAt = (bytes: Buffer, from: number, to: number): number => {
  let value = 0n;
  for (let at = from, shift = 0n; at < to; at++, shift += 7n) value |= BigInt((bytes[at] ?? 0) & 0x7f) << shift;
  return Number(BigInt.asIntN(64, value));
};

const rfc3339 = (seconds: number): string => {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) throw new Malformed('a time beyond all calendars');
  return `${date.toISOString().slice(0, -5)}Z`;
};
