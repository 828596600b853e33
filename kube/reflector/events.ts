/** What lists and watches tell, in whatever encoding it came. */

import type { KubeObject } from '../contract.ts';

export type WatchEvent =
  | { readonly type: 'changed' | 'deleted'; readonly object: KubeObject }
  | { readonly type: 'bookmark'; readonly version: string; readonly endsInitialEvents: boolean }
  | { readonly type: 'error'; readonly code: number; readonly message: string; readonly retryAfterSeconds?: number };

export interface Page {
  readonly version: string;
  /** Empty on the last page. */
  readonly continue: string;
  readonly items: readonly KubeObject[];
}

/** Annotation of the bookmark that ends the initial events. */
export const initialEventsEnd = 'k8s.io/initial-events-end';
