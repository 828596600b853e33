/** What a Service is for its clients: connections go to ready replicas in turn, and a replica that ends is left out a moment late. */

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../cluster/cluster.ts';
import { type Replica, startReplica } from '../../cluster/installation.ts';
import { freePorts } from '../../cluster/ports.ts';
import { joined } from './joined.ts';

/** Until every node knows that a pod has ended. */
const propagation = 1000;

/** A pod's termination grace period. */
const patience = 120_000;

export interface Service extends AsyncDisposable {
  /** e.g. `https://127.0.0.1:20443` */
  readonly url: string;
  /** Starts a webhook and sends connections to it as soon as it is ready. */
  add(name: string): Promise<Replica>;
  /** As a pod is deleted: SIGTERM at once, and connections to it for a little longer. Resolves when the process is gone. */
  remove(replica: Replica): Promise<void>;
}

export const webhookService = async (cluster: Cluster): Promise<Service> => {
  const ports = new Map<Replica, number>();
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer(client => {
    turn += 1;
    const all = [...ports.values()];
    const port = all[turn % all.length];
    if (port === undefined) {
      client.resetAndDestroy();
      return;
    }
    joined(client, connect({ host: '127.0.0.1', port }), sockets);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: async name => {
      const [port = 0] = await freePorts(1);
      const flags = ['--webhook-address', `127.0.0.1:${port}`];
      const replica = await startReplica(cluster, 'webhook', { name, flags });
      ports.set(replica, port);
      return replica;
    },
    remove: async replica => {
      const gone = replica.stop(patience);
      await Promise.race([gone, sleep(propagation)]);
      ports.delete(replica);
      await gone;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
};
