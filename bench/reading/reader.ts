/** What a program that reads pods is given, and what it says. */

import type { Usage } from '../usage.ts';

export interface ReaderOptions {
  readonly kubeconfig: string;
}

/** What a reader may be asked for. */
export type ReaderOrder =
  /** Say `listening`, then the usage from the first to the last of so many events. */
  | { readonly do: 'follow'; readonly count: number }
  /** Say what is in memory after a collection; needs `--expose-gc`. */
  | { readonly do: 'weigh' };

export interface Weight {
  readonly heapMb: number;
  readonly rssMb: number;
  readonly pods: number;
}

export interface Synced extends Usage {
  readonly pods: number;
}
