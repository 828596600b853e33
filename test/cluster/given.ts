/** A cluster that the user names with BERTH_KUBECONFIG is used instead of starting one. */
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findBinaries } from './binaries.ts';
import { type Cluster, type ClusterOptions, startCluster } from './cluster.ts';
import { repository } from './folder.ts';
import { runKubectl } from './kubectl.ts';

/** What can be done with any cluster, whoever started it. */
export type Reachable = Pick<Cluster, 'kubeconfig' | 'kubectl' | 'stop'>;

/** Absolute path of the kubeconfig given on purpose; throws if there is no such file. */
export const givenKubeconfig = (): string | undefined => {
  const given = process.env['BERTH_KUBECONFIG'] ?? '';
  if (given === '') return undefined;
  const path = resolve(given);
  if (!existsSync(path)) throw new Error(`BERTH_KUBECONFIG names no file: ${path}`);
  return path;
};

/** The binary of the set-up, or the user's own. */
const anyKubectl = (): string => {
  try {
    return findBinaries().kubectl;
  } catch {
    return 'kubectl';
  }
};

/** The given cluster, which `stop` leaves alone, or one started for this purpose. */
export const openCluster = async (options: ClusterOptions): Promise<Reachable> => {
  const kubeconfig = givenKubeconfig();
  if (kubeconfig === undefined) return startCluster(options);
  const cache = join(repository, '.cache', 'kubectl');
  mkdirSync(cache, { recursive: true });
  const kubectl = { command: anyKubectl(), kubeconfig, cache };
  return { kubeconfig, kubectl: (args, input) => runKubectl(kubectl, args, input), stop: async () => {} };
};
