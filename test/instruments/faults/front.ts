/** A door in front of a server, made of plain TCP: whole connections can be silenced, reset or refused here. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Front {
  readonly port: number;
  /** Sends a reset on the connection that the inner server knows by this remote port. */
  reset(innerPort: number): void;
  /** From now on no byte passes in either direction, on old connections and new ones; none is closed. */
  silence(): void;
  /** Bytes pass again on new connections; those that were silenced are reset. */
  speak(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly outer: Socket;
  readonly inner: Socket;
}

export const startFront = async (innerPort: number): Promise<Front> => {
  const door = new Door(innerPort);
  const server = createServer({ allowHalfOpen: true }, outer => door.welcome(outer));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    reset: port => door.reset(port),
    silence: () => door.silence(),
    speak: () => door.speak(),
    close: () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      door.clear();
      return closed;
    },
  };
};

class Door {
  readonly #innerPort: number;
  readonly #pairs = new Set<Pair>();
  readonly #mute = new Set<Socket>();
  #isSilent = false;

  constructor(innerPort: number) {
    this.#innerPort = innerPort;
  }

  welcome(outer: Socket): void {
    outer.on('error', () => outer.destroy());
    if (this.#isSilent) {
      this.#keepMute(outer);
      return;
    }
    const inner = connect(this.#innerPort, '127.0.0.1');
    const pair = { outer, inner };
    this.#pairs.add(pair);
    inner.on('error', () => outer.resetAndDestroy());
    inner.on('close', () => this.#mute.has(outer) || outer.end());
    outer.on('close', () => {
      this.#pairs.delete(pair);
      inner.destroy();
    });
    outer.pipe(inner);
    inner.pipe(outer);
  }

  reset(innerPort: number): void {
    for (const { outer, inner } of this.#pairs) if (inner.localPort === innerPort) outer.resetAndDestroy();
  }

  silence(): void {
    this.#isSilent = true;
    for (const { outer, inner } of this.#pairs) {
      outer.unpipe(inner);
      inner.unpipe(outer);
      this.#keepMute(outer);
      inner.pause();
    }
  }

  speak(): void {
    this.#isSilent = false;
    for (const socket of this.#mute) socket.resetAndDestroy();
    this.#mute.clear();
  }

  clear(): void {
    for (const { outer, inner } of this.#pairs) {
      outer.destroy();
      inner.destroy();
    }
    for (const socket of this.#mute) socket.destroy();
  }

  #keepMute(socket: Socket): void {
    socket.pause();
    this.#mute.add(socket);
    socket.on('close', () => this.#mute.delete(socket));
  }
}
