/** For the tests of this folder: a server on loopback that trusts nobody's patience, and calls as the apiserver makes them. */

import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { Registry } from 'prom-client';
import { type Material, makeMaterial } from '../certificates.ts';
import { systemClock } from '../clock.ts';
import { allowed, type Reader, seconds, type Verdict, type Webhook } from '../contract.ts';
import { type Health, openHealth } from '../health.ts';
import type { Log } from '../log.ts';
import { type Serving, serveWebhooks, type WebhookServer, type WebhookServerOptions } from '../server.ts';
import { pages } from './pages.ts';
import type { Call } from './reviews.ts';

export const empty: Reader = {
  get: () => undefined,
  list: () => [],
  by: () => [],
  claimOn: () => undefined,
  refusalOn: () => undefined,
};

export const newMaterial = (): Promise<Material> =>
  makeMaterial({ names: ['127.0.0.1', 'localhost'], lifetime: seconds(3600) }, systemClock.now());

export const servingOf = (material: Material): Serving => ({
  certificate: material['tls.crt'],
  key: material['tls.key'],
});

/** Judges everything by one verdict. */
export const aWebhook = (verdict: Verdict = allowed): Webhook => ({
  path: '/mutate/pod',
  type: 'mutating',
  entries: [
    {
      name: 'pod.berth.io',
      operations: ['CREATE'],
      groups: [''],
      versions: ['v1'],
      resources: ['pods'],
      failurePolicy: 'Fail',
      timeoutSeconds: 3,
    },
  ],
  reads: [],
  decide: () => verdict,
});

export interface Started {
  readonly server: WebhookServer;
  readonly health: Health;
  readonly calls: readonly Call[];
  /** Messages of the log. */
  readonly logged: readonly string[];
  readonly material: Material;
}

export const startServer = async (
  over: Partial<WebhookServerOptions> & { webhook?: Webhook } = {},
): Promise<Started> => {
  const [material, health] = [await newMaterial(), openHealth()];
  const calls: Call[] = [];
  const logged: string[] = [];
  const note = (message: string): void => void logged.push(message);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const server = await serveWebhooks(
    { host: '127.0.0.1', port: 0 },
    {
      reader: empty,
      clock: systemClock,
      log,
      ready: () => true,
      answered: call => void calls.push(call),
      webhooks: [over.webhook ?? aWebhook()],
      pages: pages({ title: 'berth test', health, registry: new Registry() }),
      ...over,
    },
  );
  for (const check of server.checks) health.add(check);
  server.present(servingOf(material));
  return { server, health, calls, logged, material };
};

export const stop = (server: WebhookServer): Promise<void> => server.drain({ announce: 0, leave: 0, grace: 0 });

/** What the caller needs to know: where, and whom to trust. */
export interface Line {
  readonly port: number;
  readonly ca: string;
  readonly agent: Agent;
}

export const lineTo = ({ server, material }: Started): Line => ({
  port: server.port,
  ca: material['ca.crt'],
  agent: new Agent({ keepAlive: true }),
});

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Serial number of the certificate that the server showed on this connection. */
  readonly serial: string;
}

/** A call that is under way: its body goes on until `end`. */
export interface OpenCall {
  readonly reply: Promise<Reply>;
  write(chunk: string): void;
  end(chunk?: string): void;
}

export const open = (line: Line, path: string, options: RequestOptions = {}): OpenCall => {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const call = request({
    host: '127.0.0.1',
    ...line,
    path,
    method: 'POST',
    ...options,
    headers: { 'content-type': 'application/json', ...(options.headers as object) },
  });
  call.once('error', reject);
  call.once('response', response => {
    const { serialNumber: serial } = (response.socket as TLSSocket).getPeerCertificate();
    const { statusCode: status = 0, headers } = response;
    text(response).then(body => resolve({ status, headers, body, serial }), reject);
  });
  return { reply: promise, write: chunk => void call.write(chunk), end: chunk => void call.end(chunk) };
};

export const post = (line: Line, path: string, body: string, options: RequestOptions = {}): Promise<Reply> => {
  const headers = { 'content-length': Buffer.byteLength(body), ...(options.headers as object) };
  const call = open(line, path, { ...options, headers });
  call.end(body);
  return call.reply;
};

export const get = (line: Line, path: string): Promise<Reply> => {
  const call = open(line, path, { method: 'GET' });
  call.end();
  return call.reply;
};

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0' } };
export const review = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u-1',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    object: pod,
  },
});
