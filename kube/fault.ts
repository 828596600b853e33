/** Errors that nobody expected: what may be told of them, and how a process ends by one. */

import type { Log } from './log.ts';

/** Where a thrown error came from, without its message: that may quote an object, and with it a secret. */
export const originOf = (error: unknown): string => {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  const frames = (error.stack ?? '').split('\n').filter(line => /^ {4}at /.test(line));
  return [error.name, ...frames.slice(0, 5).map(line => line.trim())].join(' ');
};

/**
 * An exception that nobody caught, or a rejection that nobody awaited, ends the process with code 1: what it believes may
 * be wrong, and whoever supervises it starts it afresh. Without this, the runtime would write the message to standard error.
 */
export const endByFault = (log: Log): void => {
  process.once('uncaughtException', (error, origin) => {
    log.error('a bug ends the process', { origin, error: originOf(error) });
    // What is on its way is written by the log's own exit hook.
    process.exit(1);
  });
};
