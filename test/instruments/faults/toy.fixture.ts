/** A toy apiserver behind a fault proxy, and a client of ours in front of it. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../../kube/client/connect.ts';
import type { Client } from '../../../kube/client.ts';
import { systemClock } from '../../../kube/clock.ts';
import { writeKubeconfig } from '../../cluster/access.ts';
import { type Authority, createAuthority, type Identity } from '../../cluster/certificates/authority.ts';
import { frameOf, type WatchEvent } from './frames.ts';
import { type FaultProxy, startProxy } from './proxy.ts';
import { textOf, upstreamOf } from './upstream.ts';

export const podEvent = (type: WatchEvent['type'], name: string, version: number): WatchEvent => ({
  type,
  object: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name, uid: `uid-${name}`, resourceVersion: String(version) },
  },
});

/** It answers 200 to everything, and remembers what reached it. */
export class ToyServer {
  /** e.g. `POST /api/v1/namespaces/default/pods` */
  readonly reached: string[] = [];
  /** Common names of the certificates that requests came with. */
  readonly users = new Set<string>();
  readonly #watches = new Set<ServerResponse>();

  /** Sends an event on all open watches. */
  tell(event: WatchEvent): void {
    for (const watch of this.#watches) watch.write(frameOf(event));
  }

  get watches(): number {
    return this.#watches.size;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://toy');
    await textOf(request);
    this.reached.push(`${request.method} ${url.pathname}`);
    this.#note(request);
    if (url.searchParams.has('watch')) return this.#watch(response);
    const body = url.searchParams.has('resourceVersionMatch') ? listAsOf(url.searchParams.get('resourceVersion')) : {};
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #note({ socket }: IncomingMessage): void {
    const subject = 'getPeerCertificate' in socket ? (socket as TlsSocket).getPeerCertificate().subject : undefined;
    this.users.add(subject?.CN ?? '');
  }

  #watch(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    this.#watches.add(response);
    response.on('close', () => this.#watches.delete(response));
  }
}

interface TlsSocket {
  getPeerCertificate(): { readonly subject?: { readonly CN: string } };
}

const listAsOf = (resourceVersion: string | null): object => ({
  apiVersion: 'v1',
  kind: 'PodList',
  metadata: { resourceVersion },
  items: [{ metadata: { namespace: 'default', name: 'old', uid: 'uid-old', resourceVersion: '3' } }],
});

export interface Toy extends AsyncDisposable {
  readonly server: ToyServer;
  readonly proxy: FaultProxy;
  /** Connects to the proxy. */
  readonly client: Client;
}

export const startToy = async (): Promise<Toy> => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-faults-'));
  const authority = await createAuthority();
  const toy = new ToyServer();
  const server = serverFor(toy, authority, await authority.server());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const kubeconfig = async (name: string, address: string): Promise<string> => {
    const path = join(folder, name);
    const identity = await authority.client(name, []);
    writeKubeconfig(path, { server: address, authority: authority.certificate, identity });
    return path;
  };
  const upstream = await upstreamOf(await kubeconfig('upstream', `https://127.0.0.1:${port}`));
  const proxy = await startProxy({ upstream, identity: await authority.server() });
  const source = { kubeconfig: await kubeconfig('downstream', proxy.url) };
  const client = await connect({ source, role: 'test', clock: systemClock });
  return {
    server: toy,
    proxy,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await proxy[Symbol.asyncDispose]();
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true });
    },
  };
};

const serverFor = (toy: ToyServer, authority: Authority, { certificate, key }: Identity) =>
  createServer(
    { cert: certificate, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: true },
    (request, response) => void toy.serve(request, response),
  );
