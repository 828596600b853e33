/** The command lines of the control plane. Everything listens on 127.0.0.1; nobody elects a leader among one. */
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import type { Program } from './watchdog/messages.ts';

/** Where a cluster's files are and which ports its processes have. */
export interface Layout {
  readonly folder: string;
  readonly binaries: Binaries;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly controllerManagerPort: number;
  readonly schedulerPort: number;
}

export const firstApiServer = 'kube-apiserver';

const certificate = (layout: Layout, file: string): string => join(layout.folder, 'certificates', file);
const logOf = (layout: Layout, name: string): string => join(layout.folder, 'logs', `${name}.log`);

/** An administrator's kubeconfig for one apiserver. */
export const adminKubeconfig = (folder: string, apiServerName: string): string =>
  join(
    folder,
    'kubeconfigs',
    apiServerName === firstApiServer ? 'admin.kubeconfig' : `admin-${apiServerName}.kubeconfig`,
  );
export const auditLogOf = (folder: string, name: string): string => join(folder, 'logs', `audit-${name}.log`);

const serving = (layout: Layout): readonly string[] => [
  `--tls-cert-file=${certificate(layout, 'server.crt')}`,
  `--tls-private-key-file=${certificate(layout, 'server.key')}`,
];

/** Data lives as long as the cluster, so that waiting for the disk would only cost time. */
export const etcd = (layout: Layout): Program => ({
  name: 'etcd',
  command: layout.binaries.etcd,
  log: logOf(layout, 'etcd'),
  args: [
    `--data-dir=${join(layout.folder, 'data')}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    `--listen-client-urls=http://127.0.0.1:${layout.etcdPort}`,
    `--advertise-client-urls=http://127.0.0.1:${layout.etcdPort}`,
    `--listen-peer-urls=http://127.0.0.1:${layout.etcdPeerPort}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${layout.etcdPeerPort}`,
    `--initial-cluster=default=http://127.0.0.1:${layout.etcdPeerPort}`,
  ],
});

/** RBAC decides, so that a ServiceAccount's rights can be tested; the audit log is written before the answer. */
export const apiServer = (layout: Layout, name: string, port: number): Program => ({
  name,
  command: layout.binaries['kube-apiserver'],
  log: logOf(layout, name),
  args: [
    `--etcd-servers=http://127.0.0.1:${layout.etcdPort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    // A loopback address may not stand in the endpoints of the service `kubernetes`.
    '--endpoint-reconciler-type=none',
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.0.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${certificate(layout, 'service-account.pub')}`,
    `--service-account-signing-key-file=${certificate(layout, 'service-account.key')}`,
    `--client-ca-file=${certificate(layout, 'ca.crt')}`,
    `--audit-policy-file=${join(import.meta.dirname, 'audit-policy.yaml')}`,
    `--audit-log-path=${auditLogOf(layout.folder, name)}`,
    '--profiling=false',
    ...serving(layout),
  ],
});

const client = (layout: Layout): readonly string[] => [
  `--kubeconfig=${adminKubeconfig(layout.folder, firstApiServer)}`,
  '--kube-api-qps=500',
  '--kube-api-burst=1000',
  '--bind-address=127.0.0.1',
  '--leader-elect=false',
  '--profiling=false',
  ...serving(layout),
];

export const controllerManager = (layout: Layout): Program => ({
  name: 'kube-controller-manager',
  command: layout.binaries['kube-controller-manager'],
  log: logOf(layout, 'kube-controller-manager'),
  args: [
    ...client(layout),
    `--secure-port=${layout.controllerManagerPort}`,
    `--service-account-private-key-file=${certificate(layout, 'service-account.key')}`,
    `--root-ca-file=${certificate(layout, 'ca.crt')}`,
    '--enable-hostpath-provisioner=true',
  ],
});

export const scheduler = (layout: Layout): Program => ({
  name: 'kube-scheduler',
  command: layout.binaries['kube-scheduler'],
  log: logOf(layout, 'kube-scheduler'),
  args: [...client(layout), `--secure-port=${layout.schedulerPort}`],
});

/** Makes `nodes` Node objects and plays their kubelets. */
export const kubelet = (layout: Layout, kubeconfig: string, args: readonly string[]): Program => ({
  name: 'fake-kubelet',
  command: process.execPath,
  log: logOf(layout, 'fake-kubelet'),
  args: [join(import.meta.dirname, 'kubelet', 'main.ts'), '--kubeconfig', kubeconfig, ...args],
});
