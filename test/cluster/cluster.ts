/**
 * A real control plane on this machine, in the manner of envtest: etcd, kube-apiserver, kube-controller-manager,
 * kube-scheduler, and fake kubelets. Every process is a handle; stopping leaves nothing behind.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Access, writeKubeconfig } from './access.ts';
import { findBinaries } from './binaries.ts';
import { createAuthority } from './certificates/authority.ts';
import {
  type ApiServer,
  addressAt,
  createStorageClass,
  type Site,
  startApiServer,
  startControllerManager,
  startEtcd,
  startKubelet,
  startScheduler,
  untilPodsAreAdmitted,
  writeCertificates,
} from './controlPlane.ts';
import { folderOf } from './folder.ts';
import { runKubectl } from './kubectl.ts';
import { freePorts } from './ports.ts';
import { type ClusterProcess, type ProcessPlan, startProcess } from './process.ts';
import { firstApiServer } from './programs.ts';
import { startWatchdog } from './watchdog/link.ts';

export interface ClusterOptions {
  /** Names the folder `.cache/clusters/<name>`; lower-case letters, digits, dots and dashes. */
  readonly name: string;
  /** How many fake nodes there are; none if absent. */
  readonly nodes?: number;
  /** Further arguments of the fake kubelet's program, e.g. its delays. */
  readonly kubelet?: readonly string[];
  /** Told each part that is up, and the seconds since the start. */
  readonly onStep?: (step: string, seconds: number) => void;
}

export interface Cluster extends AsyncDisposable {
  readonly name: string;
  readonly folder: string;
  /** Path of a file with the rights of an administrator. */
  readonly kubeconfig: string;
  /** The same rights, for a plain HTTPS client. */
  readonly admin: Access;
  readonly etcd: ClusterProcess;
  readonly apiServer: ApiServer;
  readonly controllerManager: ClusterProcess;
  readonly scheduler: ClusterProcess;
  /** Undefined without fake nodes. */
  readonly kubelet: ClusterProcess | undefined;
  /**
   * Path of a kubeconfig file for a client certificate of this user, e.g. `system:serviceaccount:berth-system:berth`
   * with the group `system:serviceaccounts`. `at`: another apiserver than the first.
   */
  readonly kubeconfigFor: (user: string, groups: readonly string[], at?: ApiServer) => Promise<string>;
  /** A further apiserver on the same etcd, on its own port; resolves when it is ready. */
  readonly addApiServer: () => Promise<ApiServer>;
  /** A further process, e.g. of Berth, that ends with the cluster; resolves when it is healthy. */
  readonly run: (plan: ProcessPlan) => Promise<ClusterProcess>;
  /** The standard output of kubectl, run as administrator; rejects with its standard error. `input`: for `-f -`. */
  readonly kubectl: (args: readonly string[], input?: string) => Promise<string>;
  /** Ends every process and removes the folder. */
  readonly stop: () => Promise<void>;
}

type Parts = Pick<Cluster, 'etcd' | 'apiServer' | 'controllerManager' | 'scheduler' | 'kubelet'>;

const prepareSite = async (name: string): Promise<Site> => {
  const folder = folderOf(name);
  const binaries = findBinaries();
  const [authority, ports] = await Promise.all([createAuthority(), freePorts(5)]);
  const [apiPort = 0, etcdPort = 0, etcdPeerPort = 0, controllerManagerPort = 0, schedulerPort = 0] = ports;
  const watchdog = await startWatchdog(folder);
  try {
    await writeCertificates(folder, authority);
    const identity = await authority.client('berth:admin', ['system:masters']);
    return {
      layout: { folder, binaries, etcdPort, etcdPeerPort, controllerManagerPort, schedulerPort },
      watchdog,
      authority,
      admin: { server: addressAt(apiPort), authority: authority.certificate, identity },
    };
  } catch (error) {
    await watchdog.end();
    throw error;
  }
};

const kubeletProgram = join(import.meta.dirname, 'kubelet', 'main.ts');

const startParts = async (site: Site, options: ClusterOptions): Promise<Parts> => {
  const began = performance.now();
  const step = <T>(name: string, part: T): T => {
    options.onStep?.(name, (performance.now() - began) / 1000);
    return part;
  };
  const { nodes = 0, kubelet = [] } = options;
  const etcd = step('etcd', await startEtcd(site));
  const port = Number(new URL(site.admin.server).port);
  const apiServer = step('kube-apiserver', await startApiServer(site, firstApiServer, port));
  const [controllerManager, scheduler, kubelets] = await Promise.all([
    startControllerManager(site).then(part => step('kube-controller-manager', part)),
    startScheduler(site).then(part => step('kube-scheduler', part)),
    nodes > 0 && existsSync(kubeletProgram)
      ? startKubelet(site, nodes, kubelet).then(part => step(`${nodes} fake nodes`, part))
      : undefined,
    createStorageClass(site.admin),
    untilPodsAreAdmitted(site.admin).then(() => step('default ServiceAccount', undefined)),
  ]);
  return { etcd, apiServer, controllerManager, scheduler, kubelet: kubelets };
};

const handleOn = (name: string, site: Site, parts: Parts): Cluster => {
  const { folder, binaries } = site.layout;
  let apiServers = 1;
  let identities = 0;
  const kubectl = {
    command: binaries.kubectl,
    kubeconfig: parts.apiServer.kubeconfig,
    cache: join(folder, 'kubectl-cache'),
  };
  const stop = (): Promise<void> => site.watchdog.end();
  return {
    name,
    folder,
    kubeconfig: parts.apiServer.kubeconfig,
    admin: site.admin,
    ...parts,
    kubeconfigFor: async (user, groups, at = parts.apiServer) => {
      const identity = await site.authority.client(user, groups);
      identities += 1;
      const file = `${user.replaceAll(/[^A-Za-z0-9-]/g, '_')}-${at.name}-${identities}.kubeconfig`;
      const path = join(folder, 'kubeconfigs', file);
      writeKubeconfig(path, { ...site.admin, server: at.server, identity });
      return path;
    },
    addApiServer: async () => {
      apiServers += 1;
      const server = `${firstApiServer}-${apiServers}`;
      const [port = 0] = await freePorts(1);
      return startApiServer(site, server, port);
    },
    run: plan => startProcess(site.watchdog, plan),
    kubectl: (args, input) => runKubectl(kubectl, args, input),
    stop,
    [Symbol.asyncDispose]: stop,
  };
};

/**
 * Resolves when pods can be created: the apiserver is ready, the default ServiceAccount and StorageClass exist, and
 * all fake nodes take pods. Rejects, leaving nothing behind, when a process ends or a minute passes without that;
 * the message has the last lines of the log. The caller must `stop()` it; if the caller dies, it ends by itself.
 */
export const startCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const site = await prepareSite(options.name);
  try {
    return handleOn(options.name, site, await startParts(site, options));
  } catch (error) {
    await site.watchdog.end();
    throw error;
  }
};
