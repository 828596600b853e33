/** Objects as the apiserver hands them out, and what a kind's normaliser makes of them. */

import type { Problem } from './problem.ts';

/** A custom object of either version. Nothing below `spec` and `status` has been looked at. */
export interface StoredObject {
  readonly apiVersion: string;
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: unknown;
  readonly status?: unknown;
}

/**
 * The one meaning of an object, whichever version it was written in and whoever stored it.
 * A spec that cannot be read is `undefined`, and `problems` says why; a status that cannot be read counts as empty.
 */
export interface Normalised<Spec, Status> {
  readonly spec: Spec | undefined;
  readonly status: Status;
  readonly problems: readonly Problem[];
}
