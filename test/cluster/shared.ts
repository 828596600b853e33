/** A cluster for one test file: `const cluster = await clusterForTests({ nodes: 3 });` at its top. */
import { basename } from 'node:path';
import { after } from 'node:test';
import { type Cluster, type ClusterOptions, startCluster } from './cluster.ts';
import { openCluster, type Reachable } from './given.ts';

type Wishes = Omit<ClusterOptions, 'name'>;

/** Test files run in processes of their own: file and process id are unique. */
const nameOfThisTest = (): string => {
  const file = basename(process.argv[1] ?? 'test', '.test.ts').toLowerCase();
  return `${file.replaceAll(/[^a-z0-9]+/g, '-')}-${process.pid}`;
};

/** Starts a cluster that is stopped after the file's last test. */
export const clusterForTests = async (wishes: Wishes = {}): Promise<Cluster> => {
  const cluster = await startCluster({ ...wishes, name: nameOfThisTest() });
  after(() => cluster.stop());
  return cluster;
};

/** The same for tests that kill no process: with BERTH_KUBECONFIG they run against that cluster. */
export const anyClusterForTests = async (wishes: Wishes = {}): Promise<Reachable> => {
  const cluster = await openCluster({ ...wishes, name: nameOfThisTest() });
  after(() => cluster.stop());
  return cluster;
};
