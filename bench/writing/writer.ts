/** What a program that patches pods is given. */

import type { Op } from '../../kube/contract.ts';

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
  /** A label if left out, with a new value each time. */
  readonly change?: { readonly path: string; readonly value: string };
}

export const podAt = (pods: readonly PodName[], index: number): PodName =>
  pods[index % pods.length] ?? { namespace: '', name: '', uid: '' };

export const changeOf = ({ change }: PodName, index: number): Op => ({
  op: 'add',
  path: change?.path ?? '/metadata/labels/bench',
  value: change?.value ?? `v${index}`,
});

/** With the guard that ours has. */
export const opsFor = (pod: PodName, index: number): readonly Op[] => [
  { op: 'test', path: '/metadata/uid', value: pod.uid },
  changeOf(pod, index),
];
