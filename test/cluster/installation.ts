/** Berth installed in a cluster of this machine, as from its manifests: two processes with the rights that RBAC gives them. */

import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { waitFor } from './deadline.ts';
import { freePorts } from './ports.ts';
import type { ClusterProcess } from './process.ts';

export interface Berth {
  readonly webhook: ClusterProcess;
  readonly controller: ClusterProcess;
  /** Where the apiserver calls the webhook, e.g. `https://127.0.0.1:20443`. */
  readonly webhookUrl: string;
}

export interface InstallOptions {
  /** Told each thing that was done. */
  readonly onStep?: (step: string) => void;
  /** Further arguments, by role. */
  readonly flags?: Readonly<Partial<Record<Role, readonly string[]>>>;
}

type Role = 'webhook' | 'controller';

const root = join(import.meta.dirname, '..', '..');
const namespace = 'berth-system';
const armedWithinMs = 30_000;

/** Resolves when the webhooks answer and the controller has read the cluster. */
export const installBerth = async (
  cluster: Cluster,
  { onStep = () => undefined, flags = {} }: InstallOptions = {},
): Promise<Berth> => {
  await applyManifests(cluster);
  onStep('CRDs, rights and webhook configurations applied');
  const [webhookPort = 0, webhookPages = 0, controllerPages = 0] = await freePorts(3);
  const webhookUrl = `https://127.0.0.1:${webhookPort}`;
  const place: Place = { cluster, webhookUrl };
  const [webhook, controller] = await Promise.all([
    startRole(place, 'webhook', webhookPages, [
      '--webhook-address',
      `127.0.0.1:${webhookPort}`,
      ...(flags.webhook ?? []),
    ]),
    startRole(place, 'controller', controllerPages, flags.controller ?? []),
  ]);
  onStep('webhook and controller run');
  await untilArmed(cluster, webhookUrl);
  onStep('webhooks armed');
  return { webhook, controller, webhookUrl };
};

/** The namespace and the CRDs come first: other objects need them. */
const applyManifests = async ({ kubectl }: Cluster): Promise<void> => {
  const apply = (folder: string) => kubectl(['apply', '--server-side', '-f', join(root, 'config', folder)]);
  await kubectl(['create', 'namespace', namespace]);
  await apply('crd');
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', '-f', join(root, 'config', 'crd')]);
  await Promise.all([apply('rbac'), apply('webhook')]);
};

interface Place {
  readonly cluster: Cluster;
  readonly webhookUrl: string;
}

const startRole = async (
  { cluster, webhookUrl }: Place,
  role: Role,
  pagesPort: number,
  flags: readonly string[],
): Promise<ClusterProcess> => {
  const account = `system:serviceaccount:${namespace}:berth-${role}`;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const kubeconfig = await cluster.kubeconfigFor(account, groups);
  const shared = ['--kubeconfig', kubeconfig, '--webhook-url', webhookUrl, '--pages-address', `127.0.0.1:${pagesPort}`];
  return cluster.run({
    program: {
      name: `berth-${role}`,
      command: process.execPath,
      args: [join(root, 'main.ts'), role, ...shared, ...flags],
      log: join(cluster.folder, 'logs', `berth-${role}.log`),
    },
    isHealthy: () => isReady(pagesPort),
  });
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
const untilArmed = (cluster: Cluster, webhookUrl: string): Promise<unknown> =>
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
