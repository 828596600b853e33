/**
 * Describes a field once: one value is the structural OpenAPI schema that a CRD publishes, the TypeScript type,
 * the defaults and the decoder. A schema that is not structural cannot be written with these functions.
 */

import { isObject } from './json.ts';
import { entryOf, fine, invalid, type Parsed, type Problem, problemsOf, required, under, wrong } from './problem.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Published = { readonly [keyword: string]: Json };
type JsonObject = { readonly [key: string]: unknown };

/** A CEL rule, checked by the apiserver. `at` is the member that a refusal names, e.g. `.rollingUpdate`. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  readonly at?: string;
  readonly reason?: 'FieldValueForbidden' | 'FieldValueRequired';
}

export interface Schema<T> {
  readonly published: Published;
  /** Never throws; problems carry paths that begin with `path`. */
  readonly parse: (value: unknown, path: string) => Parsed<T>;
  /** Adds the sentence that `kubectl explain` shows. */
  about(description: string): Schema<T>;
  rule(rule: Rule): Schema<T>;
  /** Reads the value further than its JSON type does; what is published stays the same. */
  as<U>(next: (value: T, path: string) => Parsed<U>): Schema<U>;
}

const schema = <T>(published: Published, parse: Schema<T>['parse']): Schema<T> => ({
  published,
  parse,
  about: description => schema({ ...published, description }, parse),
  rule: rule => schema({ ...published, ...withRule(published, rule) }, parse),
  as: next =>
    schema(published, (value, path) => {
      const first = parse(value, path);
      return first.is === 'wrong' ? first : next(first.value, path);
    }),
});

const withRule = (published: Published, { rule, message, at, reason }: Rule): Published => {
  const earlier = published['x-kubernetes-validations'];
  const added = { rule, message, ...(at && { fieldPath: at }), ...(reason && { reason }) };
  return { 'x-kubernetes-validations': [...(Array.isArray(earlier) ? earlier : []), added] };
};

// ── Leaves ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const leaf = <T>(published: Published, is: (value: unknown) => value is T, wanted: string): Schema<T> =>
  schema(published, (value, path) => (is(value) ? fine(value) : wrong(invalid(path, `must be ${wanted}`))));

const isString = (value: unknown): value is string => typeof value === 'string';

export const string = (): Schema<string> => leaf({ type: 'string' }, isString, 'a string');

/** Letters, digits and dashes, as many as a label value may have: names that become part of other names. */
export const word = (): Schema<string> =>
  leaf(
    { type: 'string', maxLength: 63, pattern: '^[a-zA-Z0-9-]+$' },
    (v): v is string => isString(v) && /^[a-zA-Z0-9-]{1,63}$/.test(v),
    'at most 63 letters, digits and dashes',
  );

/** A time as text, e.g. `2026-01-31T12:00:00Z`. */
export const time = (): Schema<string> => leaf({ type: 'string', format: 'date-time' }, isString, 'a time');

export const bool = (): Schema<boolean> => leaf({ type: 'boolean' }, v => typeof v === 'boolean', 'true or false');

/** A string out of a closed list. */
export const oneOf = <const V extends readonly string[]>(...values: V): Schema<V[number]> =>
  schema<V[number]>({ type: 'string', enum: values }, (value, path) =>
    isString(value) && values.includes(value)
      ? fine(value)
      : wrong({ field: path, message: `must be one of ${values.join(', ')}`, reason: 'FieldValueNotSupported' }),
  );

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

const integer = (format: 'int32' | 'int64', { min, max }: Bounds, widest: Required<Bounds>): Schema<number> => {
  const published = {
    type: 'integer',
    format,
    ...(min !== undefined && { minimum: min }),
    ...(max !== undefined && { maximum: max }),
  };
  const [from, to] = [min ?? widest.min, max ?? widest.max];
  const is = (v: unknown): v is number => typeof v === 'number' && Number.isInteger(v) && v >= from && v <= to;
  return leaf(published, is, `an integer from ${from} to ${to}`);
};

export const int32 = (bounds: Bounds = {}): Schema<number> =>
  integer('int32', bounds, { min: -(2 ** 31), max: 2 ** 31 - 1 });

/** Values beyond 2^53 are read as the nearest number that JavaScript can hold. */
export const int64 = (bounds: Bounds = {}): Schema<number> =>
  integer('int64', bounds, { min: -(2 ** 63), max: 2 ** 63 });

