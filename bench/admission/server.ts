/** What a server of reviews is given, and what it can be asked. */

import { say, startUsage } from '../usage.ts';
import type { Crowd } from './objects.ts';

export interface ServerOptions extends Crowd {
  readonly certificate: string;
  readonly key: string;
}

/** Says the port; then, asked to measure, the usage since it was asked last. */
export const measured = (port: number): void => {
  let usage = startUsage();
  process.on('message', () => {
    say(usage());
    usage = startUsage();
  });
  process.once('disconnect', () => process.exit());
  say({ port });
};
