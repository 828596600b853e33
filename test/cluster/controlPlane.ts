/** Starts each part of a control plane and waits until it does its work. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Access, ask, writeKubeconfig } from './access.ts';
import type { Authority } from './certificates/authority.ts';
import { serviceAccountKeys } from './certificates/authority.ts';
import { waitFor } from './deadline.ts';
import { type ClusterProcess, startProcess } from './process.ts';
import * as programs from './programs.ts';
import type { Watchdog } from './watchdog/link.ts';

/** What all parts of one cluster share. */
export interface Site {
  readonly layout: programs.Layout;
  readonly watchdog: Watchdog;
  readonly authority: Authority;
  readonly admin: Access;
}

export interface ApiServer extends ClusterProcess {
  /** e.g. `https://127.0.0.1:20443` */
  readonly server: string;
  /** Path of a file with the rights of an administrator at this server. */
  readonly kubeconfig: string;
  /** Path of its audit log: one JSON event a line. */
  readonly auditLog: string;
}

const usableWithinMs = 60_000;

export const addressAt = (port: number): string => `https://127.0.0.1:${port}`;

export const writeCertificates = async (folder: string, authority: Authority): Promise<void> => {
  const [server, tokens] = await Promise.all([authority.server(), serviceAccountKeys()]);
  const files = {
    'ca.crt': authority.certificate,
    'server.crt': server.certificate,
    'server.key': server.key,
    'service-account.key': tokens.key,
    'service-account.pub': tokens.publicKey,
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, 'certificates', name), text, { mode: 0o600 });
  }
};

const answersOk = async (access: Access, path: string): Promise<boolean> => (await ask(access, path))?.status === 200;

const etcdIsHealthy = async (port: number): Promise<boolean> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
};

export const startEtcd = ({ layout, watchdog }: Site): Promise<ClusterProcess> =>
  startProcess(watchdog, { program: programs.etcd(layout), isHealthy: () => etcdIsHealthy(layout.etcdPort) });

export const startApiServer = async (site: Site, name: string, port: number): Promise<ApiServer> => {
  const { folder } = site.layout;
  const access: Access = { ...site.admin, server: addressAt(port) };
  const kubeconfig = programs.adminKubeconfig(folder, name);
  writeKubeconfig(kubeconfig, access);
  const handle = await startProcess(site.watchdog, {
    program: programs.apiServer(site.layout, name, port),
    isHealthy: () => answersOk(access, '/readyz'),
  });
  return Object.assign(handle, { server: access.server, kubeconfig, auditLog: programs.auditLogOf(folder, name) });
};

export const startControllerManager = ({ layout, watchdog, admin }: Site): Promise<ClusterProcess> =>
  startProcess(watchdog, {
    program: programs.controllerManager(layout),
    isHealthy: () => answersOk({ ...admin, server: addressAt(layout.controllerManagerPort) }, '/healthz'),
  });

export const startScheduler = ({ layout, watchdog, admin }: Site): Promise<ClusterProcess> =>
  startProcess(watchdog, {
    program: programs.scheduler(layout),
    isHealthy: () => answersOk({ ...admin, server: addressAt(layout.schedulerPort) }, '/readyz'),
  });

/** Healthy when all its nodes are Ready and the node controller has taken the taint of new nodes away. */
export const startKubelet = async (site: Site, nodes: number, args: readonly string[]): Promise<ClusterProcess> => {
  const kubeconfig = join(site.layout.folder, 'kubeconfigs', 'fake-kubelet.kubeconfig');
  const identity = await site.authority.client('berth:fake-kubelet', ['system:masters']);
  writeKubeconfig(kubeconfig, { ...site.admin, identity });
  return startProcess(site.watchdog, {
    program: programs.kubelet(site.layout, kubeconfig, ['--nodes', String(nodes), ...args]),
    isHealthy: async () => (await schedulableNodes(site.admin)) >= nodes,
  });
};

interface NodeList {
  readonly items?: readonly {
    readonly spec?: { readonly taints?: readonly unknown[] };
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

const schedulableNodes = async (admin: Access): Promise<number> => {
  const answer = await ask(admin, '/api/v1/nodes');
  if (answer?.status !== 200) return 0;
  const { items = [] } = JSON.parse(answer.body) as NodeList;
  return items.filter(
    ({ spec, status }) =>
      (spec?.taints ?? []).length === 0 && status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True'),
  ).length;
};

/** Pods are refused in a namespace until the controller-manager has made its default ServiceAccount. */
export const untilPodsAreAdmitted = (admin: Access): Promise<unknown> =>
  waitFor(
    'the default ServiceAccount',
    usableWithinMs,
    async () => (await answersOk(admin, '/api/v1/namespaces/default/serviceaccounts/default')) || undefined,
  );

/** The default class of claims: volumes come from the controller-manager itself. */
const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kubernetes.io/host-path',
  allowVolumeExpansion: true,
};

export const createStorageClass = (admin: Access): Promise<unknown> =>
  waitFor('a default StorageClass', usableWithinMs, async () => {
    const answer = await ask(admin, '/apis/storage.k8s.io/v1/storageclasses', storageClass);
    return answer?.status === 201 || answer?.status === 409 || undefined;
  });
