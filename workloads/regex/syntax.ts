/** Parses regular expressions as RE2 knows them: no back-references, no look-around, so that matching is linear. */

import { is, perlClasses, posixClasses, propertyTest, type Test } from './classes.ts';

export type Node =
  | { readonly is: 'nothing' }
  | { readonly is: 'one'; readonly of: (codePoint: number) => boolean }
  | { readonly is: 'at'; readonly place: Place }
  | { readonly is: 'sequence'; readonly parts: readonly Node[] }
  | { readonly is: 'choice'; readonly parts: readonly Node[] }
  | { readonly is: 'repeat'; readonly of: Node; readonly least: number; readonly most: number };

export type Place = 'text begin' | 'text end' | 'line begin' | 'line end' | 'word edge' | 'no word edge';

interface Flags {
  readonly ignoreCase: boolean;
  readonly manyLines: boolean;
  readonly dotAll: boolean;
}

/** Thrown inside this file only. */
class BadSyntax extends Error {}

/** As in RE2: a larger count is refused. */
const mostRepeats = 1000;
const deepestNesting = 100;

export type Syntax = { readonly is: 'right'; readonly node: Node } | { readonly is: 'wrong'; readonly why: string };

export const parse = (text: string): Syntax => {
  try {
    return { is: 'right', node: new Parser(text).all() };
  } catch (error) {
    if (error instanceof BadSyntax) return { is: 'wrong', why: error.message };
    throw error;
  }
};

class Parser {
  readonly #text: readonly string[];
  #at = 0;
  #depth = 0;
  #flags: Flags = { ignoreCase: false, manyLines: false, dotAll: false };

  constructor(text: string) {
    this.#text = Array.from(text);
  }

  all(): Node {
    const node = this.#choice();
    if (this.#at < this.#text.length) throw new BadSyntax('unexpected )');
    return node;
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #take(): string {
    const c = this.#text[this.#at];
    if (c === undefined) throw new BadSyntax('unexpected end');
    this.#at += 1;
    return c;
  }

  #accept(wanted: string): boolean {
    const found = this.#text.slice(this.#at, this.#at + wanted.length).join('') === wanted;
    if (found) this.#at += wanted.length;
    return found;
  }

