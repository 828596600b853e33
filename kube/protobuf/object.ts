/** From the protobuf of an object to what its resource reads of it, in the shape of JSON. */

import type { KubeObject, Protobuf, Resource } from '../contract.ts';
import { Malformed } from '../malformed.ts';
import { asObject } from '../wire.ts';
import { type Metadata, readMetadata } from './metadata.ts';
import type { Reader } from './reader.ts';

/** A resource whose objects are read from protobuf. */
export type Compact = Resource & { readonly protobuf: Protobuf };

export const isCompact = (resource: Resource): resource is Compact => resource.protobuf !== undefined;

/** @throws Malformed, also for an object without name, uid or version */
export const readObject = (resource: Compact, raw: Buffer, reader: Reader): KubeObject => {
  const { group, version, kind, protobuf } = resource;
  const metadata = metadataIn(raw, reader, protobuf.annotations);
  const object = asObject({
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
    metadata,
    ...protobuf.read(reader.open(raw), metadata),
  });
  if (object === undefined) throw new Malformed('an event without an object');
  return object;
};

/** Metadata is the first field of every object, and tells how much of the others is wanted. */
export const metadataIn = (raw: Buffer, reader: Reader, annotations: readonly string[]): Metadata => {
  reader.open(raw);
  for (let field = reader.next(); field !== 0; field = reader.next())
    if (field === 1) return readMetadata(reader, annotations);
  return {};
};
