/** What is in an answer, in whichever of the encodings that we ask for it came. */

import type { Answer } from './client.ts';
import type { KubeObject, Resource } from './contract.ts';
import { Malformed } from './malformed.ts';
import { withoutManagedFields } from './managedFields.ts';
import { type Envelope, isProtobuf, protobuf, unwrap } from './protobuf/envelope.ts';
import { isCompact, readObject } from './protobuf/object.ts';
import { Reader } from './protobuf/reader.ts';
import { readStatus } from './protobuf/status.ts';
import { asObject, asStatus, parseJson, type Status } from './wire.ts';

export const json = 'application/json';

/** For the Accept header. Both always: a server may have no protobuf of a kind. */
export const accepted = (resource: Resource): string => (isCompact(resource) ? `${protobuf}, ${json}` : json);

/** As `accepted`, of a watch. */
export const acceptedStream = (resource: Resource): string =>
  isCompact(resource) ? `${protobuf};stream=watch, ${json};stream=watch, ${json}` : json;

export class Answers {
  readonly #reader: Reader;

  constructor(reader = new Reader()) {
    this.#reader = reader;
  }

  /** The object in the answer to a request about an object of this kind; undefined if there is none in it. */
  objectIn({ headers, body }: Answer, resource: Resource): KubeObject | undefined {
    if (!isProtobuf(headers)) return asObject(parseJson(withoutManagedFields(body.toString('utf8'), 2)));
    return this.#tried(() => {
      const { kind, raw } = unwrap(body, this.#reader);
      return isCompact(resource) && kind === resource.kind ? readObject(resource, raw, this.#reader) : undefined;
    });
  }

  /** What the server says in an answer that is no success. */
  statusIn({ status, headers, body }: Answer): Status {
    const text = body.toString('utf8');
    if (!isProtobuf(headers)) return asStatus(parseJson(text), status, text);
    return asStatus(
      this.#tried(() => this.#statusOf(unwrap(body, this.#reader))),
      status,
      'an answer that cannot be read',
    );
  }

  #statusOf({ kind, raw }: Envelope): unknown {
    return kind === 'Status' ? readStatus(raw, this.#reader) : undefined;
  }

  #tried<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (error instanceof Malformed) return undefined;
      throw error;
    }
  }
}
