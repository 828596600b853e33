/** Watches of pods and nodes in protobuf: a length of four bytes, then the event. */

import type { KubeObject, Resource } from '../../../kube/contract.ts';
import { unwrap } from '../../../kube/protobuf/envelope.ts';
import { Frames } from '../../../kube/protobuf/frames.ts';
import { type Compact, isCompact, metadataIn, readObject } from '../../../kube/protobuf/object.ts';
import { Reader } from '../../../kube/protobuf/reader.ts';
import { Nodes, Pods } from '../../../workloads/resources.ts';
import { encode, envelope, frame } from '../../support/protobuf/encode.ts';
import { statusFields } from '../../support/protobuf/kinds.ts';
import { type EventType, type Frame, type Framing, gone, type WatchEvent } from './frames.ts';

const ours: readonly Resource[] = [Pods, Nodes];
const readable: readonly Compact[] = ours.filter(isCompact);

/** @throws Error if nothing of ours reads that resource in protobuf */
export const inProtobuf = (plural: string): Framing => {
  const resource = readable.find(compact => compact.plural === plural);
  if (resource === undefined) throw new Error(`watches of ${plural} are not read in protobuf`);
  const [frames, reader] = [new Frames(), new Reader()];
  return {
    push: chunk => [...frames.push(chunk)].map(bytes => frameIn(bytes, resource, reader)),
    expired: frame('ERROR', envelope(gone.apiVersion, gone.kind, encode(statusFields, gone))),
  };
};

const frameIn = (bytes: Buffer, resource: Compact, reader: Reader): Frame => {
  const { type, object } = eventIn(bytes, reader);
  return { bytes: framed(bytes), event: { type, object: objectIn(type, object, { resource, reader }) } };
};

/** The object is a message of one field, which holds an envelope. */
const eventIn = (bytes: Buffer, reader: Reader): { readonly type: EventType; readonly object: Buffer } => {
  let [type, object] = ['', Buffer.alloc(0)];
  reader.open(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) type = reader.word();
    else if (field === 2) {
      reader.enter();
      for (let inner = reader.next(); inner !== 0; inner = reader.next())
        if (inner === 1) object = Buffer.from(reader.bytes());
    }
  }
  return { type: type as EventType, object };
};

const objectIn = (
  type: EventType,
  bytes: Buffer,
  { resource, reader }: { readonly resource: Compact; readonly reader: Reader },
): WatchEvent['object'] => {
  const { kind, raw } = unwrap(bytes, reader);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return readObject(resource, raw, reader);
    case 'BOOKMARK':
      return { apiVersion: 'v1', kind, metadata: metadataIn(raw, reader, []) };
    case 'ERROR':
      return { apiVersion: 'v1', kind: 'Status', metadata: {} } satisfies KubeObject;
  }
};

const framed = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
