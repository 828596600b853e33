/** The envelope around every object that an apiserver sends in protobuf: four bytes, then a `runtime.Unknown`. */

import type { Headers } from '../client.ts';
import { Malformed } from '../malformed.ts';
import type { Reader } from './reader.ts';

export const protobuf = 'application/vnd.kubernetes.protobuf';

/** Errors of proxies, and kinds that have no protobuf, come in other types than was asked for. */
export const isProtobuf = (headers: Headers): boolean => String(headers['content-type'] ?? '').startsWith(protobuf);

const magic = Buffer.from('k8s\0', 'latin1');

export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  /** The message of that kind. */
  readonly raw: Buffer;
}

/** @throws Malformed */
export const unwrap = (bytes: Buffer, reader: Reader): Envelope => {
  if (!magic.equals(bytes.subarray(0, magic.length))) throw new Malformed('no protobuf of an apiserver');
  reader.open(bytes, magic.length);
  let type = { apiVersion: '', kind: '' };
  let raw: Buffer = Buffer.alloc(0);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) type = typeOf(reader);
    else if (field === 2) raw = reader.bytes();
    else if (field === 3 && reader.text() !== '') throw new Malformed('an object in an encoding of its own');
  }
  return { ...type, raw };
};

const typeOf = (reader: Reader): { apiVersion: string; kind: string } => {
  reader.enter();
  const type = { apiVersion: '', kind: '' };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) type.apiVersion = reader.word();
    else if (field === 2) type.kind = reader.word();
  }
  return type;
};
