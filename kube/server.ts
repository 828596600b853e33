/** Serves webhooks over TLS, and pages over TLS and plain HTTP. */

import { once } from 'node:events';
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { type Clock, sleep } from './clock.ts';
import { type Millis, seconds, type Webhook } from './contract.ts';
import type { Check } from './health.ts';
import { limitCallers } from './server/callers.ts';
import { type ReviewsOptions, reviews } from './server/reviews.ts';

export interface Address {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** What the server shows to its callers, both as PEM. */
export interface Serving {
  readonly certificate: string;
  readonly key: string;
}

export interface WebhookServerOptions extends ReviewsOptions {
  readonly webhooks: readonly Webhook[];
  /** Answers every path that is no webhook's. */
  readonly pages: RequestListener;
  /** Of one address: 1000 if left out. */
  readonly mostConnections?: number;
}

export interface WebhookServer {
  readonly port: number;
  /** `certificate` until there is one, `accepting` until the end begins. */
  readonly checks: readonly Check[];
  /** Takes effect for connections made from now on; those that are open go on. Throws if the two do not belong together. */
  present(serving: Serving): void;
  /** Ends without a failed call. */
  drain(times: DrainTimes): Promise<void>;
}

/** From the moment the end is asked for, one after the other. */
export interface DrainTimes {
  /** Unready at once, calls are accepted for so long: until everybody knows. */
  readonly announce: Millis;
  /**
   * So long callers may keep connections on which they ask nothing; each answer ends its connection. Whoever closes an idle
   * one races with the next call on it, and only callers can do it without losing that.
   */
  readonly leave: Millis;
  /** What was begun by then may finish within this time. */
  readonly grace: Millis;
}

const limits: ServerOptions = {
  // The apiserver sends less than 1 KiB of them.
  maxHeaderSize: 16 * 1024,
  // The apiserver closes idle connections after 90 s: closing first would race with its next call.
  keepAliveTimeout: seconds(120),
  // These two run while a request arrives, not while a connection is idle.
  headersTimeout: seconds(10),
  requestTimeout: seconds(30),
  connectionsCheckingInterval: seconds(5),
  handshakeTimeout: seconds(10),
};

/** HTTP/1.1 only: offered h2, the apiserver would send everything through one connection. */
const tls: ServerOptions = { minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] };

/** Resolves when the port is bound; rejects when it cannot be. Calls fail until `present` was called. */
export const serveWebhooks = async (address: Address, options: WebhookServerOptions): Promise<WebhookServer> => {
  const byPath = new Map(options.webhooks.map(webhook => [webhook.path, webhook]));
  let presented = false;
  let draining = false;
  const handle = reviews(options, () => draining);
  const server = createServer({ ...limits, ...tls }, (request, response) => {
    const webhook = byPath.get(request.url?.split('?', 1)[0] ?? '');
    if (webhook === undefined) options.pages(request, response);
    else void handle(request, response, webhook);
  });
  limitCallers(server, options.mostConnections);
  const port = await listen(server, address);
  return {
    port,
    checks: [
      { name: 'certificate', problem: () => (presented ? undefined : 'none yet') },
      { name: 'accepting', problem: () => (draining ? 'shutting down' : undefined) },
    ],
    present: ({ certificate, key }) => {
      server.setSecureContext({ ...tls, cert: certificate, key });
      presented = true;
    },
    drain: async ({ announce, leave, grace }) => {
      draining = true;
      await sleep(options.clock, announce);
      await untilLeft(server, options.clock, leave);
      await close(server, options.clock, grace);
    },
  };
};

export interface PageServer {
  readonly port: number;
  close(): Promise<void>;
}

/** For probes and scrapers, which speak plain HTTP. */
export const servePages = async (
  address: Address,
  options: { pages: RequestListener; clock: Clock },
): Promise<PageServer> => {
  const server = createPlainServer({ ...limits, keepAliveTimeout: seconds(15) }, options.pages);
  const port = await listen(server, address);
  return { port, close: () => close(server, options.clock, seconds(1)) };
};

const listen = async (server: Server, { host, port }: Address): Promise<number> => {
  server.listen(port, host);
  await once(server, 'listening');
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : port;
};

const lookEvery: Millis = 100;

/** No connection is open, or the time is up. */
const untilLeft = async (server: Server, clock: Clock, within: Millis): Promise<void> => {
  const deadline = clock.monotonic() + within;
  while (clock.monotonic() < deadline && (await connectionsOf(server)) > 0) await sleep(clock, lookEvery);
};

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });

/** Stops accepting, closes what is idle, and after `grace` the rest. */
const close = async (server: Server, clock: Clock, grace: Millis): Promise<void> => {
  const closed = once(server, 'close');
  server.close();
  const cancel = clock.after(grace, () => server.closeAllConnections());
  await closed;
  cancel();
};
