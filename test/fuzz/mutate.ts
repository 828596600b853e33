/** What can be wrong with a review: values of other types, missing and doubled members, names with a meaning, broken text. */

import type { Chance } from './chance.ts';

type Json = unknown;
type Members = { [key: string]: Json };

/** Where a value stands. */
interface Place {
  readonly parent: Members | Json[];
  readonly key: string | number;
}

const traps = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'length', ''];

const strings: readonly string[] = [
  ...traps,
  'x'.repeat(300),
  'a/b~1c',
  '../..',
  '$(A)',
  '[[(((',
  '101%',
  '-1%',
  '1e999',
  '9223372036854775807',
  '\ud800',
  'ü\u0000\u2028',
  '{"a":',
  'InPlaceIfPossible',
];

/** Fresh for each use: what is put into a review may be changed again. */
const values: readonly (() => Json)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => 2 ** 31,
  () => 9007199254740991,
  () => [],
  () => [null],
  () => ({}),
  () => ({ constructor: { prototype: { polluted: true } } }),
  () => deep(200),
];

const deep = (levels: number): Json => {
  let value: Json = 'x';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** A JSON text: a review with up to six things changed, and sometimes broken as text. */
export const mutated = (review: object, chance: Chance): string => {
  const copy = structuredClone(review);
  const changes = chance.below(7);
  for (let change = 0; change < changes; change += 1) changeSomething(copy, chance);
  const text = JSON.stringify(copy);
  return chance.below(20) === 0 ? broken(text, chance) : withRawNumbers(text, chance);
};

const changeSomething = (root: Json, chance: Chance): void => {
  const places = placesIn(root);
  if (places.length === 0) return;
  const { parent, key } = chance.oneOf(places);
  switch (chance.below(6)) {
    case 0:
      remove(parent, key);
      break;
    case 1:
      put(parent, key, chance.oneOf(strings));
      break;
    case 2:
      put(parent, key, chance.oneOf(values)());
      break;
    case 3:
      put(parent, key, structuredClone(valueAt(chance.oneOf(places))));
      break;
    case 4:
      double({ parent, key });
      break;
    default:
      rename({ parent, key }, chance.oneOf(traps));
  }
};

/** Every member of every object and list. */
const placesIn = (root: Json): readonly Place[] => {
  const places: Place[] = [];
  const walk = (value: Json): void => {
    if (Array.isArray(value)) {
      for (const [key, member] of value.entries()) {
        places.push({ parent: value, key });
        walk(member);
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        places.push({ parent: value as Members, key });
        walk(member);
      }
    }
  };
  walk(root);
  return places;
};

const valueAt = ({ parent, key }: Place): Json =>
  Array.isArray(parent) ? parent[Number(key)] : Object.getOwnPropertyDescriptor(parent, key)?.value;

/** Also for `__proto__`, as JSON.parse does it. */
const put = (parent: Members | Json[], key: string | number, value: Json): void => {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
};

const remove = (parent: Members | Json[], key: string | number): void => {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
};

const double = ({ parent, key }: Place): void => {
  const copy = structuredClone(valueAt({ parent, key }));
  if (Array.isArray(parent)) parent.push(copy);
  else put(parent, `${String(key)}2`, copy);
};

const rename = ({ parent, key }: Place, name: string): void => {
  const value = valueAt({ parent, key });
  if (Array.isArray(parent)) return;
  remove(parent, key);
  put(parent, name, value);
};

// ── As text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Numbers that no JavaScript value holds. */
const withRawNumbers = (text: string, chance: Chance): string =>
  chance.below(10) === 0 ? text.replace(/:\d+(?=[,}])/u, ':9223372036854775807') : text;

const broken = (text: string, chance: Chance): string => {
  const at = chance.below(text.length);
  switch (chance.below(4)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return `${text.slice(0, at)}${chance.oneOf(['"', '{', '}', '\u0000', ',', '\\'])}${text.slice(at)}`;
    case 2:
      return text.replace('"metadata":', '"metadata":{"name":"twin"},"metadata":');
    default:
      return `[${text}]`;
  }
};
