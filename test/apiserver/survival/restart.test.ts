/** R2: a controller that starts in a cluster of 5,000 pods has read it, and caught up with all sets, within 10 s. */

import assert from 'node:assert/strict';
import { before } from 'node:test';
import { collectionPath } from '../../../kube/paths.ts';
import { waitFor } from '../../cluster/deadline.ts';
import { installBerth } from '../../cluster/installation.ts';
import { clusterForTests } from '../../cluster/shared.ts';
import { secondsSince, tell } from '../../instruments/survival/figure.ts';
import { testsOn } from './evidence.ts';
import { aDatabase, openScene } from './scene.ts';

const cluster = await clusterForTests({ nodes: 20, kubelet: ['--scale', '0.1'] });
/** The Lease is no part of the figure: it stays with the pod's name. */
const { controller } = await installBerth(cluster, { controller: { flags: ['--identity', 'berth-controller-0'] } });
const scene = await openScene(cluster);
const { client } = scene;
const test = testsOn(cluster);

const sets = 50;
const podsInSets = 10;
const others = 4500;
const atOnce = 24;

const create = async (path: string, object: object): Promise<void> => {
  const { status, body } = await client.request({
    method: 'POST',
    path,
    contentType: 'application/json',
    body: JSON.stringify(object),
  });
  assert.equal(status, 201, body.toString());
};

const ofSets = { group: 'apps.kruise.io', version: 'v1beta1', plural: 'statefulsets' };
const pods = { group: '', version: 'v1', plural: 'pods' };

const createSet = (i: number): Promise<void> =>
  create(collectionPath(ofSets, 'default'), aDatabase({ name: `set-${i}`, version: 'v1', replicas: podsInSets }));

/** Nobody runs it, the scheduler does not look at it, and where it stands no webhook is asked. */
const createOther = (i: number): Promise<void> =>
  create(collectionPath(pods, 'kube-system'), {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `other-${i}`, labels: { app: `other-${i % 100}` } },
    spec: {
      schedulingGates: [{ name: 'example.com/never' }],
      containers: [{ name: 'main', image: 'example.test/app:v1' }],
    },
  });

/** `count` calls, a few at a time. */
const each = async (count: number, call: (i: number) => Promise<void>): Promise<void> => {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await call(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
};

interface StatefulSet {
  readonly metadata: { readonly generation: number };
  readonly status?: { readonly observedGeneration?: number; readonly readyReplicas?: number };
}

/** How many sets are as wanted. */
const count = async (isRight: (set: StatefulSet) => boolean): Promise<number> => {
  const { body } = await client.request({ method: 'GET', path: collectionPath(ofSets, 'default') });
  return (JSON.parse(body.toString()) as { items: StatefulSet[] }).items.filter(isRight).length;
};

const untilAll = (what: string, isRight: (set: StatefulSet) => boolean): Promise<true> =>
  waitFor(what, 120_000, async () => (await count(isRight)) === sets || undefined);

const isObserved = ({ metadata, status }: StatefulSet): boolean => status?.observedGeneration === metadata.generation;

before(async () => {
  await each(sets, createSet);
  await each(others, createOther);
  await untilAll('all pods of the sets to be ready', ({ status }) => status?.readyReplicas === podsInSets);
});

test('a controller is restarted among 5,000 pods: every set that changed meanwhile is seen to within 10 s', async t => {
  await controller.kill();
  await cluster.kubectl([
    ...['patch', 'statefulsets.apps.kruise.io', '--type=merge', '-p', '{"spec":{"revisionHistoryLimit":5}}'],
    ...Array.from({ length: sets }, (_, i) => `set-${i}`),
  ]);
  assert.equal(await count(isObserved), 0);
  const began = performance.now();
  await controller.restart();
  const note = `${others + sets * podsInSets} pods, ${sets} sets`;
  tell(t, {
    of: 'R2',
    what: 'restart of the controller to everything read',
    unit: 's',
    value: secondsSince(began),
    note,
  });
  await untilAll('all sets to be seen to', isObserved);
  const passed = secondsSince(began);
  tell(t, {
    of: 'R2',
    what: 'restart of the controller to its queue drained',
    unit: 's',
    atMost: 10,
    value: passed,
    note,
  });
  assert.ok(passed <= 10, `${passed} s`);
});

test('no revision of all this breaks an invariant', t => scene.judge(t));
