/** In which encoding a reflector asks, and how it reads what it is answered: the answer says in which it came. */

import { Answers, accepted, acceptedStream, json } from '../answers.ts';
import type { Answer, Headers } from '../client.ts';
import type { Resource } from '../contract.ts';
import { isProtobuf } from '../protobuf/envelope.ts';
import { Frames } from '../protobuf/frames.ts';
import { type Compact, isCompact } from '../protobuf/object.ts';
import { Reader } from '../protobuf/reader.ts';
import type { Status } from '../wire.ts';
import { decodeEvent, decodePage, Lines } from './decode.ts';
import type { Page, WatchEvent } from './events.ts';
import { decodeFrame, decodeList } from './protobuf.ts';

/** @throws Malformed */
type EventsIn = (chunk: Buffer) => Iterable<WatchEvent>;

export class Encoding {
  readonly #resource: Resource;
  readonly #reader = new Reader();
  readonly #answers = new Answers(this.#reader);
  /** What cannot be read in protobuf may be readable in JSON: the next list and the next watch get past it. */
  #next: 'as usual' | 'in JSON' = 'as usual';

  constructor(resource: Resource) {
    this.#resource = resource;
  }

  get acceptList(): string {
    return this.#next === 'as usual' ? accepted(this.#resource) : json;
  }

  get acceptWatch(): string {
    return this.#next === 'as usual' ? acceptedStream(this.#resource) : json;
  }

  statusIn(answer: Answer): Status {
    return this.#answers.statusIn(answer);
  }

  /** @throws Malformed */
  pageIn({ headers, body }: Answer): Page {
    if (!isReadableIn(headers, this.#resource)) return decodePage(this.#resource, body);
    try {
      return decodeList(this.#resource, body, this.#reader);
    } catch (error) {
      this.#next = 'in JSON';
      throw error;
    }
  }

  /** Reads the chunks of one stream, in order. */
  eventsOf(headers: Headers): EventsIn {
    this.#next = 'as usual';
    return isReadableIn(headers, this.#resource) ? this.#framesOf(this.#resource) : linesOf();
  }

  #framesOf(resource: Compact): EventsIn {
    const frames = new Frames();
    return chunk => this.#eventsIn(frames.push(chunk), resource);
  }

  *#eventsIn(frames: Iterable<Buffer>, resource: Compact): Generator<WatchEvent, void, void> {
    try {
      for (const frame of frames) yield decodeFrame(resource, frame, this.#reader);
    } catch (error) {
      this.#next = 'in JSON';
      throw error;
    }
  }
}

const isReadableIn = (headers: Headers, resource: Resource): resource is Compact =>
  isProtobuf(headers) && isCompact(resource);

const linesOf = (): EventsIn => {
  const lines = new Lines();
  return function* (chunk) {
    for (const line of lines.push(chunk)) yield decodeEvent(line);
  };
};
