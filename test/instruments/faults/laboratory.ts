/** A cluster with Berth in it, whose controller reaches the apiserver only through a fault proxy. */

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { connect } from '../../../kube/client/connect.ts';
import type { Client } from '../../../kube/client.ts';
import { systemClock } from '../../../kube/clock.ts';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { installBerth } from '../../cluster/installation.ts';
import { freePorts } from '../../cluster/ports.ts';
import type { ClusterProcess } from '../../cluster/process.ts';
import { type FaultProxy, startProxy } from './proxy.ts';
import { nodes } from './scenarios.ts';
import { upstreamOf } from './upstream.ts';

export interface Laboratory extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly proxy: FaultProxy;
  /** As administrator, past the proxy. */
  readonly client: Client;
  readonly controller: ClusterProcess;
}

export interface LaboratoryOptions {
  readonly name: string;
  readonly onStep?: (step: string) => void;
}

const root = join(import.meta.dirname, '..', '..', '..');
const user = 'system:serviceaccount:berth-system:berth-controller';
const groups = ['system:serviceaccounts', 'system:serviceaccounts:berth-system'];

export const openLaboratory = async ({ name, onStep = () => undefined }: LaboratoryOptions): Promise<Laboratory> => {
  // What a kubelet takes its time for is not what is tried here.
  const cluster = await startCluster({ name, nodes, kubelet: ['--scale', '0.3'] });
  try {
    onStep('a control plane runs');
    const berth = await installBerth(cluster);
    await berth.controller.stop();
    const proxy = await proxyFor(cluster);
    const controller = await startController(cluster, { webhookUrl: berth.webhookUrl, proxyUrl: proxy.url });
    const client = await connect({ source: { kubeconfig: cluster.kubeconfig }, role: 'faults', clock: systemClock });
    onStep('Berth runs, its controller behind a fault proxy');
    return {
      ...{ cluster, proxy, client, controller },
      [Symbol.asyncDispose]: async () => {
        await client.close();
        await cluster.stop();
        await proxy[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
};

/** The server's certificate is for the whole of 127.0.0.1, so the proxy can show it too. */
const proxyFor = async (cluster: Cluster): Promise<FaultProxy> => {
  const pem = (file: string): string => readFileSync(join(cluster.folder, 'certificates', file), 'utf8');
  const upstream = await upstreamOf(await cluster.kubeconfigFor(user, groups));
  return startProxy({ upstream, identity: { certificate: pem('server.crt'), key: pem('server.key') } });
};

const startController = async (
  cluster: Cluster,
  { webhookUrl, proxyUrl }: { readonly webhookUrl: string; readonly proxyUrl: string },
): Promise<ClusterProcess> => {
  const [[port = 0], script] = await Promise.all([freePorts(1), bundle(cluster)]);
  const kubeconfig = kubeconfigAt(proxyUrl, await cluster.kubeconfigFor(user, groups));
  const flags = {
    kubeconfig,
    'webhook-url': webhookUrl,
    'pages-address': `127.0.0.1:${port}`,
    // A container that is restarted is the same replica: it need not wait for its own lease.
    identity: 'controller-behind-the-proxy',
  };
  return cluster.run({
    program: {
      name: 'berth-controller-behind-proxy',
      command: process.execPath,
      args: [script, 'controller', ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value])],
      log: join(cluster.folder, 'logs', 'berth-controller-behind-proxy.log'),
    },
    isHealthy: () => isReady(port),
  });
};

/** One file starts in a quarter of the time that the sources take, and what is edited meanwhile does not get into it. */
const bundle = async (cluster: Cluster): Promise<string> => {
  const script = join(cluster.folder, 'bundle', 'berth.mjs');
  await promisify(execFile)(process.execPath, [join(root, 'scripts', 'build.ts'), script]);
  return script;
};

/** The same user at another address. */
const kubeconfigAt = (server: string, path: string): string => {
  const config = parse(readFileSync(path, 'utf8')) as { clusters: { cluster: object }[] };
  const clusters = config.clusters.map(named => ({ ...named, cluster: { ...named.cluster, server } }));
  const file = path.replace('.kubeconfig', '-proxied.kubeconfig');
  writeFileSync(file, stringify({ ...config, clusters }), { mode: 0o600 });
  return file;
};

const isReady = async (port: number): Promise<boolean> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
};
