/** Time. Nothing else in the machine asks the system what time it is or sets a timer, so tests can step it. */

import type { Instant, Millis } from './contract.ts';

export interface Clock {
  /** Wall-clock time: for what is written down. It may jump. */
  now(): Instant;
  /** Time since an arbitrary moment: for intervals and deadlines. It never jumps. */
  monotonic(): Millis;
  /** Runs once after `delay`; `0` runs after the input that is already waiting was handled. */
  after(delay: Millis, run: () => void): Cancel;
}

export type Cancel = () => void;

// A longer setTimeout overflows its 32 bits and fires at once.
const longestTimer = 2 ** 31 - 1;

const later = (delay: Millis, run: () => void): Cancel => {
  let timer = setTimeout(fire, Math.min(delay, longestTimer));
  let left = delay - longestTimer;
  function fire(): void {
    if (left <= 0) {
      run();
      return;
    }
    timer = setTimeout(fire, Math.min(left, longestTimer));
    left -= longestTimer;
  }
  return () => clearTimeout(timer);
};

const soon = (run: () => void): Cancel => {
  const immediate = setImmediate(run);
  return () => clearImmediate(immediate);
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delay, run) => (delay <= 0 ? soon(run) : later(delay, run)),
};

/** Resolves after `delay`, or rejects with the signal's reason. */
export const sleep = (clock: Clock, delay: Millis, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(delay, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });

/** MicroTime, as in leases and events. The apiserver refuses any other number of fraction digits than six. */
export const microTimeOf = (instant: Instant): string => new Date(instant).toISOString().replace('Z', '000Z');
