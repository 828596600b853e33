/** What a program that patches pods is given. */

export interface WriterOptions {
  readonly kubeconfig: string;
  /** The same server for the program that reads no kubeconfig. */
  readonly origin: string;
  readonly authority: string;
  readonly identity?: { readonly certificate: string; readonly key: string };
  /** Patched one after the other, and again. */
  readonly pods: readonly PodName[];
  readonly warmUp: number;
  readonly patches: number;
}

export interface PodName {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export const label = { path: '/metadata/labels/bench', value: (index: number): string => `v${index}` };
