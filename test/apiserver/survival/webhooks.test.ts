/** R5 and R7: pods can be created while webhooks are rolled, flooded, blocked or gone, and what slipped through is told. */

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { post } from '../../../kube/server/fixture.ts';
import { waitFor } from '../../cluster/deadline.ts';
import { applyManifests, startReplica, untilArmed } from '../../cluster/installation.ts';
import { clusterForTests } from '../../cluster/shared.ts';
import { secondsSince, tell } from '../../instruments/survival/figure.ts';
import { type Creations, createPods, failuresOf, percentiles, sidecarSet } from './creations.ts';
import { testsOn } from './evidence.ts';
import { isLong } from './length.ts';
import { openScene } from './scene.ts';
import { webhookService } from './service.ts';
import { lineToWebhook } from './webhookLine.ts';

const cluster = await clusterForTests();
const { kubectl } = cluster;
const service = await webhookService(cluster);
after(() => service[Symbol.asyncDispose]());
await applyManifests(cluster);
const [, ...replicas] = await Promise.all([
  startReplica(cluster, 'controller', { flags: ['--webhook-url', service.url] }),
  service.add('berth-webhook-1'),
  service.add('berth-webhook-2'),
]);
await untilArmed(cluster, service.url);
const scene = await openScene(cluster);
const test = testsOn(cluster);
const perSecond = 20;

const namespace = (name: string, labels: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

before(async () => {
  await scene.apply(namespace('waits', { 'berth/injection': 'required' }));
  await scene.apply(namespace('goes-on'));
  await scene.apply(sidecarSet);
  await kubectl(['wait', '--for=condition=InjectionActive', 'sidecarset/agent', '--timeout=30s']);
});

const create = (where: string, until: Promise<unknown>): Promise<Creations> =>
  createPods({ client: scene.client, namespace: where, perSecond, until });

const mostLeaving = 10;

/** Each replica is followed by a new one, as a Deployment does it; resolves when the last of the former is gone. */
const roll = async (times: number): Promise<void> => {
  const leaving: Promise<void>[] = [];
  for (let round = 1; round <= times; round += 1) {
    await leaving[leaving.length - mostLeaving];
    const next = await service.add(`berth-webhook-${round + 2}`);
    const former = replicas.shift();
    replicas.push(next);
    if (former !== undefined) leaving.push(service.remove(former));
  }
  await Promise.all(leaving);
};

test('both webhooks are rolled while 20 pods a second are created: none fails, and none lacks its sidecar', async t => {
  const made = await create('waits', roll(isLong ? 40 : 2));
  tell(t, failuresOf(made, { of: 'R5', during: 'webhooks were rolled' }));
  assert.deepEqual(made.failed.slice(0, 3), []);
  assert.equal(made.bare, 0);
  assert.ok(made.created >= 100, `only ${made.created} pods were created`);
});

test('a flood of reviews does not stop the creation of pods', async t => {
  const calm = await create('waits', sleep(3000));
  const line = await lineToWebhook(cluster, service.url);
  const ending = new AbortController();
  let reviews = 0;
  const flood = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await post(line, '/mutate-pod', `{"kind":"AdmissionReview","junk":"${'x'.repeat(5000)}"}`).catch(() => undefined);
      reviews += 1;
    }
  };
  const flooding = Array.from({ length: 25 }, flood);
  const flooded = await create('waits', sleep(5000)).finally(() => ending.abort());
  await Promise.all(flooding);
  line.agent.destroy();
  tell(t, failuresOf(flooded, { of: 'R5', during: 'a flood of reviews came' }));
  t.diagnostic(`${reviews} reviews; before the flood: ${percentiles(calm)}`);
  assert.deepEqual(flooded.failed.slice(0, 3), []);
  assert.ok(reviews > 100, `only ${reviews} reviews`);
});

const uninjected = (): number => {
  const set = scene.recorder.newest('SidecarSet')[0];
  return (set?.['status'] as { uninjectedPods?: number } | undefined)?.uninjectedPods ?? 0;
};

/** e.g. a pod that nobody runs. */
const aPod = (where: string, app = 'created'): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'alone-', namespace: where, labels: { app } },
    spec: {
      automountServiceAccountToken: false,
      schedulingGates: [{ name: 'example.com/never' }],
      containers: [{ name: 'main', image: 'example.test/app:v1' }],
    },
  });

const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => assert.fail('it was accepted'),
    (error: Error) => error.message,
  );

test('all webhooks are down: pods start everywhere but where injection is required, and each that slipped through is counted', async t => {
  await Promise.all(replicas.map(replica => replica.kill()));
  const made = await create('goes-on', sleep(2000));
  tell(t, failuresOf(made, { of: 'R7', during: 'all webhooks were down' }));
  assert.deepEqual(made.failed.slice(0, 3), []);
  for (const own of ['berth-system', 'kube-system']) await kubectl(['create', '-f', '-'], aPod(own, 'of-the-house'));
  const refused = await refusal(kubectl(['create', '-f', '-'], aPod('waits')));
  assert.match(
    refused,
    /failed calling webhook "namespace-label-berth-injection-required\.remove-it-to-start-pods-without-sidecars/u,
  );
  t.diagnostic(`R7: where injection is required: ${refused}`);
  await Promise.all(replicas.map(replica => replica.restart()));
  const since = performance.now();
  await scene.until('every pod that slipped through to be counted', 30, () => uninjected() === made.bare);
  tell(t, {
    ...{ of: 'R7', what: 'webhooks back to every pod that slipped through counted', unit: 's', atMost: 30 },
    ...{ value: secondsSince(since), note: `${made.bare} of ${made.created} pods` },
  });
  assert.equal(made.bare, made.created);
});

test('Berth is uninstalled with its webhooks dead: pods can be created at once', async t => {
  // Pods of no set: of one that says it is active, they would have to have the sidecar.
  await Promise.all(replicas.map(replica => replica.kill()));
  await refusal(kubectl(['create', '-f', '-'], aPod('waits', 'of-no-set')));
  const since = performance.now();
  await kubectl([
    'delete',
    'mutatingwebhookconfiguration/berth-mutating',
    'validatingwebhookconfiguration/berth-validating',
  ]);
  await waitFor('a pod to be created', 10_000, () =>
    kubectl(['create', '-f', '-'], aPod('waits', 'of-no-set')).catch(() => undefined),
  );
  tell(t, {
    ...{ of: 'R8', what: 'webhooks dead and their configurations deleted, to a pod created', unit: 's', atMost: 2 },
    value: secondsSince(since),
  });
});

test('no revision of all this breaks an invariant', t => scene.judge(t));
