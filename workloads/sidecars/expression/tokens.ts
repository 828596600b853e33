/** Cuts an expression such as `0.5*memory + max(0, memory-2Gi)` into tokens. */

import { parseQuantity, type Quantity } from '../../../api/quantity.ts';

export type Token =
  | { readonly is: 'number'; readonly value: number; readonly from: number; readonly end: number }
  | { readonly is: 'quantity'; readonly value: Quantity; readonly end: number }
  | { readonly is: 'name'; readonly value: string; readonly end: number }
  | { readonly is: 'sign'; readonly value: string; readonly end: number }
  | { readonly is: 'unknown'; readonly end: number };

export const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/.exec(rest)?.[0];
    if (space === undefined) tokens.push(tokenAt(rest, at));
    at = space === undefined ? (tokens.at(-1)?.end ?? text.length) : at + space.length;
  }
  return tokens;
};

const tokenAt = (rest: string, at: number): Token => {
  if (/^[0-9.]/.test(rest)) return amountAt(numeral(rest), at);
  const name = /^\p{L}[\p{L}0-9_]*/u.exec(rest)?.[0];
  if (name !== undefined) return { is: 'name', value: name.toLowerCase(), end: at + name.length };
  const sign = /^[-+*/(),]/.exec(rest)?.[0];
  return sign === undefined ? { is: 'unknown', end: at + 1 } : { is: 'sign', value: sign, end: at + 1 };
};

/** Digits, one point, one exponent and one percent sign in any order; letters end it, except right behind an exponent. */
const numeral = (rest: string): string => {
  const used = new Set<string>();
  const once = (kind: string): boolean => !used.has(kind) && used.add(kind) !== undefined;
  let at = 0;
  for (let c = rest[at]; c !== undefined; c = rest[at]) {
    if (/[0-9]/.test(c) || (c === '.' && once('.')) || (c === '%' && once('%'))) at += 1;
    else if (/[eE]/.test(c) && once('e')) at += /[-+]/.test(rest[at + 1] ?? '') ? 2 : 1;
    else if (/[eE]$|[eE][-+]$/.test(rest.slice(0, at))) break;
    else return rest.slice(0, at) + (/^[a-zA-Z]+/.exec(rest.slice(at))?.[0] ?? '');
  }
  return rest.slice(0, at);
};

const amountAt = (text: string, at: number): Token => {
  const end = at + text.length;
  if (!/(?:[mkMGTP]|[KMGTP]i)$/.test(text) || /[a-zA-Z]{3,}$/.test(text))
    return { is: 'number', value: numberOf(text), from: at, end };
  const [, letters = ''] = /([a-zA-Z]*)$/.exec(text) ?? [];
  if (!units.has(letters)) return { is: 'number', value: numberOf(text), from: at, end };
  const value = parseQuantity(text);
  return value === undefined ? { is: 'unknown', end } : { is: 'quantity', value, end };
};

const units: ReadonlySet<string> = new Set(['m', 'k', 'M', 'G', 'T', 'P', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi']);

/** What is no number counts as 0, as it always has: `1e`, `100MB`. Sets are refused for it, pods are not. */
const numberOf = (text: string): number => readNumber(text) ?? 0;

const readNumber = (text: string): number | undefined => {
  const isShare = text.endsWith('%');
  const digits = isShare ? text.slice(0, -1) : text;
  if (!/^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(digits)) return undefined;
  const value = Number(digits);
  if (!Number.isFinite(value)) return undefined;
  return isShare ? value / 100 : value;
};

/** The first text of an expression that stands where a number does, and is none. */
export const misreadIn = (text: string): string | undefined =>
  tokensOf(text)
    .filter(token => token.is === 'number')
    .map(({ from, end }) => text.slice(from, end))
    .find(piece => readNumber(piece) === undefined);
