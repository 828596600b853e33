import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../kube/client/connect.ts';
import { systemClock } from '../../kube/clock.ts';
import { waitFor } from '../cluster/deadline.ts';
import { objectIn, objectsIn, textIn } from '../cluster/kubelet/wire.ts';
import { clusterForTests } from '../cluster/shared.ts';

const cluster = await clusterForTests({ nodes: 100 });
const client = await connect({ source: { kubeconfig: cluster.kubeconfig }, role: 'test', clock: systemClock });

const container = (name: string, fields: object = {}): object => ({ name, image: 'local.test/app:v1', ...fields });

const pod = (name: string, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { terminationGracePeriodSeconds: 2, containers: [container('a'), container('b')], ...spec },
});

const create = async (object: object, namespace = 'default'): Promise<void> => {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const body = JSON.stringify(object);
  const answer = await client.request({ method: 'POST', path, contentType: 'application/json', body });
  assert.equal(answer.status, 201, answer.body.toString());
};

type Status = ReturnType<typeof objectIn>;

const statusOf = async (name: string): Promise<Status> => {
  const { body } = await client.request({ method: 'GET', path: `/api/v1/namespaces/default/pods/${name}` });
  return objectIn(objectIn(JSON.parse(body.toString()))['status']);
};

const untilStatus = (name: string, what: string, holds: (status: Status) => boolean): Promise<Status> =>
  waitFor(`pod ${name} ${what}`, 20_000, async () => {
    const status = await statusOf(name);
    return holds(status) ? status : undefined;
  });

const isTrue = (type: string) => (status: Status) =>
  objectsIn(status['conditions']).some(c => c['type'] === type && c['status'] === 'True');
const containerIn = (status: Status, name: string): Status =>
  objectIn(objectsIn(status['containerStatuses']).find(c => c['name'] === name));
const restartsOf = (status: Status, name: string): unknown => containerIn(status, name)['restartCount'];

const untilReady = (name: string): Promise<Status> => untilStatus(name, 'Ready', isTrue('Ready'));

const setImage = (name: string, change: string): Promise<string> =>
  cluster.kubectl(['set', 'image', `pod/${name}`, change]);

test('a pod becomes Ready, with addresses', async () => {
  await create(pod('plain'));
  const status = await untilReady('plain');
  assert.match(textIn(status['podIP']), /^10\./);
  assert.equal(status['observedGeneration'], 1);
});

test('a readiness gate keeps a pod from being Ready until somebody opens it', async () => {
  await create(pod('gated', { readinessGates: [{ conditionType: 'InPlaceUpdateReady' }] }));
  const waiting = await untilStatus('gated', 'with ready containers', isTrue('ContainersReady'));
  assert.equal(isTrue('Ready')(waiting), false);
  const open = { status: { conditions: [{ type: 'InPlaceUpdateReady', status: 'True' }] } };
  await cluster.kubectl(['patch', 'pod', 'gated', '--subresource=status', '-p', JSON.stringify(open)]);
  await untilReady('gated');
});

test('a changed image restarts that container alone, in place', async () => {
  await create(pod('changed'));
  const before = await untilReady('changed');
  await setImage('changed', 'a=local.test/app:v2');
  const after = await untilStatus('changed', 'with the new image', s => restartsOf(s, 'a') === 1);
  assert.equal(containerIn(after, 'a')['image'], 'local.test/app:v2');
  assert.notEqual(containerIn(after, 'a')['containerID'], containerIn(before, 'a')['containerID']);
  assert.deepEqual(containerIn(after, 'b'), containerIn(before, 'b'));
  assert.equal(after['podIP'], before['podIP']);
});

test('a container whose image cannot be pulled waits, and recovers when the image is put right', async () => {
  await create(pod('missing'));
  await untilReady('missing');
  await setImage('missing', 'a=local.test/none:v9');
  const waits = (status: Status): boolean => objectIn(containerIn(status, 'a')['state'])['waiting'] !== undefined;
  await untilStatus('missing', 'waiting for its image', waits);
  await setImage('missing', 'a=local.test/app:v1');
  assert.equal(restartsOf(await untilReady('missing'), 'a'), 1);
});

