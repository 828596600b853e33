/** A control plane with Berth in it, and what its phases cost. */

import { connect } from '../../kube/client/connect.ts';
import type { Client } from '../../kube/client.ts';
import { systemClock as clock } from '../../kube/clock.ts';
import { type Machine, startMachine } from '../../kube/machine.ts';
import { type Cluster, startCluster } from '../../test/cluster/cluster.ts';
import { waitFor } from '../../test/cluster/deadline.ts';
import { type Berth, installBerth } from '../../test/cluster/installation.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { Pods } from '../../workloads/resources.ts';
import { usageOf } from '../usage.ts';

export const nodes = 20;
export const namespace = 'team';

export interface Site {
  readonly cluster: Cluster;
  readonly berth: Berth;
  readonly client: Client;
  /** Sees all pods as controllers do. */
  readonly machine: Machine;
}

/** Everything that runs is ended when `run` is over. */
export const onSite = async <T>(run: (site: Site) => Promise<T>): Promise<T> => {
  await using cluster = await startCluster({ name: 'bench', nodes, kubelet: ['--scale', '0.1'] });
  const quiet = { flags: ['--log-level', 'warn'] };
  const berth = await installBerth(cluster, { webhook: quiet, controller: quiet });
  const client = await connect({ source: { kubeconfig: cluster.kubeconfig }, role: 'bench', clock });
  const machine = startMachine({ client, clock, controllers: [], resources: [Pods] });
  try {
    await machine.synced;
    await cluster.kubectl(['create', 'namespace', namespace]);
    return await run({ cluster, berth, client, machine });
  } finally {
    await machine.stop();
    await client.close();
  }
};

export interface Phase {
  readonly seconds: number;
  readonly webhookCpu: number;
  readonly controllerCpu: number;
}

const pidOf = (pid: number | undefined): number => {
  if (pid === undefined) throw new Error('a process of Berth has ended');
  return pid;
};

export const timed = async ({ berth }: Site, run: () => Promise<unknown>): Promise<Phase> => {
  const cpuOf = (): readonly number[] =>
    [berth.webhook, berth.controller].map(({ pid }) => usageOf(pidOf(pid)).cpuSeconds);
  const [webhook = 0, controller = 0] = cpuOf();
  const began = performance.now();
  await run();
  const seconds = (performance.now() - began) / 1000;
  const [webhookAfter = 0, controllerAfter = 0] = cpuOf();
  return { seconds, webhookCpu: webhookAfter - webhook, controllerCpu: controllerAfter - controller };
};

export interface Peaks {
  readonly webhook: number;
  readonly controller: number;
}

/** The most memory that each process ever had, in MB. */
export const peaksOf = ({ berth }: Site): Peaks => {
  const peakOf = (pid: number | undefined): number => usageOf(pidOf(pid)).peakRssMb;
  return { webhook: peakOf(berth.webhook.pid), controller: peakOf(berth.controller.pid) };
};

/** Until so many pods are as `holds` says. */
export const until = (
  { machine }: Site,
  what: string,
  count: number,
  holds: (view: PodView) => boolean,
): Promise<unknown> =>
  waitFor(what, 600_000, async () => machine.store.list(Pods).filter(holds).length >= count || undefined);

export const post = async ({ client }: Site, path: string, object: object): Promise<void> => {
  const body = JSON.stringify(object);
  const answer = await client.request({ method: 'POST', path, contentType: 'application/json', body });
  if (answer.status >= 300) throw new Error(answer.body.toString('utf8'));
};

export const replace = async ({ client }: Site, path: string, values: Readonly<Record<string, unknown>>) => {
  const ops = Object.entries(values).map(([pointer, value]) => ({ op: 'replace', path: pointer, value }));
  const { status, body } = await client.request({
    method: 'PATCH',
    path,
    contentType: 'application/json-patch+json',
    body: JSON.stringify(ops),
  });
  if (status !== 200) throw new Error(body.toString('utf8'));
};
