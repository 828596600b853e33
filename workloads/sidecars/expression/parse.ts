/** The grammar of resource expressions: sums of products of amounts, variables and calls of `max` and `min`. */

import type { Quantity } from '../../../api/quantity.ts';
import { type Token, tokensOf } from './tokens.ts';

export type Expression =
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'quantity'; readonly value: Quantity }
  | { readonly is: 'variable'; readonly name: string }
  | { readonly is: 'negative'; readonly of: Expression }
  | { readonly is: 'call'; readonly name: string; readonly of: readonly Expression[] }
  | { readonly is: 'operation'; readonly sign: Sign; readonly left: Expression; readonly right: Expression };

export type Sign = '+' | '-' | '*' | '/';

export type ParsedExpression =
  | { readonly is: 'right'; readonly expression: Expression }
  | { readonly is: 'wrong'; readonly why: string };

/** Longer texts could exhaust the stack. */
const longest = 1000;

export const parse = (text: string): ParsedExpression => {
  if (text.length > longest) return { is: 'wrong', why: `an expression may have ${longest} characters` };
  const reader = new TokenReader(tokensOf(text), text.length);
  const expression = sum(reader);
  return expression !== undefined && reader.isAtEnd
    ? { is: 'right', expression }
    : { is: 'wrong', why: `parse error: syntax error at line 1, col ${reader.column}` };
};

class TokenReader {
  readonly #tokens: readonly Token[];
  readonly #length: number;
  #at = 0;

  constructor(tokens: readonly Token[], length: number) {
    this.#tokens = tokens;
    this.#length = length;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** Behind the token that does not fit. */
  get column(): number {
    return (this.#tokens[this.#at]?.end ?? this.#length) + 1;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  skip(): void {
    this.#at += 1;
  }

  accept(...signs: readonly string[]): string | undefined {
    const token = this.peek();
    if (token?.is !== 'sign' || !signs.includes(token.value)) return undefined;
    this.skip();
    return token.value;
  }
}

const sum = (reader: TokenReader): Expression | undefined => chain(reader, product, ['+', '-']);
const product = (reader: TokenReader): Expression | undefined => chain(reader, factor, ['*', '/']);

/** Operations of one rank, from left to right. */
const chain = (
  reader: TokenReader,
  operand: (reader: TokenReader) => Expression | undefined,
  signs: readonly Sign[],
): Expression | undefined => {
  let left = operand(reader);
  for (let sign = reader.accept(...signs); sign !== undefined && left !== undefined; sign = reader.accept(...signs)) {
    const right = operand(reader);
    left = right && { is: 'operation', sign: signs.find(s => s === sign) ?? '+', left, right };
  }
  return left;
};

const factor = (reader: TokenReader): Expression | undefined => {
  if (reader.accept('-') !== undefined) {
    const of = factor(reader);
    return of && { is: 'negative', of };
  }
  if (reader.accept('(') !== undefined) {
    const inner = sum(reader);
    return reader.accept(')') === undefined ? undefined : inner;
  }
  const token = reader.peek();
  if (token === undefined || token.is === 'sign' || token.is === 'unknown') return undefined;
  reader.skip();
  if (token.is !== 'name')
    return token.is === 'number' ? { is: 'number', value: token.value } : { is: 'quantity', value: token.value };
  return reader.accept('(') === undefined ? { is: 'variable', name: token.value } : call(reader, token.value);
};

/** One or two arguments; how many a function wants is seen when it is called. */
const call = (reader: TokenReader, name: string): Expression | undefined => {
  const first = sum(reader);
  if (first === undefined) return undefined;
  const second = reader.accept(',') === undefined ? undefined : sum(reader);
  const of = second === undefined ? [first] : [first, second];
  return reader.accept(')') === undefined ? undefined : { is: 'call', name, of };
};