test('a tag that crashes is Ready for a moment, again and again, and a rollback ends it', async () => {
  await create(pod('crashing'));
  await untilReady('crashing');
  await setImage('crashing', 'a=local.test/app:crash');
  const backsOff = (status: Status): boolean =>
    objectIn(objectIn(containerIn(status, 'a')['state'])['waiting'])['reason'] === 'CrashLoopBackOff';
  await untilStatus('crashing', 'in a crash loop', backsOff);
  await setImage('crashing', 'a=local.test/app:v1');
  await untilReady('crashing');
});

test('a CPU request is resized without a restart', async () => {
  await create(pod('resized', { containers: [container('a', { resources: { requests: { cpu: '50m' } } })] }));
  await untilReady('resized');
  const patch = { spec: { containers: [{ name: 'a', resources: { requests: { cpu: '80m' } } }] } };
  await cluster.kubectl(['patch', 'pod', 'resized', '--subresource=resize', '-p', JSON.stringify(patch)]);
  const isResized = (status: Status): boolean =>
    objectIn(objectIn(containerIn(status, 'a')['resources'])['requests'])['cpu'] === '80m';
  const status = await untilStatus('resized', 'resized', s => isResized(s) && !isTrue('PodResizeInProgress')(s));
  assert.equal(restartsOf(status, 'a'), 0);
});

test('a pod that runs to completion ends with the exit code of its command, and its sidecar with it', async () => {
  const sidecar = container('side', { restartPolicy: 'Always' });
  for (const [name, command, phase] of [
    ['good', 'sleep 0.1; exit 0', 'Succeeded'],
    ['bad', 'exit 3', 'Failed'],
  ] as const) {
    const main = container('main', { command: ['/bin/busybox', 'sh', '-c', command] });
    await create(pod(name, { restartPolicy: 'Never', initContainers: [sidecar], containers: [main] }));
    await untilStatus(name, phase, status => status['phase'] === phase);
  }
});

test('a deleted pod ends; one with a finalizer stays until that is taken away', async () => {
  await create({ ...pod('held'), metadata: { name: 'held', finalizers: ['example.test/hold'] } });
  await untilReady('held');
  await cluster.kubectl(['delete', 'pod', 'held', '--wait=false']);
  await untilStatus('held', 'Succeeded', status => status['phase'] === 'Succeeded');
  await cluster.kubectl(['patch', 'pod', 'held', '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
  await cluster.kubectl(['wait', '--for=delete', 'pod/held', '--timeout=20s']);
  await cluster.kubectl(['delete', 'pod', 'plain', '--timeout=20s']);
});

test('containers go on running while the kubelet is restarted', async () => {
  await create(pod('kept'));
  const before = await untilReady('kept');
  await setImage('kept', 'a=local.test/app:v2');
  await untilStatus('kept', 'with the new image', s => restartsOf(s, 'a') === 1);
  await cluster.kubelet?.restart();
  await setImage('kept', 'b=local.test/app:v2');
  const after = await untilStatus('kept', 'with both new images', s => restartsOf(s, 'b') === 1);
  assert.equal(restartsOf(after, 'a'), 1);
  assert.equal(after['startTime'], before['startTime']);
});

const readyOf = async (namespace: string): Promise<number> => {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const { body } = await client.request({
    method: 'GET',
    path,
    accept: 'application/json;as=Table;g=meta.k8s.io;v=v1',
    query: { includeObject: 'None', resourceVersion: '0' },
  });
  const rows = objectsIn(objectIn(JSON.parse(body.toString()))['rows']);
  return rows.filter(({ cells }) => Array.isArray(cells) && cells[1] === '1/1').length;
};

test('1,000 pods on 100 nodes become Ready', async t => {
  const wanted = 1000;
  await cluster.kubectl(['create', 'namespace', 'many']);
  await waitFor('the ServiceAccount of the namespace', 20_000, () =>
    cluster.kubectl(['get', 'serviceaccount', 'default', '-n', 'many']).catch(() => undefined),
  );
  const began = performance.now();
  const names = Array.from({ length: wanted }, (_, i) => `p${i}`);
  await Promise.all(names.map(name => create(pod(name, { containers: [container('a')] }), 'many')));
  const created = performance.now();
  await waitFor(`${wanted} Ready pods`, 120_000, async () => ((await readyOf('many')) === wanted ? true : undefined));
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  t.diagnostic(`created in ${seconds(created - began)} s, all Ready after ${seconds(performance.now() - began)} s`);
});
