/** R6: the webhooks' certificate is renewed while pods are created, and no call fails. */

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { makeMaterial } from '../../../kube/certificates.ts';
import { systemClock as clock } from '../../../kube/clock.ts';
import { seconds } from '../../../kube/contract.ts';
import { waitFor } from '../../cluster/deadline.ts';
import { applyManifests, startReplica, untilArmed } from '../../cluster/installation.ts';
import { clusterForTests } from '../../cluster/shared.ts';
import { secondsSince, tell } from '../../instruments/survival/figure.ts';
import { createPods, failuresOf, sidecarSet } from './creations.ts';
import { testsOn } from './evidence.ts';
import { openScene } from './scene.ts';
import { webhookService } from './service.ts';

const cluster = await clusterForTests();
const { kubectl } = cluster;
const service = await webhookService(cluster);
after(() => service[Symbol.asyncDispose]());
await applyManifests(cluster);

/** Good, and due at once: it lacks the names under which a Service is called. */
const former = await makeMaterial({ names: ['127.0.0.1'], lifetime: seconds(3600) }, clock.now());
await kubectl(
  ['create', '-f', '-'],
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'berth-webhook-certificate', namespace: 'berth-system' },
    type: 'kubernetes.io/tls',
    stringData: former,
  }),
);
await Promise.all([
  startReplica(cluster, 'controller', { flags: ['--webhook-url', service.url] }),
  service.add('berth-webhook-1'),
  service.add('berth-webhook-2'),
]);
await untilArmed(cluster, service.url);
const scene = await openScene(cluster);
const test = testsOn(cluster);

/** Whether what a webhook shows now is not the former certificate. */
const showsAnother = (): Promise<boolean> =>
  new Promise((resolve, reject) => {
    // Whoever it is, only who it is is asked.
    const socket: TLSSocket = connect(
      { host: '127.0.0.1', port: Number(new URL(service.url).port), rejectUnauthorized: false },
      () => {
        const shown = socket.getPeerX509Certificate()?.fingerprint256;
        socket.destroy();
        resolve(shown !== new X509Certificate(former['tls.crt']).fingerprint256);
      },
    );
    socket.once('error', reject);
  });

/** Connections go to the webhooks in turn. */
const isRenewed = async (): Promise<true | undefined> =>
  (await Promise.all([showsAnother(), showsAnother()])).every(Boolean) || undefined;

before(async () => {
  const metadata = { name: 'waits', labels: { 'berth/injection': 'required' } };
  await scene.apply({ apiVersion: 'v1', kind: 'Namespace', metadata });
  await scene.apply(sidecarSet);
  await kubectl(['wait', '--for=condition=InjectionActive', 'sidecarset/agent', '--timeout=30s']);
});

test('the certificate is renewed while 20 pods a second are created: none fails, and none lacks its sidecar', async t => {
  assert.equal(await isRenewed(), undefined);
  const since = performance.now();
  const renewed = waitFor('both webhooks to show another certificate', 120_000, isRenewed);
  // The former authority is trusted no more a moment later.
  const until = renewed.then(() => sleep(5000));
  const made = await createPods({ client: scene.client, namespace: 'waits', perSecond: 20, until });
  const figure = failuresOf(made, { of: 'R6', during: 'the certificate was renewed' });
  tell(t, { ...figure, note: `${figure.note}, in ${secondsSince(since).toFixed(0)} s` });
  assert.deepEqual(made.failed.slice(0, 3), []);
  assert.equal(made.bare, 0);
  assert.ok(made.created >= 100, `only ${made.created} pods were created`);
});

test('no revision of all this breaks an invariant', t => scene.judge(t));
