/**
 * Cuts `metadata.managedFields` out of JSON before it is parsed. Nobody here reads them; they are a quarter of the text,
 * and each object has keys of its own in them, which cost the parser more than all the rest.
 */

const key = '"managedFields":[';
const owner = '"metadata":';

const code = { quote: 0x22, comma: 0x2c, backslash: 0x5c, open: [0x5b, 0x7b], close: [0x5d, 0x7d] } as const;

/**
 * `depth`: how many brackets are open in the metadata that is meant, e.g. 2 in an object and 4 in a list of objects.
 * Text that is no JSON, or not as compact as an apiserver writes it, may come back as it is.
 */
export const withoutManagedFields = (text: string, depth: number): string => {
  const scan = new Scan(text);
  let kept = '';
  let from = 0;
  for (let found = text.indexOf(key); found >= 0; found = text.indexOf(key, scan.at)) {
    scan.moveTo(found);
    if (scan.at > found || !scan.isIn(owner, depth)) {
      scan.moveTo(found + key.length);
      continue;
    }
    scan.moveTo(found + key.length - 1);
    scan.passBracket();
    const [start, end] = withComma(text, found, scan.at);
    kept += text.slice(from, start);
    from = end;
  }
  return from === 0 ? text : kept + text.slice(from);
};

/** A member and one of the commas beside it, if there is one. */
const withComma = (text: string, start: number, end: number): readonly [start: number, end: number] => {
  if (text.charCodeAt(end) === code.comma) return [start, end + 1];
  return text.charCodeAt(start - 1) === code.comma ? [start - 1, end] : [start, end];
};

/** Walks through JSON from token to token, and knows which brackets are open. */
class Scan {
  readonly #text: string;
  /** Where the open brackets stand. */
  readonly #open: number[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get at(): number {
    return this.#at;
  }

  /** Goes on to this place; behind it, if it lies in a string. */
  moveTo(place: number): void {
    while (this.#at < place) this.#step();
  }

  /** From an opening bracket to behind its closing one. */
  passBracket(): void {
    const outside = this.#open.length;
    do this.#step();
    while (this.#open.length > outside && this.#at < this.#text.length);
  }

  /** Whether so many brackets are open, and the last is the value of this key. */
  isIn(name: string, depth: number): boolean {
    const last = this.#open.at(-1) ?? 0;
    return this.#open.length === depth && this.#text.startsWith(name, last - name.length);
  }

  #step(): void {
    switch (this.#text.charCodeAt(this.#at)) {
      case code.quote:
        this.#at = this.#behindString();
        return;
      case code.open[0]:
      case code.open[1]:
        this.#open.push(this.#at);
        break;
      case code.close[0]:
      case code.close[1]:
        this.#open.pop();
    }
    this.#at += 1;
  }

  #behindString(): number {
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const character = this.#text.charCodeAt(at);
      if (character === code.quote) return at + 1;
      if (character === code.backslash) at += 1;
    }
    return this.#text.length;
  }
}
