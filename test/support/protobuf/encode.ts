/** JSON objects to protobuf as an apiserver writes it: fields in order, those that Go keeps as plain values even if empty. */

/** How the value of a field is written. Plain texts, numbers and flags are always there, `optional` ones may be absent. */
export type Form =
  | { readonly is: 'text' | 'integer' | 'flag' | 'time' | 'quantity' }
  | { readonly is: 'message'; readonly fields: Fields }
  | { readonly is: 'optional' | 'list' | 'map'; readonly of: Form };

/** By name in JSON; an empty name puts the members of a message beside those of the message around it, as JSON does. */
export type Fields = readonly (readonly [name: string, number: number, form: Form])[];

export const text: Form = { is: 'text' };
export const integer: Form = { is: 'integer' };
export const flag: Form = { is: 'flag' };
export const time: Form = { is: 'time' };
export const quantity: Form = { is: 'quantity' };
export const message = (...fields: Fields): Form => ({ is: 'message', fields });
export const optional = (of: Form): Form => ({ is: 'optional', of });
export const list = (of: Form): Form => ({ is: 'list', of });
export const map = (of: Form): Form => ({ is: 'map', of });

const varint = (value: number | bigint): Buffer => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
};

const delimited = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);

const scalar = (number: number, value: number): Buffer => Buffer.concat([varint(number << 3), varint(value)]);

const nothing = Buffer.alloc(0);

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const own = (object: unknown, key: string): unknown => {
  const members = record(object);
  return Object.hasOwn(members, key) ? members[key] : undefined;
};

const field = (number: number, form: Form, value: unknown): Buffer => {
  switch (form.is) {
    case 'text':
      return delimited(number, Buffer.from(typeof value === 'string' ? value : ''));
    case 'integer':
      return scalar(number, Number(value ?? 0));
    case 'flag':
      return scalar(number, value === true ? 1 : 0);
    case 'time':
      return delimited(number, typeof value === 'string' ? timeOf(value) : nothing);
    case 'quantity':
      return delimited(number, delimited(1, Buffer.from(typeof value === 'string' ? value : '0')));
    case 'message':
      return delimited(number, encode(form.fields, value));
    case 'optional':
      return value === undefined || value === null ? nothing : field(number, form.of, value);
    case 'list':
      return Buffer.concat((Array.isArray(value) ? value : []).map(item => field(number, form.of, item)));
    case 'map':
      return Buffer.concat(
        Object.entries(record(value)).map(([key, each]) =>
          delimited(number, Buffer.concat([field(1, text, key), field(2, form.of, each)])),
        ),
      );
  }
};

const timeOf = (value: string): Buffer => Buffer.concat([scalar(1, Date.parse(value) / 1000), scalar(2, 0)]);

export const encode = (fields: Fields, value: unknown): Buffer =>
  Buffer.concat(fields.map(([name, number, form]) => field(number, form, name === '' ? value : own(value, name))));

// ── What an apiserver puts around objects ──

export const envelope = (apiVersion: string, kind: string, raw: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0', 'latin1'),
    delimited(1, Buffer.concat([field(1, text, apiVersion), field(2, text, kind)])),
    delimited(2, raw),
    field(3, text, ''),
    field(4, text, ''),
  ]);

/** One frame of a watch; `object` is an envelope. */
export const frame = (type: string, object: Buffer): Buffer => {
  const event = Buffer.concat([field(1, text, type), delimited(2, delimited(1, object))]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(event.length);
  return Buffer.concat([length, event]);
};
