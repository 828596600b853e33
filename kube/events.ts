/** Events for users, in events.k8s.io/v1. Best effort, and always behind everything else. */

import type { Target } from './contract.ts';

export interface Recorder {
  /** Never blocks, never throws; a repeated event is counted. */
  record(event: Happening): void;
}

export interface Happening {
  readonly about: Target;
  readonly type: 'Normal' | 'Warning';
  /** At most 128 characters. */
  readonly reason: string;
  /** What was done about it, in one word. */
  readonly action: string;
  /** Cut off at 1024 bytes. */
  readonly note: string;
}

/** For those who tell nobody. */
export const untold: Recorder = { record: () => {} };
