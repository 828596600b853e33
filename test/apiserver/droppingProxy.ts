/** A TCP proxy in front of an apiserver that loses answers: the request passes, and its connection dies. */

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface DroppingProxy extends AsyncDisposable {
  readonly port: number;
  /** The next request on a connection that is open already will not be answered. */
  dropNextAnswer(): void;
}

export const droppingProxy = async (target: {
  readonly host: string;
  readonly port: number;
}): Promise<DroppingProxy> => {
  const sockets = new Set<Socket>();
  let armed = false;
  const server = createServer(client => {
    const upstream = connect(target);
    let established = false;
    let doomed = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', bytes => {
      if (armed && established) {
        armed = false;
        doomed = true;
      }
      upstream.write(bytes);
    });
    upstream.on('data', bytes => {
      established = true;
      if (doomed) client.destroy();
      else client.write(bytes);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    dropNextAnswer: () => {
      armed = true;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
};
