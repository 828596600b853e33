/** Every example of docs/sidecarset.md is applied, and what the page says about it is held to what happens. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { installBerth } from '../cluster/installation.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { judged, recordCluster } from '../instruments/judged.ts';
import {
  applyTo,
  commandsIn,
  document,
  eventually,
  examplesIn,
  injectedIn,
  type MadePod,
  namesOf,
  type PodWish,
} from './manifests.ts';

const cluster = await clusterForTests({ nodes: 1 });
await installBerth(cluster);
const recorder = await recordCluster(cluster);
after(() => recorder[Symbol.asyncDispose]());

const made = (wish: PodWish): Promise<MadePod> => injectedIn(cluster, wish);
/** A pod that the example of this name is for. */
const forExample = (example: string, wish: Omit<PodWish, 'labels'> = {}): Promise<MadePod> =>
  made({ ...wish, labels: { example } });
const soon = <T>(attempt: () => Promise<T>): Promise<T> => eventually(20_000, attempt);
const container = ({ spec }: MadePod, name: string) => spec.containers.find(c => c.name === name);

test('every example is accepted by the apiserver, which knows all of its fields', async t => {
  const examples = examplesIn(document('sidecarset.md'));
  assert.ok(examples.length >= 17, `${examples.length} examples`);
  for (const example of examples) await soon(() => applyTo(cluster, example));
  t.diagnostic(`${examples.length} examples applied`);
});

test('every command of the page works', async t => {
  const commands = commandsIn(document('sidecarset.md'));
  assert.ok(commands.length >= 6, `${commands.length} commands`);
  for (const command of commands) await soon(() => cluster.kubectl(command));
  t.diagnostic(`${commands.length} commands run`);
});

test('the quick start injects, and its canary takes the place of its base', () =>
  soon(async () => {
    assert.deepEqual(namesOf(await made({ labels: { logs: 'agent' } })), ['log-agent', 'main']);
    const canary = await made({ labels: { logs: 'agent', canary: 'true' } });
    assert.equal(container(canary, 'log-agent')?.image, 'registry.example.com/log-agent:2.0');
    assert.deepEqual(namesOf(await made({ labels: {} })), ['main']);
  }));

test('namespaces are selected by their labels', async () => {
  await cluster.kubectl(['create', 'namespace', 'pay']);
  await cluster.kubectl(['label', 'namespace', 'pay', 'team=payments']);
  await soon(async () => {
    assert.deepEqual(namesOf(await made({ labels: { tier: 'web' }, namespace: 'pay' })), ['probe', 'main']);
    assert.deepEqual(namesOf(await made({ labels: { tier: 'web' } })), ['main']);
  });
});

test('containers stand where the page says, and a name of their own is refused if the set says so', () =>
  soon(async () => {
    const pod = await forExample('ordered', { spec: { initContainers: [{ name: 'own', image: 'a' }] } });
    assert.deepEqual(namesOf(pod), ['first', 'main', 'last']);
    assert.deepEqual(
      pod.spec.initContainers?.map(c => c.name),
      ['fetch-config', 'own'],
    );
    await assert.rejects(forExample('ordered', { main: { name: 'first' } }), /spec\.containers\[0\]\.name/);
  }));

test('volumes, variables and resources come from the app', () =>
  soon(async () => {
    const data = { volumes: [{ name: 'data', emptyDir: {} }] };
    const main = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };
    const mounts = container(await forExample('with-volumes', { main, spec: data }), 'agent')?.volumeMounts ?? [];
    assert.deepEqual(
      mounts.map(m => m.mountPath).filter(path => !path.startsWith('/var/run/secrets')),
      ['/cache', '/data'],
    );
    const env = ['REGION', 'TEAM', 'STAGE', 'OTHER'].map(name => ({ name, value: name.toLowerCase() }));
    const labels = { example: 'with-variables', 'main-container': 'main' };
    const variables = container(await made({ labels, main: { env } }), 'agent')?.env ?? [];
    assert.deepEqual(
      variables.map(v => `${v.name}=${v.value}`),
      ['LEVEL=info', 'IS_INJECTED=true', 'REGION=region', 'STAGE=stage', 'TEAM=team'],
    );
    const resources = { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } };
    assert.deepEqual(container(await forExample('with-resources', { main: { resources } }), 'agent')?.resources, {
      limits: { cpu: '1', memory: '200Mi' },
      requests: { cpu: '500m', memory: '100Mi' },
    });
  }));

