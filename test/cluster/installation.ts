/** Berth installed in a cluster of this machine, as from its manifests: processes with the rights that RBAC gives them. */

import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import type { ApiServer } from './controlPlane.ts';
import { waitFor } from './deadline.ts';
import { freePorts } from './ports.ts';
import type { ClusterProcess } from './process.ts';

export interface Berth {
  readonly webhook: Replica;
  readonly controller: Replica;
  /** Where the apiserver calls the webhook, e.g. `https://127.0.0.1:20443`. */
  readonly webhookUrl: string;
}

export interface Replica extends ClusterProcess {
  /** Where health and metrics are, e.g. `http://127.0.0.1:20080`. */
  readonly pages: string;
}

export type Role = 'webhook' | 'controller';

export interface ReplicaOptions {
  /** Unique in the cluster; `berth-<role>` if absent. */
  readonly name?: string;
  readonly flags?: readonly string[];
  /** Arguments of Node itself, e.g. the limit of its heap. */
  readonly node?: readonly string[];
  /** Further groups of its account, by which the audit log tells replicas apart. */
  readonly groups?: readonly string[];
  /** Another way to the apiserver. */
  readonly at?: ApiServer;
}

export interface InstallOptions {
  /** Told each thing that was done. */
  readonly onStep?: (step: string) => void;
  readonly webhook?: ReplicaOptions;
  readonly controller?: ReplicaOptions;
}

const root = join(import.meta.dirname, '..', '..');
const namespace = 'berth-system';
const armedWithinMs = 30_000;

/** Resolves when the webhooks answer and the controller has read the cluster. */
export const installBerth = async (cluster: Cluster, options: InstallOptions = {}): Promise<Berth> => {
  const { onStep = () => undefined } = options;
  await applyManifests(cluster);
  onStep('CRDs, rights and webhook configurations applied');
  const [port = 0] = await freePorts(1);
  const webhookUrl = `https://127.0.0.1:${port}`;
  const start = (role: Role, flags: readonly string[]): Promise<Replica> =>
    startReplica(cluster, role, {
      ...options[role],
      flags: ['--webhook-url', webhookUrl, ...flags, ...(options[role]?.flags ?? [])],
    });
  const [webhook, controller] = await Promise.all([
    start('webhook', ['--webhook-address', `127.0.0.1:${port}`]),
    start('controller', []),
  ]);
  onStep('webhook and controller run');
  await untilArmed(cluster, webhookUrl);
  onStep('webhooks armed');
  return { webhook, controller, webhookUrl };
};

/** The namespace and the CRDs come first: other objects need them. */
export const applyManifests = async ({ kubectl }: Cluster): Promise<void> => {
  const apply = (folder: string) => kubectl(['apply', '--server-side', '-f', join(root, 'config', folder)]);
  await kubectl(['create', 'namespace', namespace]);
  await apply('crd');
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', '-f', join(root, 'config', 'crd')]);
  await Promise.all([apply('rbac'), apply('webhook')]);
};

/** One process of Berth with the rights of its role; resolves when it is ready. */
export const startReplica = async (cluster: Cluster, role: Role, options: ReplicaOptions): Promise<Replica> => {
  const { name = `berth-${role}`, flags = [], node = [], groups = [], at } = options;
  const account = `system:serviceaccount:${namespace}:berth-${role}`;
  const all = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, ...groups];
  const kubeconfig = await cluster.kubeconfigFor(account, all, at);
  const [pagesPort = 0] = await freePorts(1);
  const shared = ['--kubeconfig', kubeconfig, '--pages-address', `127.0.0.1:${pagesPort}`];
  const started = await cluster.run({
    program: {
      name,
      command: process.execPath,
      args: [...node, join(root, 'main.ts'), role, ...shared, ...flags],
      log: join(cluster.folder, 'logs', `${name}.log`),
    },
    isHealthy: () => isReady(pagesPort),
  });
  return Object.assign(started, { pages: `http://127.0.0.1:${pagesPort}` });
};

const isReady = async (pagesPort: number): Promise<boolean> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${pagesPort}/readyz`, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
};

/** Every entry calls our address and trusts our certificate. */
export const untilArmed = (cluster: Cluster, webhookUrl: string): Promise<unknown> =>
  waitFor('the webhooks to be armed', armedWithinMs, async () => {
    const kinds = 'mutatingwebhookconfiguration/berth-mutating,validatingwebhookconfiguration/berth-validating';
    const text = await cluster.kubectl(['get', ...kinds.split(','), '-o', 'json']);
    const { items } = JSON.parse(text) as Configurations;
    const clients = items.flatMap(item => item.webhooks.map(webhook => webhook.clientConfig));
    return clients.every(({ url, caBundle }) => url?.startsWith(webhookUrl) && caBundle !== undefined) || undefined;
  });

interface Configurations {
  readonly items: readonly {
    readonly webhooks: readonly { readonly clientConfig: { readonly url?: string; readonly caBundle?: string } }[];
  }[];
}
