/** What a cluster's owner and its watchdog say to each other. The end of the channel says: end everything. */

/** One process of a cluster: what to run, and where its output goes. */
export interface Program {
  /** Unique in the cluster, e.g. `kube-apiserver`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** File that both outputs are appended to. */
  readonly log: string;
}

/** Asks the watchdog to run a program; `started` or `exited` with the same id answers. */
export interface StartRequest {
  /** Unique for the owner: a restarted program has a new one. */
  readonly id: number;
  readonly start: Program;
}

export type Report =
  | { readonly is: 'ready' }
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'started'; readonly id: number; readonly pid: number }
  | { readonly is: 'exited'; readonly id: number; readonly how: string };
