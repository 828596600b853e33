/** Stands between a process and an apiserver and passes bytes on, until it is told to swallow them. */

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { ApiServer } from '../../cluster/controlPlane.ts';
import { joined } from './joined.ts';

export interface Relay extends AsyncDisposable {
  /** The apiserver as it is reached through this relay. */
  readonly apiServer: ApiServer;
  /** Connections that are open now stay open, and nothing passes through them any more. New ones are served. */
  swallow(): void;
  /** How many connections were opened so far. */
  readonly opened: number;
}

export const relayTo = async (apiServer: ApiServer): Promise<Relay> => {
  const { hostname: host, port } = new URL(apiServer.server);
  const sockets = new Set<Socket>();
  let opened = 0;
  const server = createServer(inner => {
    opened += 1;
    joined(inner, connect({ host, port: Number(port) }), sockets);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    apiServer: { ...apiServer, name: 'relay', server: `https://127.0.0.1:${own}` },
    swallow: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    get opened() {
      return opened;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
};
