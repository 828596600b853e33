/** Metadata of an object, as in JSON: what is empty there is absent here. Managed fields are passed over. */

import type { ObjectMeta, OwnerReference } from '../contract.ts';
import type { Reader } from './reader.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface Metadata extends ObjectMeta {
  readonly deletionGracePeriodSeconds?: number;
}

/** Reads the message that the reader stands on, and of its annotations those whose keys begin with one of `kept`. */
export const readMetadata = (reader: Reader, kept: readonly string[]): Metadata => {
  const meta: Mutable<Metadata> = {};
  let labels: Record<string, string> | undefined;
  let annotations: Record<string, string> | undefined;
  let owners: OwnerReference[] | undefined;
  let finalizers: string[] | undefined;
  reader.enter();
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case 11:
        labels = readEntry(reader, labels);
        break;
      case 12:
        annotations = readKept(reader, annotations, kept);
        break;
      case 13:
        owners = [...(owners ?? []), readOwner(reader)];
        break;
      case 14:
        finalizers = [...(finalizers ?? []), reader.word()];
        break;
      default:
        readScalar(reader, field, meta);
    }
  }
  if (labels !== undefined) meta.labels = labels;
  if (annotations !== undefined) meta.annotations = annotations;
  if (owners !== undefined) meta.ownerReferences = owners;
  if (finalizers !== undefined) meta.finalizers = finalizers;
  return meta;
};

const readScalar = (reader: Reader, field: number, meta: Mutable<Metadata>): void => {
  switch (field) {
    case 1:
      setText(meta, 'name', reader.text());
      break;
    case 2:
      setText(meta, 'generateName', reader.word());
      break;
    case 3:
      setText(meta, 'namespace', reader.word());
      break;
    case 5:
      setText(meta, 'uid', reader.text());
      break;
    case 6:
      setText(meta, 'resourceVersion', reader.text());
      break;
    case 7:
      if (reader.integer() !== 0) meta.generation = reader.integer();
      break;
    case 8:
      meta.creationTimestamp = reader.time() ?? null;
      break;
    case 9:
      setText(meta, 'deletionTimestamp', reader.time() ?? '');
      break;
    case 10:
      meta.deletionGracePeriodSeconds = reader.integer();
  }
};

type Text = 'name' | 'generateName' | 'namespace' | 'uid' | 'resourceVersion' | 'deletionTimestamp';

const setText = (meta: Mutable<Metadata>, key: Text, text: string): void => {
  if (text !== '') meta[key] = text;
};

/** Entries of a map are messages of a key and a value. */
const readEntry = (reader: Reader, into: Record<string, string> = {}): Record<string, string> => {
  let key = '';
  let value = '';
  reader.enter();
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) key = reader.word();
    else if (field === 2) value = reader.word();
  }
  return withEntry(into, key, value);
};

/** Whatever the key, it becomes a property of the object itself. */
export const withEntry = (into: Record<string, string>, key: string, value: string): Record<string, string> => {
  if (key === '__proto__')
    Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
  else into[key] = value;
  return into;
};

const readKept = (
  reader: Reader,
  into: Record<string, string> = {},
  kept: readonly string[],
): Record<string, string> => {
  let key = '';
  let value = '';
  reader.enter();
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1 && kept.some(prefix => reader.begins(prefix))) key = reader.word();
    else if (field === 2 && key !== '') value = reader.text();
  }
  return key === '' ? into : withEntry(into, key, value);
};

const readOwner = (reader: Reader): OwnerReference => {
  const owner: Mutable<OwnerReference> = { apiVersion: '', kind: '', name: '', uid: '' };
  reader.enter();
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case 1:
        owner.kind = reader.word();
        break;
      case 3:
        owner.name = reader.word();
        break;
      case 4:
        owner.uid = reader.word();
        break;
      case 5:
        owner.apiVersion = reader.word();
        break;
      case 6:
        owner.controller = reader.flag();
        break;
      case 7:
        owner.blockOwnerDeletion = reader.flag();
    }
  }
  return owner;
};
