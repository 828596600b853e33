/**
 * Stands between one process of ours and the apiserver, speaks HTTP/1.1 over TLS to both, and passes everything on
 * but for what rules say: requests and watch events that fail, wait, are lost, repeated, or end the process.
 */

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Identity } from '../../cluster/certificates/authority.ts';
import { Exchange, type House, type OpenWatch, type Witness } from './exchange.ts';
import { type Front, startFront } from './front.ts';
import { type Armed, type EventRule, type RequestRule, Rules } from './rules.ts';
import { type Asked, askedBy } from './traffic.ts';
import { textOf, type Upstream } from './upstream.ts';

export interface ProxyOptions {
  /** Made from the kubeconfig of the user whose process connects. */
  readonly upstream: Upstream;
  /** For 127.0.0.1, of an authority that the process trusts. */
  readonly identity: Identity;
}

export interface FaultProxy extends AsyncDisposable {
  /** e.g. `https://127.0.0.1:40123` */
  readonly url: string;
  onRequest(rule: RequestRule): Armed;
  onEvent(rule: EventRule): Armed;
  /** Returns the function that ends it. */
  observe(witness: Witness): () => void;
  /** Ends open watches with a 410; returns how many. */
  expire(which: (watch: Asked) => boolean): number;
  /** Resets the connections of open watches; returns how many. */
  cut(which: (watch: Asked) => boolean): number;
  /** Whoever lists or begins to watch until the promise resolves sees the world as it was at this revision. */
  showPast(revision: string, until: Promise<unknown>): void;
  /** No byte passes any more, and no connection is closed. */
  silence(): void;
  /** Ends the silence; connections that were silenced are reset. */
  speak(): void;
  /** Takes all rules away. */
  calm(): void;
}

export const startProxy = async ({ upstream, identity }: ProxyOptions): Promise<FaultProxy> => {
  const witnesses = new Set<Witness>();
  const tell = (telling: (witness: Witness) => void): void => {
    for (const witness of witnesses) telling(witness);
  };
  const house = houseOf(upstream, tell, request => front.reset(request.socket.remotePort ?? 0));
  const server = serverOf(house, identity);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const front: Front = await startFront((server.address() as AddressInfo).port);
  return {
    url: `https://127.0.0.1:${front.port}`,
    onRequest: rule => house.requests.add(rule),
    onEvent: rule => house.events.add(rule),
    observe: witness => {
      witnesses.add(witness);
      return () => witnesses.delete(witness);
    },
    expire: which => forEach(house.watches, which, watch => watch.expire()),
    cut: which => forEach(house.watches, which, watch => watch.reset()),
    showPast: (revision, until) => {
      const past = { revision, until };
      house.past = past;
      void until.then(() => {
        if (house.past === past) house.past = undefined;
      });
    },
    silence: () => front.silence(),
    speak: () => front.speak(),
    calm: () => {
      house.requests.clear();
      house.events.clear();
      house.past = undefined;
    },
    [Symbol.asyncDispose]: async () => {
      await front.close();
      await closed(server);
      upstream.close();
    },
  };
};

const houseOf = (
  upstream: Upstream,
  tell: (telling: (witness: Witness) => void) => void,
  resetConnection: House['resetConnection'],
): House => ({
  upstream,
  requests: new Rules(),
  events: new Rules(),
  watches: new Set(),
  past: undefined,
  resetConnection,
  witness: {
    asked: asked => tell(witness => witness.asked?.(asked)),
    answered: (asked, answer) => tell(witness => witness.answered?.(asked, answer)),
    happened: (event, watch) => tell(witness => witness.happened?.(event, watch)),
  },
});

/** Idle connections are closed by the client, as with an apiserver, whose limit is longer than any client's. */
const serverOf = (house: House, { certificate, key }: Identity): Server =>
  createServer(
    { cert: certificate, key, keepAliveTimeout: 120_000, requestTimeout: 0 },
    (request, response) => void serve(house, request, response),
  );

const serve = async (house: House, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await textOf(request).catch(() => undefined);
  if (body !== undefined) await new Exchange(house, askedBy(request, body), request, response).run();
};

const closed = (server: Server): Promise<void> => {
  const all = new Promise<void>(resolve => server.close(() => resolve()));
  server.closeAllConnections();
  return all;
};

const forEach = (
  watches: ReadonlySet<OpenWatch>,
  which: (watch: Asked) => boolean,
  act: (watch: OpenWatch) => void,
): number => {
  const chosen = [...watches].filter(({ asked }) => which(asked));
  for (const watch of chosen) act(watch);
  return chosen.length;
};
