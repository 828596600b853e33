/** Events and pages out of protobuf. */

import { Malformed } from '../malformed.ts';
import { unwrap } from '../protobuf/envelope.ts';
import { type Compact, metadataIn, readObject } from '../protobuf/object.ts';
import type { Reader } from '../protobuf/reader.ts';
import { readStatus } from '../protobuf/status.ts';
import { asStatus } from '../wire.ts';
import { initialEventsEnd, type Page, type WatchEvent } from './events.ts';

/** @throws Malformed */
export const decodeFrame = (resource: Compact, frame: Buffer, reader: Reader): WatchEvent => {
  const { type, object } = eventIn(frame, reader);
  const { kind, raw } = unwrap(object, reader);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return { type: 'changed', object: readObject(resource, raw, reader) };
    case 'DELETED':
      return { type: 'deleted', object: readObject(resource, raw, reader) };
    case 'BOOKMARK':
      return bookmarkIn(raw, reader);
    case 'ERROR': {
      const { code, message, retryAfterSeconds } = asStatus(statusIn(kind, raw, reader), 500, 'an error event');
      return { type: 'error', code, message, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
    }
    default:
      throw new Malformed(`an event of type '${type}'`);
  }
};

const statusIn = (kind: string, raw: Buffer, reader: Reader): unknown =>
  kind === 'Status' ? readStatus(raw, reader) : undefined;

/** The object is a message of one field, which holds an envelope. */
const eventIn = (frame: Buffer, reader: Reader): { type: string; object: Buffer } => {
  let type = '';
  let object: Buffer = Buffer.alloc(0);
  reader.open(frame);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) type = reader.word();
    else if (field === 2) {
      reader.enter();
      for (let inner = reader.next(); inner !== 0; inner = reader.next()) if (inner === 1) object = reader.bytes();
    }
  }
  return { type, object };
};

const bookmarkIn = (raw: Buffer, reader: Reader): WatchEvent => {
  const { resourceVersion: version = '', annotations = {} } = metadataIn(raw, reader, [initialEventsEnd]);
  if (version === '') throw new Malformed('a bookmark without a version');
  return { type: 'bookmark', version, endsInitialEvents: annotations[initialEventsEnd] === 'true' };
};

/** @throws Malformed */
export const decodeList = (resource: Compact, body: Buffer, reader: Reader): Page => {
  const { raw } = unwrap(body, reader);
  let head = { version: '', continue: '' };
  const items: Buffer[] = [];
  reader.open(raw);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) head = listHead(reader);
    else if (field === 2) items.push(reader.bytes());
  }
  if (head.version === '') throw new Malformed('not a list');
  return { ...head, items: items.map(item => readObject(resource, item, reader)) };
};

const listHead = (reader: Reader): { version: string; continue: string } => {
  const head = { version: '', continue: '' };
  reader.enter();
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) head.version = reader.text();
    else if (field === 3) head.continue = reader.text();
  }
  return head;
};
