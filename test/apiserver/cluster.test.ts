import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask } from '../cluster/access.ts';
import { startCluster } from '../cluster/cluster.ts';
import { waitFor } from '../cluster/deadline.ts';
import { folderOf, livingProcesses } from '../cluster/folder.ts';
import { clusterForTests } from '../cluster/shared.ts';

const began = performance.now();
const cluster = await clusterForTests();
const startedAfterMs = performance.now() - began;

const listensOn = (server: string): Promise<boolean> =>
  fetch(server).then(
    () => true,
    (error: Error) => !String(error.cause).includes('ECONNREFUSED'),
  );

/** Ids of all processes of a cluster, so that they can be looked for when its folder is gone. */
const pidsIn = (folder: string): readonly number[] => livingProcesses(folder).map(({ pid }) => pid);

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const nothingIsLeft = (folder: string, pids: readonly number[]): Promise<true> =>
  waitFor(`the end of processes ${pids.join(', ')} and of ${folder}`, 20_000, async () =>
    !existsSync(folder) && !pids.some(runs) ? true : undefined,
  );

/** Another process that starts a cluster and keeps it; resolves when it reports what is waited for. */
const holder = async (name: string, until: 'up' | 'step'): Promise<ChildProcess> => {
  const main = join(import.meta.dirname, '..', 'cluster', 'main.ts');
  const child = fork(main, ['hold', '--name', name, '--nodes', '0'], { execArgv: [], stdio: 'inherit' });
  await new Promise<void>((resolve, reject) => {
    child.on('message', news => {
      if (typeof news === 'object' && news !== null && 'is' in news && news.is === until) resolve();
    });
    child.once('exit', () => reject(new Error(`the holder of cluster ${name} ended`)));
  });
  return child;
};

test('a cluster is ready for pods within 15 seconds', async () => {
  assert.ok(startedAfterMs < 15_000, `took ${startedAfterMs} ms`);
  assert.match(await cluster.kubectl(['run', 'web', '--image=web:1']), /pod\/web created/);
});

test('the audit log says who wrote what, with the object', async () => {
  await cluster.kubectl(['run', 'audited', '--image=web:1']);
  const lines = readFileSync(cluster.apiServer.auditLog, 'utf8').split('\n');
  const line = lines.find(l => l.includes('"verb":"create"') && l.includes('"name":"audited"'));
  assert.match(line ?? '', /"username":"berth:admin".*"responseObject"/);
});

test('a killed apiserver refuses connections, and answers again with the same data after a restart', async () => {
  await cluster.kubectl(['create', 'configmap', 'kept']);
  await cluster.apiServer.kill();
  assert.equal(cluster.apiServer.pid, undefined);
  assert.equal(await listensOn(cluster.apiServer.server), false);
  await cluster.apiServer.restart();
  assert.match(await cluster.kubectl(['get', 'configmap', 'kept']), /kept/);
});

test('while etcd is paused a write gets no answer, and after it was resumed writes succeed', async () => {
  const write = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late' } };
  cluster.etcd.pause();
  assert.equal(await ask(cluster.admin, '/api/v1/namespaces/default/configmaps', write), undefined);
  cluster.etcd.resume();
  assert.match(await cluster.kubectl(['create', 'configmap', 'later']), /created/);
});

test('a paused process can be restarted', async () => {
  const before = cluster.scheduler.pid;
  cluster.scheduler.pause();
  await cluster.scheduler.restart();
  assert.notEqual(cluster.scheduler.pid, before);
  assert.notEqual(cluster.scheduler.pid, undefined);
});

test('a second apiserver serves the same objects, also while the first is dead', async () => {
  const second = await cluster.addApiServer();
  await cluster.kubectl(['create', 'configmap', 'shared']);
  await cluster.apiServer.kill();
  assert.match(await cluster.kubectl([`--kubeconfig=${second.kubeconfig}`, 'get', 'configmap', 'shared']), /shared/);
  await cluster.apiServer.restart();
  await second.stop();
});

test('a kubeconfig for a ServiceAccount has only the rights that were granted to it', async () => {
  const kubeconfig = await cluster.kubeconfigFor('system:serviceaccount:default:reader', ['system:serviceaccounts']);
  const asReader = [`--kubeconfig=${kubeconfig}`, 'get', 'pods'];
  await assert.rejects(cluster.kubectl(asReader), /Forbidden/);
  await cluster.kubectl(['create', 'role', 'reader', '--verb=get,list', '--resource=pods']);
  await cluster.kubectl(['create', 'rolebinding', 'reader', '--role=reader', '--serviceaccount=default:reader']);
  await waitFor('the granted right', 10_000, () => cluster.kubectl(asReader).catch(() => undefined));
});

test('two clusters run side by side, and a stopped one leaves no process, folder or volume behind', async () => {
  const other = await startCluster({ name: `${cluster.name}-other` });
  await cluster.kubectl(['create', 'configmap', 'here']);
  await assert.rejects(other.kubectl(['get', 'configmap', 'here']), /NotFound/);
  await other.kubectl(['apply', '-f', '-'], claim);
  await other.kubectl(['wait', 'pvc/data', '--for=jsonpath={.status.phase}=Bound', '--timeout=20s']);
  const volume = await other.kubectl(['get', 'pv', '-o', 'jsonpath={.items[0].spec.hostPath.path}']);
  assert.ok(existsSync(volume), volume);
  const pids = pidsIn(other.folder);
  assert.equal(pids.length, 5);
  await other.stop();
  assert.equal(existsSync(volume), false);
  assert.deepEqual([existsSync(other.folder), ...pids.filter(runs)], [false]);
  assert.match(await cluster.kubectl(['get', 'configmap', 'here']), /here/);
});

test('the name of a running cluster is refused to a second one, and the first goes on', async () => {
  await assert.rejects(startCluster({ name: cluster.name }), /a cluster of this name runs: .*etcd/);
  assert.match(await cluster.kubectl(['get', 'sa', 'default']), /default/);
});

for (const [moment, until] of [
  ['after its start', 'up'],
  ['in the middle of its start', 'step'],
] as const) {
  test(`nothing is left of a cluster whose owner gets SIGKILL ${moment}`, async () => {
    const name = `${cluster.name}-orphan`;
    const owner = await holder(name, until);
    const pids = pidsIn(folderOf(name));
    assert.ok(pids.length > 1);
    owner.kill('SIGKILL');
    await nothingIsLeft(folderOf(name), pids);
  });
}

const claim = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
`;
