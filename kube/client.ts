/** What the machine needs of a connection to an apiserver. `client/connect.ts` makes a real one, tests a scripted one. */

export interface Client {
  /**
   * One call and its whole answer, whatever its status.
   * @throws NotSent if nothing left this process, AnswerLost if the server may have acted
   */
  request(request: Request): Promise<Answer>;
  /** A call whose answer goes on: the promise resolves with the headers. Same errors, also thrown while reading. */
  stream(request: Request): Promise<Stream>;
  /** Ends all connections. */
  close(): Promise<void>;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Absolute and escaped, without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** Leases and events have connections of their own: load must not cost leadership, events must not delay writes. */
  readonly lane?: 'lease' | 'events';
  /** Asked immediately before the bytes leave; a false answer is NotSent. */
  readonly permitted?: () => boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface Stream {
  readonly status: number;
  readonly headers: Headers;
  readonly chunks: AsyncIterable<Buffer>;
}

/** Names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The request never reached the server: it can be sent again. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

/** The request was on its way when the connection failed: nobody knows whether the server acted on it. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}

/** Milliseconds that the server asks to be left alone; undefined if it does not say. */
export const retryAfterOf = (headers: Headers): number | undefined => {
  const seconds = Number(headers['retry-after']);
  return headers['retry-after'] !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
};
