/**
 * JSON text byte for byte as a typed Go program writes it: fields in the order of their declaration, empty ones left
 * out where the type says so, unknown ones dropped. Hashes that are stored on pods are computed over such text.
 */

import { isObject } from '../../api/json.ts';

/** What a value is. `scalar` covers strings, numbers, booleans and int-or-string: JSON prints them alike. */
export type Shape =
  | { readonly is: 'scalar' }
  | { readonly is: 'quantity' }
  | { readonly is: 'list'; readonly of: Shape }
  | { readonly is: 'map'; readonly of: Shape }
  | { readonly is: 'struct'; readonly fields: readonly Field[] };

interface Field {
  readonly name: string;
  readonly shape: Shape;
  /**
   * always: printed even if absent, as the type's zero value · filled: left out when empty, zero or false ·
   * set: a pointer, printed whenever it was given · nullable: a pointer that is printed as null when absent.
   */
  readonly when: 'always' | 'filled' | 'set' | 'nullable';
  /** Printed by `always` when absent. */
  readonly zero: string;
}

export const scalar: Shape = { is: 'scalar' };
export const quantity: Shape = { is: 'quantity' };
export const list = (of: Shape): Shape => ({ is: 'list', of });
export const map = (of: Shape): Shape => ({ is: 'map', of });
export const struct = (...fields: readonly Field[]): Shape => ({ is: 'struct', fields });

export const always = (name: string, shape: Shape = scalar, zero = '""'): Field => ({
  name,
  shape,
  when: 'always',
  zero,
});
export const filled = (name: string, shape: Shape = scalar): Field => ({ name, shape, when: 'filled', zero: '' });
export const set = (name: string, shape: Shape = scalar): Field => ({ name, shape, when: 'set', zero: '' });
export const nullable = (name: string, shape: Shape = scalar): Field => ({
  name,
  shape,
  when: 'nullable',
  zero: 'null',
});

export type PrintQuantity = (text: string) => string;

/** The text of one value; `quantityText` prints a quantity in its canonical form. */
export const typedJson = (value: unknown, shape: Shape, quantityText: PrintQuantity): string => {
  switch (shape.is) {
    case 'scalar':
      return goJson(value ?? null);
    case 'quantity':
      return goJson(quantityText(String(value)));
    case 'list':
      return Array.isArray(value) ? `[${value.map(v => typedJson(v, shape.of, quantityText)).join()}]` : 'null';
    case 'map':
      return mapJson(value, shape.of, quantityText);
    case 'struct':
      return structJson(value, shape.fields, quantityText);
  }
};

const mapJson = (value: unknown, of: Shape, quantityText: PrintQuantity): string => {
  const entries = Object.entries(isObject(value) ? value : {}).sort(([a], [b]) => byBytes(a, b));
  return `{${entries.map(([key, v]) => `${goJson(key)}:${typedJson(v, of, quantityText)}`).join()}}`;
};

const structJson = (value: unknown, fields: readonly Field[], quantityText: PrintQuantity): string => {
  const object = isObject(value) ? value : {};
  const printed = fields.flatMap(({ name, shape, when, zero }) => {
    const given = Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined;
    if (given === undefined) return when === 'always' || when === 'nullable' ? [`"${name}":${zero}`] : [];
    if (when === 'filled' && isEmpty(given)) return [];
    return [`"${name}":${typedJson(given, shape, quantityText)}`];
  });
  return `{${printed.join()}}`;
};

/** Go sorts strings by their UTF-8 bytes: as JavaScript does, except that characters beyond U+FFFF come last. */
export const byBytes = (a: string, b: string): number => {
  if (a === b) return 0;
  if (hasSurrogate.test(a) || hasSurrogate.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
};

const hasSurrogate = /[\ud800-\udfff]/;

const isEmpty = (value: unknown): boolean =>
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

/** Compact JSON as Go prints it. */
export const goJson = (value: unknown): string => escapedForHtml(JSON.stringify(value));

/** What could end a script is escaped; inside JSON text these characters only occur in strings. */
export const escapedForHtml = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