export const intOrString = (): Schema<number | string> =>
  leaf(
    { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
    (v): v is number | string => isString(v) || Number.isInteger(v),
    'an integer or a string',
  );

/**
 * Content that belongs to Kubernetes: published as any object, with every unknown field kept.
 * `shape` says what its readers rely on; that much is checked when a stored object is decoded, not by the apiserver.
 * Members that are `null` are left out of the value: the apiserver keeps them here, and they mean "absent".
 */
export const opaque = <T>(shape: Schema<unknown>): Schema<T> =>
  schema<T>({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, (value, path) => {
    const problems = [...problemsOf(shape.parse(value, path)), ...uncarriedIn(value, path)];
    return problems.length === 0 ? fine(withoutNulls(value) as T) : wrong(...readable(problems));
  });

/** Nothing that a pod can hold is nested deeper, and readers may follow every level. */
const deepest = 100;

/** An integer beyond 2^53 was rounded when it was read: a pod made from it would not be what somebody wrote. */
const uncarriedIn = (value: unknown, path: string, depth = 0): readonly Problem[] => {
  if (depth > deepest) return [invalid(path, `is nested deeper than ${deepest} levels`)];
  if (Array.isArray(value)) return value.flatMap((item: unknown, i) => uncarriedIn(item, `${path}[${i}]`, depth + 1));
  if (isObject(value))
    return Object.entries(value).flatMap(([name, member]) => uncarriedIn(member, under(path, name), depth + 1));
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded ? [invalid(path, 'holds an integer beyond 2^53, which cannot be carried without rounding it')] : [];
};

const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const present = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(present.map(([name, member]) => [name, withoutNulls(member)]));
};

// ── Containers ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** As many as somebody reads: a list may hold more mistakes than a call can have arguments. */
const readable = (problems: readonly Problem[]): readonly Problem[] => problems.slice(0, 100);

const gather = <T>(parts: readonly Parsed<T>[]): Parsed<readonly T[]> => {
  const problems = parts.flatMap(problemsOf);
  return problems.length > 0
    ? wrong(...readable(problems))
    : fine(parts.flatMap(p => (p.is === 'fine' ? [p.value] : [])));
};

export const array = <T>(items: Schema<T>): Schema<readonly T[]> =>
  schema({ type: 'array', items: items.published }, (value, path) =>
    Array.isArray(value)
      ? gather(value.map((item: unknown, i) => items.parse(item, entryOf(path, i))))
      : wrong(invalid(path, 'must be a list')),
  );

/** String keys, chosen by the user: any key is an entry, `__proto__` too. */
export const map = <T>(values: Schema<T>): Schema<Readonly<Record<string, T>>> =>
  schema({ type: 'object', additionalProperties: values.published }, (value, path) => {
    if (!isObject(value)) return wrong(invalid(path, 'must be an object'));
    const keys = Object.keys(value);
    const all = gather(keys.map(key => values.parse(value[key], entryOf(path, key))));
    if (all.is === 'wrong') return all;
    return fine(Object.fromEntries(all.value.map((v, i): [string, T] => [keys[i] ?? '', v])));
  });

// ── Objects and the presence of their members ───────────────────────────────────────────────────────────────────────

interface Optional<T> {
  readonly presence: 'optional';
  readonly schema: Schema<T>;
}

interface Replaced<T> {
  readonly presence: 'defaulted' | 'assumed';
  readonly schema: Schema<T>;
  readonly absent: Json;
}

type Field = Schema<unknown> | Optional<unknown> | Replaced<unknown>;
export type Fields = { readonly [name: string]: Field };

/** Absent stays absent; `null` counts as absent, as it does for the apiserver. */
export const optional = <T>(inner: Schema<T>): Optional<T> => ({ presence: 'optional', schema: inner });

/** Optional for the user, always present in the type: the apiserver writes the default into the object. */
export const defaulted = <T>(inner: Schema<T>, value: Json): Replaced<T> => {
  const { published, parse } = emptyIsAbsent(inner, value);
  return { presence: 'defaulted', schema: schema({ ...published, default: value }, parse), absent: value };
};

/** Like `defaulted`, but nothing is written into the object: only its readers see the value. */
export const assumed = <T>(inner: Schema<T>, value: Json): Replaced<T> => ({
  presence: 'assumed',
  schema: emptyIsAbsent(inner, value),
  absent: value,
});

/** An empty string counts as absent, because Go clients write it for a string that was never set. */
const emptyIsAbsent = <T>({ published, parse }: Schema<T>, value: Json): Schema<T> => {
  if (published['type'] !== 'string') return schema(published, parse);
  const values = published['enum'];
  return schema(Array.isArray(values) ? { ...published, enum: ['', ...values] } : published, (given, path) =>
    parse(given === '' ? value : given, path),
  );
};

type Valued<F> = F extends { parse(value: unknown, path: string): Parsed<infer T> }
  ? T
  : F extends { readonly schema: Schema<infer T> }
    ? T
    : never;
type OptionalKey<F extends Fields> = { [K in keyof F]: F[K] extends Optional<unknown> ? K : never }[keyof F];
type Flat<T> = { readonly [K in keyof T]: T[K] };
type ObjectOf<F extends Fields> = Flat<
  { readonly [K in Exclude<keyof F, OptionalKey<F>>]: Valued<F[K]> } & {
    readonly [K in OptionalKey<F>]?: Valued<F[K]>;
  }
>;
/** The TypeScript type that a schema stands for, after defaults. */
export type TypeOf<S extends Schema<unknown>> = Valued<S>;

/** Members that are not named are pruned by the apiserver and left out of the value. */
export const object = <const F extends Fields>(fields: F): Schema<ObjectOf<F>> =>
  schema({ type: 'object', ...membersOf(fields) }, (value, path) =>
    isObject(value) ? parseMembers(fields, value, path) : wrong(invalid(path, 'must be an object')),
  );

/** Applied by server-side apply as a whole: two owners cannot each bring half of it. */
export const atomic = <T>(inner: Schema<T>): Schema<T> =>
  schema({ ...inner.published, 'x-kubernetes-map-type': 'atomic' }, inner.parse);

/** Opaque content with members of ours in it: both are kept, ours are checked and defaulted. */
export const extended = <T, const F extends Fields>(base: Schema<T>, fields: F): Schema<T & ObjectOf<F>> =>
  schema({ ...base.published, ...membersOf(fields) }, (value, path) => {
    const rest = base.parse(value, path);
    const ours = isObject(value) ? parseMembers(fields, value, path) : wrong();
    return rest.is === 'fine' && ours.is === 'fine'
      ? fine({ ...rest.value, ...ours.value })
      : wrong(...problemsOf(rest), ...problemsOf(ours));
  });

const membersOf = (fields: Fields): Published => {
  const entries = Object.entries(fields);
  const names = entries.filter(([, field]) => !('presence' in field)).map(([name]) => name);
  return {
    ...(names.length > 0 && { required: names }),
    ...(entries.length > 0 && {
      properties: Object.fromEntries(
        entries.map(([name, field]) => [name, ('presence' in field ? field.schema : field).published]),
      ),
    }),
  };
};

const parseMembers = <F extends Fields>(fields: F, value: JsonObject, path: string): Parsed<ObjectOf<F>> => {
  const problems: Problem[] = [];
  const members: [string, unknown][] = [];
  for (const [name, field] of Object.entries(fields)) {
    const member = parseMember(field, Object.hasOwn(value, name) ? value[name] : undefined, under(path, name));
    if (member === undefined) continue;
    if (member.is === 'fine') members.push([name, member.value]);
    else problems.push(...member.problems);
  }
  return problems.length > 0 ? wrong(...problems) : fine(Object.fromEntries(members) as ObjectOf<F>);
};

const parseMember = (field: Field, value: unknown, path: string): Parsed<unknown> | undefined => {
  const absent = value === undefined || value === null;
  if (!('presence' in field)) return absent ? wrong(required(path, 'must be given')) : field.parse(value, path);
  switch (field.presence) {
    case 'optional':
      return absent ? undefined : field.schema.parse(value, path);
    case 'defaulted':
    case 'assumed':
      return field.schema.parse(absent ? field.absent : value, path);
  }
};

// ── Reading a whole value ───────────────────────────────────────────────────────────────────────────────────────────

/** The value with its defaults, or what is wrong with it; `path` is where it stands in its object. */
export const decode = <T>(
  wanted: Schema<T>,
  value: unknown,
  path = '',
): { readonly value: T | undefined; readonly problems: readonly Problem[] } => {
  const parsed = wanted.parse(value, path);
  return parsed.is === 'fine' ? { value: parsed.value, problems: [] } : { value: undefined, problems: parsed.problems };
};
