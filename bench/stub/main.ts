/**
 * An apiserver that has nothing but pods, and makes them up while it sends them. It streams the first state in protobuf,
 * lists in JSON, sends as many events as it is told to, and answers patches.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Bytes, bookmarkBytes, type Encoding, eventBytes, objects } from './template.ts';

export interface StubOptions {
  readonly certificate: string;
  readonly key: string;
  readonly pods: number;
}

/** What the stub may be told. */
export type StubOrder = {
  readonly do: 'send events';
  readonly count: number;
  /** As fast as they are taken if left out. */
  readonly perSecond?: number;
  /** One in so many events replaces a pod by a new one. */
  readonly replaceOneIn?: number;
};

const { certificate, key, pods } = JSON.parse(process.argv[2] ?? '{}') as StubOptions;
const chunkSize = 128 * 1024;
const firstVersion = 10_000_000;
let version = firstVersion + pods;
const watches = new Map<ServerResponse, Encoding>();

const encodingOf = (request: IncomingMessage): Encoding =>
  request.headers.accept?.includes('protobuf') === true ? 'protobuf' : 'json';

const contentType = { protobuf: 'application/vnd.kubernetes.protobuf', json: 'application/json' } as const;

/** Joins small pieces, and waits when the reader is slower. */
class Outlet {
  readonly #response: ServerResponse;
  #chunk = Buffer.allocUnsafe(chunkSize);
  #filled = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  async add(bytes: Buffer): Promise<void> {
    if (this.#filled + bytes.length > chunkSize) await this.flush();
    bytes.copy(this.#chunk, this.#filled);
    this.#filled += bytes.length;
  }

  async flush(): Promise<void> {
    const chunk = this.#chunk.subarray(0, this.#filled);
    this.#chunk = Buffer.allocUnsafe(chunkSize);
    this.#filled = 0;
    if (!this.#response.write(chunk) && !this.#response.destroyed) await movedOn(this.#response);
  }
}

/** Resolves when there is room again, or nobody who reads. */
const movedOn = (response: ServerResponse): Promise<void> =>
  new Promise(resolve => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });

const watch = async (request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> => {
  const encoding = encodingOf(request);
  response.writeHead(200, { 'content-type': `${contentType[encoding]};stream=watch` });
  response.flushHeaders();
  if (query.get('sendInitialEvents') === 'true') {
    const outlet = new Outlet(response);
    const added = eventBytes(encoding, 'ADDED');
    for (let pod = 0; pod < pods; pod++) await outlet.add(added({ pod, version: firstVersion + pod }));
    await outlet.add(bookmarkBytes(version));
    await outlet.flush();
  }
  watches.set(response, encoding);
  response.once('close', () => watches.delete(response));
};

/** The official client lists everything at once, in JSON. */
const list = async (response: ServerResponse): Promise<void> => {
  response.writeHead(200, { 'content-type': contentType.json });
  const outlet = new Outlet(response);
  await outlet.add(
    Buffer.from(`{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"${version}"},"items":[`),
  );
  for (let pod = 0; pod < pods; pod++) {
    if (pod > 0) await outlet.add(Buffer.from(','));
    await outlet.add(objects.json({ pod, version: firstVersion + pod }));
  }
  await outlet.add(Buffer.from(']}'));
  await outlet.flush();
  response.end();
};

const patch = (request: IncomingMessage, response: ServerResponse, path: string): void => {
  request.resume().once('end', () => {
    const encoding = encodingOf(request);
    const pod = Number(path.slice(path.lastIndexOf('-') + 1));
    version += 1;
    const body = objects[encoding]({ pod, version });
    response.writeHead(200, { 'content-type': contentType[encoding], 'content-length': body.length });
    response.end(Buffer.from(body));
  });
};

const server = createServer({ cert: certificate, key, keepAliveTimeout: 120_000 }, (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://stub');
  if (request.method === 'PATCH') patch(request, response, pathname);
  else if (searchParams.get('watch') === null) void list(response);
  else void watch(request, response, searchParams);
});

const sendEvents = async ({ count, perSecond, replaceOneIn = 0 }: StubOrder): Promise<void> => {
  for (const [response, encoding] of watches) {
    const outlet = new Outlet(response);
    const script = new Script(encoding, replaceOneIn);
    const began = performance.now();
    for (let sent = 0; sent < count && !response.destroyed; sent++) {
      const wait = perSecond === undefined ? 0 : began + (sent / perSecond) * 1000 - performance.now();
      // Each when it is due, as far as timers allow: what happens in a cluster does not come in heaps.
      if (wait > 0) await outlet.flush().then(() => new Promise(resolve => setTimeout(resolve, wait)));
      await outlet.add(script.next());
    }
    await outlet.flush();
  }
};

/** What happens in the cluster: pods change, and now and then one is replaced. */
class Script {
  readonly #modified: Bytes;
  readonly #added: Bytes;
  readonly #deleted: Bytes;
  readonly #replaceOneIn: number;
  /** Pods from here up to `#newest` exist. */
  #oldest = 0;
  #newest = pods;
  #sent = 0;

  constructor(encoding: Encoding, replaceOneIn: number) {
    this.#modified = eventBytes(encoding, 'MODIFIED');
    this.#added = eventBytes(encoding, 'ADDED');
    this.#deleted = eventBytes(encoding, 'DELETED');
    this.#replaceOneIn = replaceOneIn;
  }

  next(): Buffer {
    this.#sent += 1;
    version += 1;
    const turn = this.#replaceOneIn === 0 ? -1 : this.#sent % this.#replaceOneIn;
    if (turn === 0) return this.#deleted({ pod: this.#oldest++, version });
    if (turn === 1) return this.#added({ pod: this.#newest++, version });
    const pod = this.#oldest + ((this.#sent * 7919) % (this.#newest - this.#oldest));
    return this.#modified({ pod, version });
  }
}

process.on('message', (order: StubOrder) => void sendEvents(order));
process.once('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
