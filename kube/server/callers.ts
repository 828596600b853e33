/** How many connections one address may hold: each costs memory before anybody knows who calls. */

import type { Server, Socket } from 'node:net';

/** An apiserver has as many as it has reviews under way, which its own limits keep to some hundreds. */
const mostOfOneAddress = 1000;

/** Ends what is above that as soon as it is there, without a handshake. */
export const limitCallers = (server: Server, most: number = mostOfOneAddress): void => {
  const held = new Map<string, number>();
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    const count = held.get(remoteAddress) ?? 0;
    if (count >= most) {
      socket.destroy();
      return;
    }
    held.set(remoteAddress, count + 1);
    socket.once('close', () => {
      const left = (held.get(remoteAddress) ?? 1) - 1;
      if (left > 0) held.set(remoteAddress, left);
      else held.delete(remoteAddress);
    });
  });
};
