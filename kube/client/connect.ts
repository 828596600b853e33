/** The connection to a real apiserver: client-node reads the configuration, undici moves the bytes. */

import { isDeepStrictEqual } from 'node:util';
import { type Dispatcher, Pool } from 'undici';
import { type Answer, type AnswerLost, type Client, NotSent, type Request, type Stream } from '../client.ts';
import type { Clock } from '../clock.ts';
import { type Credentials, credentialsFrom, type Source } from './credentials.ts';
import { exchange, wholeAnswer } from './exchange.ts';
import { Inflow } from './inflow.ts';

export interface Connection {
  readonly source: Source;
  /** Names the process in the server's audit log, e.g. `controller`. */
  readonly role: string;
  readonly clock: Clock;
}

/**
 * Connects lazily: an apiserver that is away shows at the first request.
 * @throws Error if the configuration cannot be read
 */
export const connect = async ({ source, role, clock }: Connection): Promise<Client> => {
  const read = credentialsFrom(source);
  return new ApiserverClient(read, await read('again'), { userAgent: `berth/${role}`, clock });
};

const refreshAfter = 60_000;
/** Milliseconds. The server answers or refuses within its own 60 s limit; what takes half of it is in trouble. */
export const answerWithin = 30_000;
// 64 writes, 16 looks and a page of each resource: whoever may send does not wait again for a connection.
const mostCalls = 96;

interface Pools {
  readonly calls: Pool;
  readonly watches: Pool;
  readonly lease: Pool;
  readonly events: Pool;
}

const open = ({ server, tls }: Credentials): Pools => {
  const pool = (connections: number | null, bodyTimeout: number): Pool =>
    new Pool(server.origin, {
      connections,
      pipelining: 1,
      // HTTP/1.1: no head-of-line blocking between writes, no GOAWAY, one connection a watch.
      allowH2: false,
      keepAliveTimeout: 60_000,
      headersTimeout: bodyTimeout,
      bodyTimeout,
      connect: { ...tls, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 },
    });
  // A watch is silent for as long as nothing happens; the reflector has its own watchdog.
  return {
    calls: pool(mostCalls, answerWithin),
    watches: pool(null, 0),
    lease: pool(1, 10_000),
    events: pool(1, answerWithin),
  };
};

class ApiserverClient implements Client {
  readonly #read: (how: 'again' | 'afresh') => Promise<Credentials>;
  readonly #userAgent: string;
  readonly #clock: Clock;
  #credentials: Credentials;
  #pools: Pools;
  #readAt: number;
  #reading: Promise<void> | undefined;
  /** The last call did not leave: the server may have moved, or have certificates of another authority. */
  #isCutOff = false;

  constructor(
    read: (how: 'again' | 'afresh') => Promise<Credentials>,
    first: Credentials,
    { userAgent, clock }: { userAgent: string; clock: Clock },
  ) {
    this.#read = read;
    this.#credentials = first;
    this.#userAgent = userAgent;
    this.#clock = clock;
    this.#pools = open(first);
    this.#readAt = clock.monotonic();
  }

  async request(request: Request): Promise<Answer> {
    await this.#refreshIfOld();
    const send = (): Promise<Answer> =>
      this.#noting(wholeAnswer(this.#pools[request.lane ?? 'calls'], this.#options(request), request));
    const answer = await send();
    if (answer.status !== 401) return answer;
    await this.#refresh('afresh');
    return send();
  }

  async stream(request: Request): Promise<Stream> {
    await this.#refreshIfOld();
    const stream = await this.#noting(this.#stream(request));
    if (stream.status === 401) await this.#refresh('afresh');
    return stream;
  }

  async close(): Promise<void> {
    await destroy(this.#pools);
  }

  async #noting<T>(call: Promise<T>): Promise<T> {
    try {
      const answer = await call;
      this.#isCutOff = false;
      return answer;
    } catch (error) {
      this.#isCutOff = error instanceof NotSent;
      throw error;
    }
  }

  #stream(request: Request): Promise<Stream> {
    return new Promise((resolve, reject) => {
      let inflow: Inflow | undefined;
      const failed = (error: NotSent | AnswerLost): void => (inflow === undefined ? reject(error) : inflow.end(error));
      exchange(this.#pools.watches, this.#options(request), request, {
        opened: (status, headers, controller) => {
          inflow = new Inflow(controller, () => controller.abort(new Error('the reader has left')));
          resolve({ status, headers, chunks: inflow });
        },
        data: chunk => inflow?.push(chunk),
        ended: () => inflow?.end(),
        failed,
      });
    });
  }

  #options({ method, path, query, contentType, accept, body }: Request): Dispatcher.DispatchOptions {
    const base = this.#credentials.server.pathname.replace(/\/$/, '');
    const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
    return {
      method,
      path: `${base}${path}${search}`,
      // Otherwise undici gives up the connection after every DELETE that has a body, as all with preconditions do.
      reset: false,
      headers: {
        accept: accept ?? 'application/json',
        // Compressing costs the server more than the bytes cost inside a cluster.
        'accept-encoding': 'identity',
        'user-agent': this.#userAgent,
        ...this.#credentials.headers,
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body }),
    };
  }

  async #refreshIfOld(): Promise<void> {
    if (this.#clock.monotonic() - this.#readAt <= refreshAfter) return;
    this.#readAt = this.#clock.monotonic();
    // A file that is just being replaced is no reason to stop: what we have is good until the server says 401.
    await this.#refresh(this.#isCutOff ? 'afresh' : 'again').catch(() => undefined);
  }

  /** Many requests may find the credentials old at once: they share one reading. */
  #refresh(how: 'again' | 'afresh'): Promise<void> {
    this.#reading ??= this.#renew(how).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #renew(how: 'again' | 'afresh'): Promise<void> {
    const next = await this.#read(how).catch((cause: unknown) => {
      throw new NotSent('the credentials cannot be read', { cause });
    });
    this.#readAt = this.#clock.monotonic();
    const { server, tls } = this.#credentials;
    this.#credentials = next;
    if (next.server.href === server.href && isDeepStrictEqual(next.tls, tls)) return;
    const old = this.#pools;
    this.#pools = open(next);
    // Requests in flight end on the old connections; watches are ended there by their own time limit.
    void Promise.all(Object.values(old).map(pool => pool.close()));
  }
}

const destroy = async (pools: Pools): Promise<void> => {
  await Promise.all(Object.values(pools).map((pool: Pool) => pool.destroy()));
};
