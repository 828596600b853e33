/** A cluster for one test file: `const cluster = await clusterForTests({ nodes: 3 });` at its top. */
import { basename } from 'node:path';
import { after } from 'node:test';
import { type Cluster, type ClusterOptions, startCluster } from './cluster.ts';
import { givenKubeconfig } from './given.ts';

/** Test files run in processes of their own: file and process id are unique. */
const nameOfThisTest = (): string => {
  const file = basename(process.argv[1] ?? 'test', '.test.ts').toLowerCase();
  return `${file.replaceAll(/[^a-z0-9]+/g, '-')}-${process.pid}`;
};

/** Starts a cluster that is stopped after the file's last test. */
export const clusterForTests = async (wishes: Omit<ClusterOptions, 'name'> = {}): Promise<Cluster> => {
  if (givenKubeconfig() !== undefined) {
    throw new Error('these tests end processes of their cluster: run them without BERTH_KUBECONFIG');
  }
  const cluster = await startCluster({ ...wishes, name: nameOfThisTest() });
  after(() => cluster.stop());
  return cluster;
};