  #choice(): Node {
    const parts = [this.#sequence()];
    while (this.#accept('|')) parts.push(this.#sequence());
    return parts.length === 1 ? (parts[0] ?? { is: 'nothing' }) : { is: 'choice', parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    for (let c = this.#peek(); c !== undefined && c !== '|' && c !== ')'; c = this.#peek())
      parts.push(this.#repeated());
    return { is: 'sequence', parts };
  }

  #repeated(): Node {
    let node = this.#atom();
    let times = 0;
    for (let range = this.#range(); range !== undefined; range = this.#range()) {
      times += 1;
      if (times > 1) throw new BadSyntax('invalid nested repetition operator');
      this.#accept('?'); // which match is found first does not matter here
      node = { is: 'repeat', of: node, ...range };
    }
    return node;
  }

  #range(): { readonly least: number; readonly most: number } | undefined {
    if (this.#accept('*')) return { least: 0, most: Number.POSITIVE_INFINITY };
    if (this.#accept('+')) return { least: 1, most: Number.POSITIVE_INFINITY };
    if (this.#accept('?')) return { least: 0, most: 1 };
    const [all, from = '', comma, to = ''] =
      /^\{(\d+)(,?)(\d*)\}/.exec(this.#text.slice(this.#at, this.#at + 20).join('')) ?? [];
    if (all === undefined) return undefined;
    this.#at += all.length;
    const least = Number(from);
    const most = comma === '' ? least : to === '' ? Number.POSITIVE_INFINITY : Number(to);
    if (least > mostRepeats || (most !== Number.POSITIVE_INFINITY && most > mostRepeats) || most < least)
      throw new BadSyntax(`invalid repeat count: ${all}`);
    return { least, most };
  }

  #atom(): Node {
    const c = this.#take();
    switch (c) {
      case '(':
        return this.#group();
      case '[':
        return one(this.#set());
      case '.':
        return one(this.#flags.dotAll ? () => true : p => p !== 10);
      case '^':
        return { is: 'at', place: this.#flags.manyLines ? 'line begin' : 'text begin' };
      case '$':
        return { is: 'at', place: this.#flags.manyLines ? 'line end' : 'text end' };
      case '\\':
        return this.#escaped();
      case '*':
      case '+':
      case '?':
        throw new BadSyntax(`missing argument to repetition operator: ${c}`);
      default:
        return this.#literal(c);
    }
  }

  #literal(c: string): Node {
    return one(this.#folded(is(c)));
  }

  /** With `(?i)`, a character stands for both its cases. */
  #folded(test: Test): Test {
    if (!this.#flags.ignoreCase) return test;
    return p => {
      const c = String.fromCodePoint(p);
      return (
        test(p) ||
        [c.toLowerCase(), c.toUpperCase()].some(other => other.length === c.length && test(other.codePointAt(0) ?? p))
      );
    };
  }

  #group(): Node {
    this.#depth += 1;
    if (this.#depth > deepestNesting) throw new BadSyntax('expression nests too deeply');
    const before = this.#flags;
    if (this.#accept('?') && !this.#named()) {
      const closed = this.#readFlags();
      if (closed) {
        this.#depth -= 1;
        return { is: 'nothing' }; // the flags hold up to the end of the group around
      }
    }
    const node = this.#choice();
    if (!this.#accept(')')) throw new BadSyntax('missing closing )');
    this.#flags = before;
    this.#depth -= 1;
    return node;
  }

  #named(): boolean {
    const [all] = /^P?<\w+>/.exec(this.#text.slice(this.#at, this.#at + 100).join('')) ?? [];
    this.#at += all?.length ?? 0;
    return all !== undefined;
  }

  /** Behind `(?`; true for flags alone, as in `(?i)`. */
  #readFlags(): boolean {
    let on = true;
    for (;;) {
      const c = this.#take();
      if (c === ':') return false;
      if (c === ')') return true;
      if (c === '-' && on) on = false;
      else if (c === 'i') this.#flags = { ...this.#flags, ignoreCase: on };
      else if (c === 'm') this.#flags = { ...this.#flags, manyLines: on };
      else if (c === 's') this.#flags = { ...this.#flags, dotAll: on };
      else if (c !== 'U') throw new BadSyntax('invalid or unsupported Perl syntax');
    }
  }

  #escaped(): Node {
    const c = this.#take();
    const place = places.get(c);
    if (place !== undefined) return { is: 'at', place };
    if (c === 'Q') return this.#quoted();
    return one(this.#folded(this.#classOrCharacter(c)));
  }

  #quoted(): Node {
    const parts: Node[] = [];
    while (this.#peek() !== undefined && !this.#accept('\\E')) parts.push(this.#literal(this.#take()));
    return { is: 'sequence', parts };
  }

  /** Behind a backslash, inside brackets and outside. */
  #classOrCharacter(c: string): Test {
    const known = perlClasses.get(c);
    if (known !== undefined) return known;
    if (c === 'p' || c === 'P') return this.#unicode(c === 'P');
    return is(String.fromCodePoint(this.#codeOf(c)));
  }

  #codeOf(c: string): number {
    const control = controls.get(c);
    if (control !== undefined) return control;
    if (c === 'x') return this.#hexadecimal();
    if (/[0-7]/.test(c) && (c === '0' || /[0-7]/.test(this.#peek() ?? ''))) return this.#octal(c);
    if (/^[\w]$/.test(c) || (c.codePointAt(0) ?? 0) > 127) throw new BadSyntax(`invalid escape sequence: \\${c}`);
    return c.codePointAt(0) ?? 0;
  }

  #hexadecimal(): number {
    const [all, braced, two] =
      /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))/.exec(this.#text.slice(this.#at, this.#at + 8).join('')) ?? [];
    const code = Number.parseInt(braced ?? two ?? '', 16);
    if (all === undefined || code > 0x10ffff) throw new BadSyntax('invalid escape sequence: \\x');
    this.#at += all.length;
    return code;
  }

  #octal(first: string): number {
    let digits = first;
    while (digits.length < 3 && /[0-7]/.test(this.#peek() ?? '')) digits += this.#take();
    return Number.parseInt(digits, 8);
  }

  #unicode(negated: boolean): Test {
    const [all, braced, single] =
      /^(?:\{(\^?\w+)\}|(\w))/.exec(this.#text.slice(this.#at, this.#at + 40).join('')) ?? [];
    const name = braced ?? single ?? '';
    this.#at += all?.length ?? 0;
    const negative = name.startsWith('^') !== negated;
    const test = propertyTest(name.replace('^', ''));
    if (test === undefined) throw new BadSyntax(`invalid character class range: \\p{${name}}`);
    return p => test(p) !== negative;
  }

  #set(): Test {
    const negated = this.#accept('^');
    const tests: Test[] = [];
    while (tests.length === 0 || this.#peek() !== ']') tests.push(this.#member());
    this.#at += 1;
    const test = this.#folded(p => tests.some(t => t(p)));
    return negated ? p => !test(p) : test;
  }

  #member(): Test {
    const [all, not, name = ''] = /^\[:(\^?)(\w+):\]/.exec(this.#text.slice(this.#at, this.#at + 20).join('')) ?? [];
    if (all !== undefined) {
      this.#at += all.length;
      const posix = posixClasses.get(name);
      if (posix === undefined) throw new BadSyntax(`invalid character class range: ${all}`);
      return not === '' ? posix : p => !posix(p);
    }
    const from = this.#bound();
    if (typeof from !== 'number' || this.#peek() !== '-' || this.#text[this.#at + 1] === ']')
      return typeof from === 'number' ? p => p === from : from;
    this.#at += 1;
    const to = this.#bound();
    if (typeof to !== 'number' || to < from) throw new BadSyntax('invalid character class range');
    return p => p >= from && p <= to;
  }

  /** One character of a set, or a class such as `\d`. */
  #bound(): number | Test {
    const c = this.#peek() === undefined ? undefined : this.#take();
    if (c === undefined) throw new BadSyntax('missing closing ]');
    if (c !== '\\') return c.codePointAt(0) ?? 0;
    const next = this.#take();
    return perlClasses.has(next) || next === 'p' || next === 'P' ? this.#classOrCharacter(next) : this.#codeOf(next);
  }
}

const one = (of: Test): Node => ({ is: 'one', of });

const places: ReadonlyMap<string, Place> = new Map([
  ['A', 'text begin'],
  ['z', 'text end'],
  ['b', 'word edge'],
  ['B', 'no word edge'],
]);

const controls: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['t', 9],
  ['n', 10],
  ['r', 13],
  ['v', 11],
]);
