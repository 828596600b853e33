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

/** Asks the watchdog to run a program; the answer is `started` or `exited` with the same name. */
export interface StartRequest {
  readonly start: Program;
}

export type Report =
  | { readonly is: 'ready' }
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'started'; readonly name: string; readonly pid: number }
  | { readonly is: 'exited'; readonly name: string; readonly how: string };
