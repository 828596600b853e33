/**
 * Free ports on the loopback interface, below the range from which systems take ports for outgoing connections: a
 * process that was killed finds its port still free when it is restarted.
 */
import { createServer, type Server } from 'node:net';

const lowest = 20_000;
const count = 10_000;

const listen = (port: number): Promise<Server | undefined> =>
  new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve(server));
  });

const close = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()));

/** As many different ports as asked for; all are held until the last is found. */
export const freePorts = async (wanted: number): Promise<readonly number[]> => {
  const held = new Map<number, Server>();
  for (let tries = 0; held.size < wanted; tries++) {
    if (tries > 1000) throw new Error(`no ${wanted} free ports between ${lowest} and ${lowest + count}`);
    const port = lowest + Math.floor(Math.random() * count);
    const server = held.has(port) ? undefined : await listen(port);
    if (server !== undefined) held.set(port, server);
  }
  await Promise.all([...held.values()].map(close));
  return [...held.keys()];
};
