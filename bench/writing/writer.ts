/** What a program that patches pods is given. */

export interface WriterOptions {
  readonly kubeconfig: string;
  /** Address and authority of the same server, for the program that has no kubeconfig. */
  readonly origin: string;
  readonly authority: string;
  readonly patches: number;
}

/** Pods of the stub have no state: any of these is there. */
export const podName = (index: number): string => `web-000000-7c9f8d6b5d-${String(index).padStart(6, '0')}`;
export const namespace = 'team-000000';
export const uid = (index: number): string => `5b0a6f52-1111-4000-8000-000000${String(index).padStart(6, '0')}`;
