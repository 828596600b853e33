/** SidecarSets on a real control plane: pods get their sidecars, and the sidecars move on without the apps. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/contract.ts';
import { waitFor } from '../cluster/deadline.ts';
import { installBerth } from '../cluster/installation.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { judged } from '../instruments/judged.ts';
import {
  aDeployment,
  aSet,
  conditionOf,
  identityOf,
  imagesOf,
  injects,
  isComplete,
  isReady,
  podsOf,
  type SetOptions,
  sceneIn,
  statusOf,
  until,
} from './sidecars.ts';

const pods = 30;
const cluster = await clusterForTests({ nodes: 5 });
const { controller, webhook } = await installBerth(cluster);
const { apply, begin, running } = sceneIn(cluster);

test('new pods get the sidecar, and its image moves on within the budget while no app container restarts [§11.9 image]', async () => {
  await using recorder = await begin('roll');
  await running(recorder, 'web', pods, { strategy: { maxUnavailable: '20%' } });
  for (const pod of podsOf(recorder, 'web'))
    assert.deepEqual(
      pod.spec?.containers.map(c => c.name),
      ['log', 'main'],
    );
  const before = podsOf(recorder, 'web').map(identityOf).sort();
  await apply(aSet('web', { image: 'example.test/log:v2', strategy: { maxUnavailable: '20%' } }));
  await until('the roll to end', 120, () => isComplete(recorder, 'web-logs', pods));
  for (const pod of podsOf(recorder, 'web'))
    assert.deepEqual(imagesOf(pod), ['log example.test/log:v2 1', 'main example.test/app:v1 0']);
  const after = podsOf(recorder, 'web').map(identityOf).sort();
  assert.deepEqual(after, before);
  const { appRestarts, unavailable, writesPerUpdate } = await judged(recorder);
  assert.equal(appRestarts, 0);
  assert.deepEqual(unavailable, [{ of: 'SidecarSet web-logs', greatest: 6, limit: 6 }]);
  // Images, and when they are proven the condition SidecarSetUpgradable.
  assert.equal(writesPerUpdate?.greatest, 2);
});

test('a bad image stops at the budget, and the way back is taken although the controller dies twice', async () => {
  await using recorder = await begin('back');
  await running(recorder, 'shop', pods, { strategy: { maxUnavailable: 3 } });
  await apply(aSet('shop', { image: 'example.test/log:no-such-image', strategy: { maxUnavailable: 3 } }));
  await until(
    'the roll to be stalled',
    60,
    () => conditionOf(recorder, 'shop-logs', 'Stalled')?.reason === 'ImageError',
  );
  assert.match(conditionOf(recorder, 'shop-logs', 'Stalled')?.message ?? '', /container log cannot be started/);
  await controller.kill();
  await apply(aSet('shop', { image: 'example.test/log:v3', strategy: { maxUnavailable: 3 } }));
  await controller.restart();
  await until('some pods at the new image', 60, () =>
    podsOf(recorder, 'shop').some(pod => imagesOf(pod)[0]?.includes('log:v3')),
  );
  await controller.kill();
  await controller.restart();
  await until('the roll to end', 120, () => statusOf(recorder, 'shop-logs')['updatedReadyPods'] === pods);
  const { appRestarts } = await judged(recorder);
  assert.equal(appRestarts, 0);
});

test('a change of more than the image moves no pod and names the field; new pods get it [§11.9 other fields]', async () => {
  await using recorder = await begin('fields');
  await running(recorder, 'cart', 2);
  const changed = { image: 'example.test/log:v2', container: { env: [{ name: 'LEVEL', value: 'debug' }] } };
  await apply(aSet('cart', changed));
  await until('the set to say so', 30, () => conditionOf(recorder, 'cart-logs', 'Stalled')?.reason === 'NotInPlace');
  assert.match(conditionOf(recorder, 'cart-logs', 'Stalled')?.message ?? '', /spec\.containers\[0\]\.env/);
  for (const pod of podsOf(recorder, 'cart')) assert.deepEqual(imagesOf(pod)[0], 'log example.test/log:v1 0');
  await cluster.kubectl(['delete', 'pods', '-l', 'app=cart', '--wait=false']);
  await until('new pods', 60, () => statusOf(recorder, 'cart-logs')['updatedReadyPods'] === 2);
  await judged(recorder);
});

test('a sidecar that is upgraded hot leaves the app alone, and one that failed goes back without a restart', async () => {
  await using recorder = await begin('hot');
  const upgradeStrategy = { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'example.test/log:empty' };
  const hot = (image: string): SetOptions => ({ image: `example.test/log:${image}`, container: { upgradeStrategy } });
  const twins = (): readonly string[] => [...new Set(podsOf(recorder, 'mesh').map(pod => imagesOf(pod).join(', ')))];
  await running(recorder, 'mesh', 3, hot('v1'));
  await apply(aSet('mesh', hot('v2')));
  const upgraded = 'log-1 example.test/log:empty 1, log-2 example.test/log:v2 1, main example.test/app:v1 0';
  await until('all twins to be swapped', 90, () => twins().join() === upgraded);
  await apply(aSet('mesh', hot('no-such-image')));
  await until(
    'the set to be stalled',
    60,
    () => conditionOf(recorder, 'mesh-logs', 'Stalled')?.reason === 'ImageError',
  );
  await apply(aSet('mesh', hot('v2')));
  await until(
    'the roll to be taken back',
    60,
    () => conditionOf(recorder, 'mesh-logs', 'Ready')?.reason === 'UpToDate',
  );
  for (const pod of podsOf(recorder, 'mesh'))
    assert.deepEqual(imagesOf(pod).slice(1), upgraded.split(', ').slice(1), 'the healthy twin was never restarted');
  const { appRestarts } = await judged(recorder);
  assert.equal(appRestarts, 0);
});

test('native sidecars move in place, and wait where the kubelet would not restart them', async () => {
  await using recorder = await begin('native');
  const native = (version: string): KubeObject => {
    const { spec, ...rest } = aSet('proxy');
    const { selector } = spec as { readonly selector: object };
    const initContainers = [{ name: 'mesh', image: `example.test/mesh:${version}`, restartPolicy: 'Always' }];
    return { ...rest, spec: { selector, initContainers, updateStrategy: { maxUnavailable: 4 } } };
  };
  const setKubelet = (node: string, kubeletVersion: string): Promise<string> => {
    const status = JSON.stringify({ status: { nodeInfo: { kubeletVersion } } });
    return cluster.kubectl(['patch', 'node', node, '--subresource=status', '--type=merge', '-p', status]);
  };
  const meshes = (): readonly string[] =>
    podsOf(recorder, 'proxy').flatMap(pod =>
      (pod.status?.initContainerStatuses ?? []).map(c => `${pod.spec?.nodeName} ${c.image} ${c.restartCount}`),
    );
  await apply(native('v1'));
  await until('injection to be active', 30, () => injects(recorder, 'proxy-logs'));
  await apply(aDeployment('proxy', 4));
  await until('4 pods that serve', 60, () => podsOf(recorder, 'proxy').filter(isReady).length === 4);
  const old = podsOf(recorder, 'proxy')[0]?.spec?.nodeName ?? '';
  await setKubelet(old, 'v1.31.9');
  await apply(native('v2'));
  const isStuck = (): boolean => conditionOf(recorder, 'proxy-logs', 'Stalled')?.reason === 'KubeletTooOld';
  await until('the set to say who stays', 60, isStuck);
  for (const line of meshes())
    assert.match(line, line.startsWith(`${old} `) ? / example\.test\/mesh:v1 0$/ : / example\.test\/mesh:v2 1$/);
  await setKubelet(old, 'v1.36.3');
  await until('all pods to move', 60, () => isComplete(recorder, 'proxy-logs', 4));
  const { appRestarts } = await judged(recorder);
  assert.equal(appRestarts, 0);
});

test('pods that cannot be changed where they stand are evicted one by one, if the set asks for it', async () => {
  await using recorder = await begin('recreate');
  const strategy = { nonInPlace: 'Recreate' };
  await running(recorder, 'box', 3, { strategy });
  await apply(aSet('box', { strategy, container: { env: [{ name: 'LEVEL', value: 'debug' }] } }));
  await until('all pods to be new', 90, () => isComplete(recorder, 'box-logs', 3));
  for (const pod of podsOf(recorder, 'box').filter(isReady))
    assert.ok(pod.spec?.containers.some(c => c.env?.some(e => e.name === 'LEVEL')));
  await judged(recorder);
});

test('a set that could not work is refused, with every mistake and where it is', async () => {
  const broken = aSet('broken', { container: { name: 'Log', image: '' } });
  const { message } = await apply(broken).then(
    () => assert.fail('it was accepted'),
    (error: Error) => error,
  );
  assert.match(message, /spec\.containers\[0\]\.name: "Log"/);
  assert.match(message, /spec\.containers\[0\]\.image: must be given/);
});

test('metadata of a set is checked by the apiserver [§4.2 #1]', async () => {
  const odd = apply(aSet('odd', { metadata: { labels: { 'no key!': 'x' } } }));
  await assert.rejects(odd, /metadata\.labels: Invalid value: "no key!"/);
});

test('a set gets its hashes, whatever its author wrote there', async () => {
  const key = 'kruise.io/sidecarset-hash';
  await apply(aSet('hashed', { metadata: { annotations: { [key]: 'lie' } } }));
  const stored = JSON.parse(await cluster.kubectl(['get', 'sidecarset', 'hashed-logs', '-o', 'json'])) as KubeObject;
  assert.equal(stored.metadata.annotations?.[key]?.length, 64);
});

test('without any webhook pods start, are counted, and only namespaces that ask for it wait', async () => {
  await using recorder = await begin('dead');
  await running(recorder, 'late', 1);
  await cluster.kubectl(['create', 'namespace', 'strict']);
  await cluster.kubectl(['label', 'namespace', 'strict', 'berth/injection=required']);
  await webhook.kill();
  await cluster.kubectl(['scale', 'deployment', 'late', '--replicas=2']);
  await until('the pod to serve', 60, () => podsOf(recorder, 'late').filter(isReady).length === 2);
  await until('it to be counted', 30, () => statusOf(recorder, 'late-logs')['uninjectedPods'] === 1);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'strict' },
    spec: { containers: [{ name: 'a', image: 'a' }] },
  };
  const { message } = await apply(pod).then(
    () => assert.fail('it was accepted'),
    (error: Error) => error,
  );
  assert.match(message, /namespace-label-berth-injection-required\.remove-it-to-start-pods-without-sidecars/);
  await webhook.restart();
  await waitFor('the webhook to answer again', 30_000, () =>
    apply(pod).then(
      () => true,
      () => undefined,
    ),
  );
  await judged(recorder);
});
