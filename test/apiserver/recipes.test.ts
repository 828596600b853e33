/** The recipes of docs/recipes, rolled out on a real control plane as their page says. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Pod } from '../../api/kubernetes.ts';
import { installBerth } from '../cluster/installation.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { judged } from '../instruments/judged.ts';
import type { Recorder } from '../instruments/recorder.ts';
import { applyTo, commandsIn, document, eventually, injectedIn, objectsIn } from './manifests.ts';
import {
  aDeployment,
  conditionOf,
  injects,
  isComplete,
  isReady,
  podsOf,
  sceneIn,
  statusOf,
  until,
} from './sidecars.ts';

const cluster = await clusterForTests({ nodes: 4 });
await installBerth(cluster);
const { apply, begin } = sceneIn(cluster);

const recipe = (name: string): string => document(`recipes/${name}.yaml`);

/** The recipe's set injects, and an app has pods with these labels that serve. */
const running = async (recorder: Recorder, name: string, set: string, apps: readonly App[]): Promise<void> => {
  await eventually(20_000, () => applyTo(cluster, recipe(name)));
  await until(`${set} to inject`, 30, () => injects(recorder, set));
  await apply(...apps.map(({ app, pods, labels }) => aDeployment(app, pods, labels)));
  for (const { app, pods } of apps)
    await until(`${pods} pods of ${app}`, 60, () => podsOf(recorder, app).filter(isReady).length === pods);
};

interface App {
  readonly app: string;
  readonly pods: number;
  readonly labels: Readonly<Record<string, string>>;
}

type Change = { readonly op: 'add' | 'replace' | 'remove'; readonly path: string; readonly value?: unknown };

const patch = (set: string, ...changes: readonly Change[]): Promise<string> =>
  cluster.kubectl(['patch', 'sidecarset', set, '--type=json', '-p', JSON.stringify(changes)]);

const setImage = (set: string, image: string): Promise<string> =>
  patch(set, { op: 'replace', path: '/spec/containers/0/image', value: image });

/** Pods of the app in whose spec a container has the image. */
const having = (recorder: Recorder, app: string, image: string): readonly Pod[] =>
  podsOf(recorder, app).filter(pod => pod.spec?.containers.some(c => c.image === image));

/** So many pods at the present revision, all is Ready, and nothing is on its way. */
const rests = (recorder: Recorder, set: string, updated: number): boolean =>
  conditionOf(recorder, set, 'Ready')?.status === 'True' && statusOf(recorder, set)['updatedReadyPods'] === updated;

test('the page names every recipe', async t => {
  const names = readdirSync(join(import.meta.dirname, '../../docs/recipes')).filter(name => name.endsWith('.yaml'));
  const page = document('recipes/README.md');
  assert.deepEqual(
    names.filter(name => !page.includes(`(${name})`)),
    [],
  );
  const sets = names.flatMap(name => objectsIn(document(`recipes/${name}`)));
  assert.ok(sets.every(set => set.kind === 'SidecarSet'));
  t.diagnostic(`${names.length} recipes`);
});

test('log agent: it is replaced in place, and mounts what the app mounts', async () => {
  await using recorder = await begin('log-agent');
  await running(recorder, 'log-agent', 'log-agent', [{ app: 'web', pods: 4, labels: { logs: 'agent' } }]);
  await setImage('log-agent', 'registry.example.com/log-agent:7.16.3');
  await until('the agents to be replaced', 60, () => isComplete(recorder, 'log-agent', 4));
  assert.equal(having(recorder, 'web', 'registry.example.com/log-agent:7.16.3').length, 4);
  const { appRestarts, pods } = await judged(recorder);
  assert.equal(appRestarts, 0);
  assert.deepEqual(pods, { kept: 4, of: 4 });
  const own = { volumes: [{ name: 'varlog', hostPath: { path: '/var/log/web' } }] };
  const pod = await injectedIn(cluster, { labels: { logs: 'agent' }, spec: own });
  assert.deepEqual(
    pod.spec.volumes.filter(v => v.name === 'varlog'),
    [{ name: 'varlog', hostPath: { path: '/var/log/web', type: '' } }],
  );
});

test('batches: as many pods move as the partition lets go, spread over the apps', async () => {
  await using recorder = await begin('batches');
  const labels = { tracing: 'agent' };
  const apps = ['red', 'blue'].map(app => ({ app, pods: 10, labels }));
  await running(recorder, 'batches', 'batches', apps);
  const next = 'registry.example.com/tracing:1.1';
  await setImage('batches', next);
  await until('the first pod', 60, () => rests(recorder, 'batches', 1));
  await patch('batches', { op: 'replace', path: '/spec/updateStrategy/partition', value: '80%' });
  await until('a fifth of the pods', 60, () => rests(recorder, 'batches', 4));
  assert.ok(
    having(recorder, 'red', next).length > 0 && having(recorder, 'blue', next).length > 0,
    'both apps have some',
  );
  await patch('batches', { op: 'remove', path: '/spec/updateStrategy/partition' });
  await until('all pods', 120, () => isComplete(recorder, 'batches', 20));
  const { unavailable } = await judged(recorder);
  assert.deepEqual(unavailable, [{ of: 'SidecarSet batches', greatest: 2, limit: 2 }]);
});

