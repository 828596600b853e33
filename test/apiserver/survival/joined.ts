/** Two sockets made one way: what comes from one goes to the other, and neither outlives the other. */

import type { Socket } from 'node:net';

/** `open` holds both for as long as they are open. */
export const joined = (a: Socket, b: Socket, open: Set<Socket> = new Set()): void => {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    open.add(from);
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      open.delete(from);
      to.destroy();
    });
  }
};
