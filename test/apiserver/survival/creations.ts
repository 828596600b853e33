/** Pods created at a steady rate, whatever becomes of them, and how that went. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../../kube/client.ts';
import { collectionPath } from '../../../kube/paths.ts';
import type { Figure } from '../../instruments/survival/figure.ts';

export interface Creations {
  readonly created: number;
  /** Of those that were created: without their sidecar. */
  readonly bare: number;
  /** What the apiserver said of the others. */
  readonly failed: readonly string[];
  /** Milliseconds, ascending. */
  readonly latencies: readonly number[];
}

export interface Plan {
  readonly client: Client;
  readonly namespace: string;
  readonly perSecond: number;
  /** Ends the creations. */
  readonly until: Promise<unknown>;
}

/** Nobody runs them, and the scheduler does not look at them. */
const pod = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'pod-', labels: { app: 'created' } },
  spec: {
    schedulingGates: [{ name: 'example.com/never' }],
    containers: [{ name: 'main', image: 'example.test/app:v1' }],
  },
});

/** Given to all pods that are created here. */
export const sidecarSet = {
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'SidecarSet',
  metadata: { name: 'agent' },
  spec: {
    selector: { matchLabels: { app: 'created' } },
    containers: [{ name: 'agent', image: 'example.test/agent:v1' }],
  },
};

export const createPods = async ({ client, namespace, perSecond, until }: Plan): Promise<Creations> => {
  const failed: string[] = [];
  const latencies: number[] = [];
  let [created, bare] = [0, 0];
  const create = async (): Promise<void> => {
    const began = performance.now();
    const path = collectionPath({ group: '', version: 'v1', plural: 'pods' }, namespace);
    const { status, body } = await client.request({ method: 'POST', path, contentType: 'application/json', body: pod });
    latencies.push(performance.now() - began);
    if (status !== 201) failed.push(body.toString());
    else created += 1;
    if (status === 201 && !body.includes('example.test/agent')) bare += 1;
  };
  const all: Promise<void>[] = [];
  let isOver = false;
  const end = until.finally(() => {
    isOver = true;
  });
  // Ticks are counted from the beginning, so that a late one is made up for.
  for (const began = performance.now(); !isOver; ) {
    while (all.length < ((performance.now() - began) / 1000) * perSecond) all.push(create());
    await sleep(5);
  }
  await Promise.all([...all, end]);
  return { created, bare, failed, latencies: latencies.toSorted((a, b) => a - b) };
};

/** How many failed. `during`: what happened meanwhile, e.g. `webhooks were rolled`. */
export const failuresOf = (
  made: Creations,
  { of, during }: { readonly of: string; readonly during: string },
): Figure => ({
  ...{ of, what: `creations of pods that failed while ${during}`, unit: 'pods', atMost: 0 },
  value: made.failed.length,
  note: `of ${made.created + made.failed.length}, ${percentiles(made)}`,
});

/** e.g. `p50 12 ms, p99 80 ms` */
export const percentiles = ({ latencies }: Creations): string =>
  [50, 99].map(p => `p${p} ${percentile(latencies, p).toFixed(0)} ms`).join(', ');

const percentile = (ascending: readonly number[], p: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor((ascending.length * p) / 100))] ?? 0;
