/** Reads a request's body within a number of bytes and a deadline. */

import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Millis } from '../contract.ts';

export type Body =
  | { readonly is: 'whole'; readonly bytes: Buffer }
  | { readonly is: 'too large' }
  /** The deadline came first. */
  | { readonly is: 'late' }
  /** The caller went away. */
  | { readonly is: 'cut off' };

export interface Bounds {
  readonly most: number;
  /** On the clock's monotonic scale. */
  readonly until: Millis;
  readonly clock: Clock;
}

export const readBody = (request: IncomingMessage, { most, until, clock }: Bounds): Promise<Body> => {
  if (Number(request.headers['content-length'] ?? 0) > most) return Promise.resolve({ is: 'too large' });
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (body: Body): void => {
      cancel();
      request.removeAllListeners('data');
      resolve(body);
    };
    const cancel = clock.after(until - clock.monotonic(), () => finish({ is: 'late' }));
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > most) finish({ is: 'too large' });
    });
    request.once('end', () => finish({ is: 'whole', bytes: joined(chunks) }));
    request.once('close', () => finish({ is: 'cut off' }));
    request.once('error', () => finish({ is: 'cut off' }));
  });
};

/** Most reviews arrive in one chunk, which then needs no copy. */
const joined = (chunks: readonly Buffer[]): Buffer => {
  const [only = Buffer.alloc(0), ...rest] = chunks;
  return rest.length === 0 ? only : Buffer.concat(chunks);
};
