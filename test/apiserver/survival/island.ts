/** A network of its own for one process, whose only way to the apiserver can be cut as a cable is: nobody is told. */

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { joined } from './joined.ts';

export interface Island extends AsyncDisposable {
  /** The command of a program on the island, which reaches the apiserver at this port of 127.0.0.1. */
  readonly command: (program: readonly string[], port: number) => readonly [string, ...string[]];
}

/** Linux lets users make networks of their own, if nobody has forbidden it. */
export const canHaveIslands = (): boolean =>
  spawnSync('unshare', ['--map-root-user', '--net', 'ip', 'link', 'set', 'lo', 'up']).status === 0;

/** Files are shared between networks, and so are sockets that are files: through this one everything passes. */
export const islandWithPathTo = async (server: string, socketFile: string): Promise<Island> => {
  const { hostname: host, port } = new URL(server);
  const sockets = new Set<Socket>();
  const shore = createServer(inner => {
    sockets.add(inner);
    // The ferry keeps one connection for itself, on which it says nothing.
    inner.once('data', first => {
      inner.pause().unshift(first);
      joined(inner, connect({ host, port: Number(port) }), sockets);
    });
  });
  await new Promise<void>(resolve => shore.listen(socketFile, resolve));
  const ferry = join(import.meta.dirname, 'ferry.ts');
  const script = 'ip link set lo up && { "$0" "$1" "$2" "$3" & shift 3; exec "$@"; }';
  return {
    command: (program, at) => [
      ...(['unshare', '--map-root-user', '--net', 'sh', '-c', script] as const),
      ...[process.execPath, ferry, socketFile, String(at), ...program],
    ],
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => shore.close(resolve));
    },
  };
};

/** Cuts the network of the island on which this process lives, or mends it. */
export const setNetworkOf = (pid: number, to: 'down' | 'up'): void => {
  const inside = ['--target', String(pid), '--user', '--net', '--preserve-credentials'];
  execFileSync('nsenter', [...inside, 'ip', 'link', 'set', 'lo', to]);
};

/** Open connections to this port in the network of a process, by their addresses in the kernel's table. */
export const connectionsTo = (port: number, pid: number | 'self' = 'self'): ReadonlyMap<string, string> => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').matchAll(
    new RegExp(`^ *\\d+: (\\w+:\\w+ 0100007F:${hex}) 01 .*$`, 'gmu'),
  );
  return new Map([...lines].map(([line, addresses = '']) => [addresses, line]));
};
