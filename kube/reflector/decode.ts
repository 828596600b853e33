/** Events and pages out of JSON. */

import type { KubeObject, Resource } from '../contract.ts';
import { Malformed } from '../malformed.ts';
import { withoutManagedFields } from '../managedFields.ts';
import { asObject, asStatus, isRecord } from '../wire.ts';
import { initialEventsEnd, type Page, type WatchEvent } from './events.ts';

/** Cuts chunks into the lines of a JSON watch. */
export class Lines {
  #rest: readonly Buffer[] = [];

  *push(chunk: Buffer): Generator<string, void, void> {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      const line =
        this.#rest.length === 0
          ? chunk.toString('utf8', from, end)
          : Buffer.concat([...this.#rest, chunk.subarray(from, end)]).toString('utf8');
      this.#rest = [];
      from = end + 1;
      if (line !== '') yield line;
    }
    if (from < chunk.length) this.#rest = [...this.#rest, chunk.subarray(from)];
  }
}

const parse = (text: string): Readonly<Record<string, unknown>> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Malformed('not JSON', { cause });
  }
  if (!isRecord(value)) throw new Malformed('not a JSON object');
  return value;
};

const metadataOf = (value: unknown): Readonly<Record<string, unknown>> =>
  isRecord(value) && isRecord(value['metadata']) ? value['metadata'] : {};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** @throws Malformed */
export const decodeEvent = (line: string): WatchEvent => {
  const { type, object } = parse(withoutManagedFields(line, 3));
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return { type: 'changed', object: objectOf(object) };
    case 'DELETED':
      return { type: 'deleted', object: objectOf(object) };
    case 'BOOKMARK':
      return bookmarkOf(metadataOf(object));
    case 'ERROR': {
      const { code, message, retryAfterSeconds } = asStatus(object, 500, 'an error event');
      return { type: 'error', code, message, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
    }
    default:
      throw new Malformed(`an event of type '${String(type)}'`);
  }
};

const bookmarkOf = (metadata: Readonly<Record<string, unknown>>): WatchEvent => {
  const version = textOf(metadata['resourceVersion']);
  if (version === '') throw new Malformed('a bookmark without a version');
  const annotations = isRecord(metadata['annotations']) ? metadata['annotations'] : {};
  return { type: 'bookmark', version, endsInitialEvents: annotations[initialEventsEnd] === 'true' };
};

const objectOf = (value: unknown): KubeObject => {
  const object = asObject(value);
  if (object === undefined) throw new Malformed('an event without an object');
  return object;
};

/** @throws Malformed */
export const decodePage = (resource: Resource, body: Buffer): Page => {
  const list = parse(withoutManagedFields(body.toString('utf8'), 4));
  const metadata = metadataOf(list);
  const version = textOf(metadata['resourceVersion']);
  if (!Array.isArray(list['items']) || version === '') throw new Malformed('not a list');
  // Items of built-in lists do not repeat what the list says.
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  const items = list['items'].map(item =>
    objectOf(isRecord(item) ? { apiVersion, kind: resource.kind, ...item } : item),
  );
  return { version, continue: textOf(metadata['continue']), items };
};
