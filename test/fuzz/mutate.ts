/** What can be wrong with a review: values of other types, missing and doubled members, names with a meaning, broken text. */

import type { Chance } from './chance.ts';
import { type Json, type Place, placesIn, put, remove, valueAt } from './places.ts';
import { largest, strings, traps, values } from './values.ts';

export interface Mutated {
  /** JSON, or what is left of it. */
  readonly body: string;
  /** Names of what was done to it; empty for a review that is as it should be. */
  readonly how: readonly string[];
}

/** A review with up to six things changed, and sometimes broken as text. */
export const mutated = (review: object, chance: Chance): Mutated => {
  const copy = structuredClone(review);
  const how: string[] = [];
  const count = chance.below(7);
  for (let i = 0; i < count; i += 1) how.push(changeSomething(copy, chance));
  const text = JSON.stringify(copy);
  const [name, make] = chance.oneOf(texts);
  const body = make(text, chance);
  return body === text ? { body, how } : { body, how: [...how, name] };
};

const changeSomething = (root: Json, chance: Chance): string => {
  const places = placesIn(root);
  const [name, change] = chance.oneOf(changes);
  if (places.length > 0) change(chance.oneOf(places), chance, places);
  return name;
};

type Change = (place: Place, chance: Chance, all: readonly Place[]) => void;

/** Those that happen more often stand here more than once. */
const changes: readonly (readonly [name: string, change: Change])[] = [
  ['a member left out', ({ parent, key }) => remove(parent, key)],
  [
    'an odd text',
    ({ parent, key }, chance) => put(parent, key, chance.below(500) === 0 ? largest : chance.oneOf(strings)),
  ],
  ['a value of another type', ({ parent, key }, chance) => put(parent, key, chance.oneOf(values)())],
  [
    'a value of another place',
    ({ parent, key }, chance, all) => put(parent, key, structuredClone(valueAt(chance.oneOf(all)))),
  ],
  ['a member twice', place => double(place, 1)],
  ['a name with a meaning', (place, chance) => rename(place, chance.oneOf(traps))],
  ['250 of one kind', (place, chance) => double(place, chance.below(50) === 0 ? 250 : 3)],
];

/** Characters. More would be refused unread, and could become more than a text can hold. */
const mostAdded = 4_000_000;

/** Items of a list get names of their own, so that the list stays one that an apiserver takes. */
const double = ({ parent, key }: Place, wanted: number): void => {
  const value = valueAt({ parent, key });
  const times = Math.min(wanted, Math.ceil(mostAdded / `${JSON.stringify(value)}`.length));
  for (let i = 0; i < times; i += 1) {
    const copy: Json = structuredClone(value);
    if (!Array.isArray(parent)) put(parent, `${String(key)}${i + 2}`, copy);
    else parent.push(times === 1 ? copy : withName(copy, `n${parent.length}`));
  }
};

const withName = (item: Json, name: string): Json =>
  typeof item === 'object' && item !== null && 'name' in item ? { ...item, name } : item;

const rename = ({ parent, key }: Place, name: string): void => {
  const value = valueAt({ parent, key });
  if (Array.isArray(parent)) return;
  remove(parent, key);
  put(parent, name, value);
};

// ── As text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type TextChange = (text: string, chance: Chance) => string;

const asItIs: TextChange = text => text;

/** Anywhere in the text. */
const at = (text: string, pattern: RegExp, chance: Chance, change: (found: string) => string): string => {
  const found = [...text.matchAll(pattern)];
  const [match] = found.length === 0 ? [] : [chance.oneOf(found)];
  return match === undefined
    ? text
    : `${text.slice(0, match.index)}${change(match[0])}${text.slice(match.index + match[0].length)}`;
};

const numbers = ['9223372036854775807', '-9223372036854775808', '18446744073709551616', '1e400', '-0', '0.1', '1E2'];

const texts: readonly (readonly [name: string, change: TextChange])[] = [
  ...Array.from({ length: 14 }, () => ['', asItIs] as const),
  [
    'a number that no JavaScript value holds',
    (text, chance) => at(text, /(?<=:)\d+(?=[,}])/gu, chance, () => chance.oneOf(numbers)),
  ],
  [
    'one key twice in the text',
    (text, chance) =>
      at(text, /"[a-zA-Z]+":/gu, chance, key => `${key}${chance.oneOf(['null', '{"name":"twin"}', '[]', '1'])},${key}`),
  ],
  ['a thousand levels', (text, chance) => at(text, /null|true|false/gu, chance, v => nested(v, 1000))],
  ['text that ends early', (text, chance) => text.slice(0, chance.below(text.length))],
  [
    'a sign too many',
    (text, chance) => {
      const place = chance.below(text.length);
      return `${text.slice(0, place)}${chance.oneOf(['"', '{', '}', '\u0000', ',', '\\', '\ud800'])}${text.slice(place)}`;
    },
  ],
  ['a list of reviews', text => `[${text}]`],
];

const nested = (value: string, levels: number): string => `${'['.repeat(levels)}${value}${']'.repeat(levels)}`;
