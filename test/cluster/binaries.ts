/** Where the control plane's binaries are: in KUBEBUILDER_ASSETS, or built by the set-up from the Go modules beside. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './folder.ts';

const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'] as const;

/** Absolute paths by name. */
export type Binaries = Readonly<Record<(typeof names)[number], string>>;

const versionIn = (goMod: string, module: string): string =>
  new RegExp(`^\\s+${module.replaceAll('.', '\\.')} (\\S+)`, 'm').exec(goMod)?.[1] ?? 'unknown';

/** The folder in which scripts/setup/binaries.sh puts what it built. */
const builtFolder = (): string => {
  const goMod = readFileSync(join(import.meta.dirname, 'binaries', 'go.mod'), 'utf8');
  const kubernetes = versionIn(goMod, 'k8s.io/kubernetes');
  const etcd = versionIn(goMod, 'go.etcd.io/etcd/server/v3');
  return join(repository, '.cache', 'binaries', `kubernetes-${kubernetes}-etcd-${etcd}`);
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Throws, naming what is missing and what would bring it, unless all are found in `folders` (first wins). */
export const findBinaries = (folders: readonly string[] = binaryFolders()): Binaries => {
  const found = names.map(name => [name, folders.map(folder => join(folder, name)).find(isExecutable)] as const);
  const missing = found.filter(([, path]) => path === undefined).map(([name]) => name);
  if (missing.length > 0) {
    throw new Error(`not built yet: ${missing.join(', ')}. Run: bash scripts/setup.sh cluster`);
  }
  return Object.fromEntries(found) as Binaries;
};

const binaryFolders = (): readonly string[] => {
  const assets = process.env['KUBEBUILDER_ASSETS'] ?? '';
  return assets === '' ? [builtFolder()] : [assets, builtFolder()];
};
