/** How a baseline is measured: so many patches in flight all the time, after a warm-up. */

import { say, startUsage } from '../usage.ts';
import type { WriterOptions } from './writer.ts';

export const inFlight = 32;

/** Says what the patches cost; the process ends when its parent lets go. */
export const measured = async (
  patch: (index: number) => Promise<void>,
  { warmUp, patches }: Pick<WriterOptions, 'warmUp' | 'patches'>,
): Promise<void> => {
  await run(patch, warmUp);
  const usage = startUsage();
  await run(patch, patches);
  say(usage());
  process.once('disconnect', () => process.exit());
};

const run = async (patch: (index: number) => Promise<void>, count: number): Promise<void> => {
  let next = 0;
  const loop = async (): Promise<void> => {
    while (next < count) await patch(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
};