test('secrets and annotations are added, and only annotations of the whitelist', async () => {
  const annotations = { 'agent.example.com/outputs': '{"app":1}', 'agent.example.com/scrape': 'no' };
  await soon(async () => {
    const pod = await forExample('with-annotations', { annotations });
    assert.deepEqual(pod.spec.imagePullSecrets, [{ name: 'registry-key' }]);
    assert.equal(pod.metadata.annotations?.['agent.example.com/scrape'], 'true');
    assert.equal(pod.metadata.annotations?.['agent.example.com/outputs'], '{"agent":9000,"app":1}');
  });
  const example = examplesIn(document('sidecarset.md')).find(text => text.includes('name: with-annotations')) ?? '';
  const other = example.replaceAll('agent.example.com/', 'other.example.com/');
  await assert.rejects(applyTo(cluster, other), /annotation\(other\.example\.com\/scrape\) is not allowed/);
});

test('native sidecars and twins are there', () =>
  soon(async () => {
    const native = await forExample('native');
    assert.deepEqual(
      native.spec.initContainers?.map(c => c.name),
      ['proxy'],
    );
    const hot = await forExample('hot');
    assert.deepEqual(namesOf(hot), ['mesh-1', 'mesh-2', 'main']);
    assert.equal(container(hot, 'mesh-2')?.image, 'registry.example.com/mesh-empty:1.0');
    const versions = (container(hot, 'mesh-1')?.env ?? []).map(v => v.name);
    assert.deepEqual(versions, ['IS_INJECTED', 'SIDECARSET_VERSION', 'SIDECARSET_VERSION_ALT']);
  }));

test('a Job with a native sidecar completes', async () => {
  const spec = {
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: 'registry.example.com/job:1.0', command: ['sh', '-c', 'sleep 1'] }],
  };
  const template = { metadata: { labels: { example: 'native' } }, spec };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec: { template } };
  await applyTo(cluster, JSON.stringify(job));
  await cluster.kubectl(['wait', '--for=condition=Complete', '--timeout=60s', 'job/once']);
  const pods = await cluster.kubectl(['get', 'pods', '-l', 'job-name=once', '-o', 'json']);
  const { items } = JSON.parse(pods) as { readonly items: readonly MadePod[] };
  assert.deepEqual(
    items.map(pod => pod.spec.initContainers?.map(c => c.name)),
    [['proxy']],
  );
});

test('a pinned set injects the revision of the custom version', () =>
  soon(async () => {
    const pod = await forExample('versioned');
    assert.equal(container(pod, 'agent')?.image, 'registry.example.com/agent:1.0');
  }));

test('the policy keeps images of other registries out of pods, at creation and in a rollout', async () => {
  await cluster.kubectl(['create', 'namespace', 'shop']);
  await cluster.kubectl(['label', 'namespace', 'shop', 'images=checked']);
  const refusal = /images must come from registry\.example\.com/;
  const run = (name: string, image: string) =>
    cluster.kubectl(['run', name, '-n', 'shop', '--labels=example=rolled', `--image=${image}`]);
  await soon(() => assert.rejects(run('probe', 'elsewhere.example/app:1'), refusal));
  await run('web', 'registry.example.com/app:1.0');
  const set = (image: string) => cluster.kubectl(['set', 'image', '-n', 'shop', 'pod/web', `agent=${image}`]);
  await assert.rejects(set('elsewhere.example/agent:2'), refusal);
  await set('registry.example.com/agent:1.1');
  await cluster.kubectl(['label', '-n', 'shop', 'pod/web', 'more=yes']);
  const elsewhere = JSON.stringify([
    { op: 'replace', path: '/spec/containers/0/image', value: 'elsewhere.example/agent:3' },
    { op: 'replace', path: '/spec/updateStrategy/partition', value: 0 },
  ]);
  await cluster.kubectl(['patch', 'sidecarset', 'rolled', '--type=json', '-p', elsewhere]);
  await soon(async () => {
    const status = await cluster.kubectl(['get', 'sidecarset', 'rolled', '-o', 'jsonpath={.status}']);
    assert.match(status, /"reason":"Refused"/);
    assert.match(status, refusal);
  });
});

test('no revision of all this breaks an invariant', async t => {
  const { revisions } = await judged(recorder);
  t.diagnostic(`${revisions} revisions checked`);
});