test('canary: pods with the label move first, the others when the selector is taken away', async () => {
  await using recorder = await begin('canary');
  await running(recorder, 'canary', 'selected', [
    { app: 'few', pods: 2, labels: { metrics: 'agent', 'canary.release': 'true' } },
    { app: 'many', pods: 4, labels: { metrics: 'agent' } },
  ]);
  const next = 'registry.example.com/metrics:1.1';
  await setImage('selected', next);
  await until('the canaries', 60, () => rests(recorder, 'selected', 2));
  assert.equal(having(recorder, 'few', next).length, 2);
  assert.equal(conditionOf(recorder, 'selected', 'Ready')?.reason, 'NotSelected');
  await patch('selected', { op: 'remove', path: '/spec/updateStrategy/selector' });
  await until('all pods', 60, () => isComplete(recorder, 'selected', 6));
  await judged(recorder);
});

test('safe rollout: running pods move in batches, new ones get the old version until it is trusted', async () => {
  await using recorder = await begin('safe-rollout');
  const labels = { guard: 'agent' };
  await running(recorder, 'safe-rollout-1', 'guard', [{ app: 'api', pods: 10, labels }]);
  const [old, next] = ['registry.example.com/guard:1.0', 'registry.example.com/guard:2.0'];
  await applyTo(cluster, recipe('safe-rollout-2'));
  await until('a tenth of the pods', 60, () => rests(recorder, 'guard', 1));
  const newPods = (count: number) => Promise.all(Array.from({ length: count }, () => injectedIn(cluster, { labels })));
  const imagesOf = async (count: number) =>
    (await newPods(count)).map(pod => pod.spec.containers.find(c => c.name === 'guard')?.image);
  assert.deepEqual([...new Set(await imagesOf(10))], [old]);

  await applyTo(cluster, recipe('safe-rollout-3'));
  await until('three tenths of the pods', 60, () => rests(recorder, 'guard', 3));
  await eventually(20_000, async () => {
    const images = await imagesOf(60);
    const updated = images.filter(image => image === next).length;
    assert.ok(updated > 5 && updated < 36, `${updated} of 60 new pods have the new version`);
  });

  const trusted = objectsIn(recipe('safe-rollout-2')).map(({ spec, ...rest }) => {
    const { updateStrategy: _batches, injectionStrategy: _pin, ...wanted } = spec as Record<string, unknown>;
    return JSON.stringify({ ...rest, spec: wanted });
  });
  await applyTo(cluster, trusted.join('\n---\n'));
  await until('all pods', 120, () => isComplete(recorder, 'guard', 10));
  await eventually(20_000, async () => assert.deepEqual([...new Set(await imagesOf(10))], [next]));
  await judged(recorder);

  const [command = []] = commandsIn(document('recipes/README.md'));
  const history = await cluster.kubectl([...command, '--no-headers']);
  const versions = history
    .trim()
    .split('\n')
    .map(line => line.split(/\s+/).at(-1));
  assert.deepEqual(new Set(versions), new Set(['version-1', 'version-2']));
});

test('mesh: the pod is Ready at every moment of a hot upgrade, and one twin always works', async () => {
  await using recorder = await begin('mesh');
  await running(recorder, 'mesh', 'mesh', [{ app: 'cart', pods: 3, labels: { mesh: 'proxy' } }]);
  await setImage('mesh', 'registry.example.com/proxy:1.1');
  await until('all twins to be swapped', 90, () => isComplete(recorder, 'mesh', 3));
  for (const pod of podsOf(recorder, 'cart'))
    assert.deepEqual(
      pod.spec?.containers.map(c => c.image),
      ['registry.example.com/proxy-empty:1.0', 'registry.example.com/proxy:1.1', 'example.test/app:v1'],
    );
  const { appRestarts } = await judged(recorder);
  assert.equal(appRestarts, 0);
  const began = new Set<string>();
  for (const { kind, object } of recorder.chronicle().entries) {
    if (kind !== 'Pod' || object.metadata.labels?.['app'] !== 'cart') continue;
    const pod = object as unknown as Pod;
    const name = pod.metadata?.name ?? '';
    if (isReady(pod)) began.add(name);
    else assert.ok(!began.has(name), `${name} was Ready, and then was not`);
  }
  assert.equal(began.size, 3);
});

test('private images: the pull secret stands beside those of the pod', async () => {
  await applyTo(cluster, recipe('private-images'));
  await eventually(20_000, async () => {
    const spec = { imagePullSecrets: [{ name: 'own' }] };
    const pod = await injectedIn(cluster, { labels: { private: 'agent' }, spec });
    assert.deepEqual(pod.spec.imagePullSecrets, [{ name: 'own' }, { name: 'agent-registry' }]);
  });
});

test('resource curve: the agent follows the app', async () => {
  await applyTo(cluster, recipe('resource-curve'));
  const cpuBeside = async (cpu: string): Promise<unknown> => {
    const main = { resources: { limits: { cpu }, requests: { cpu } } };
    const pod = await injectedIn(cluster, { labels: { curve: 'agent' }, main });
    return pod.spec.containers.find(c => c.name === 'curve')?.resources?.limits?.['cpu'];
  };
  await eventually(20_000, async () => assert.equal(await cpuBeside('100m'), '500m'));
  const curve = { '1': '500m', '1500m': '750m', '2': '1', '3': '2', '4': '3', '16': '3' };
  for (const [cpu, wanted] of Object.entries(curve)) assert.equal(await cpuBeside(cpu), wanted, `beside ${cpu}`);
});
