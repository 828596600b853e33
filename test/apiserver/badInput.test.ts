/** Bad input on a real apiserver: what is wrong is said where it is wrong, and everything else goes on. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { open, post, review } from '../../kube/server/fixture.ts';
import { waitFor } from '../cluster/deadline.ts';
import { installBerth } from '../cluster/installation.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { judged, recordCluster } from '../instruments/judged.ts';
import { aSet, aSidecarSet, beyond, broken, fine, type Kind, kinds, odd, oddPod, sleeper } from './badInput/objects.ts';
import { lineToWebhook } from './survival/webhookLine.ts';

const cluster = await clusterForTests({ nodes: 3 });
const { kubectl } = cluster;
const crds = join(import.meta.dirname, '../../config/crd');

interface Stored {
  readonly metadata: {
    readonly uid: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly [field: string]: unknown;
    readonly containers: readonly { readonly name: string; readonly image: string }[];
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

const apply = (...objects: readonly object[]): Promise<string> =>
  kubectl(['apply', '--validate=false', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));

const get = async (resource: string, name: string): Promise<Stored> =>
  JSON.parse(await kubectl(['get', resource, name, '-o', 'json'])) as Stored;

const until = (kind: Kind, name: string, type: string): Promise<Condition> =>
  waitFor(`${kind} ${name} to be ${type}`, 30_000, async () => {
    const { status } = await get(`${kind.toLowerCase()}s.apps.kruise.io`, name);
    return status?.conditions?.find(condition => condition.type === type && condition.status === 'True');
  });

const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => assert.fail('it was accepted'),
    (error: Error) => error.message,
  );

// They are written before there is a webhook that could refuse them.
await kubectl(['apply', '--server-side', '-f', crds]);
await kubectl(['wait', '--for=condition=Established', '--timeout=30s', '-f', crds]);
await apply(...kinds.map(kind => broken[kind].stored('broken')));
const { webhookUrl, webhook, controller } = await installBerth(cluster);
const recorder = await recordCluster(cluster);
after(() => recorder[Symbol.asyncDispose]());
const pids = [webhook.pid, controller.pid];

suite('an object that was stored although nobody can carry it out', () => {
  test('says so in a condition that names the field, and the others of its kind go on', async () => {
    await apply(...kinds.map(kind => fine[kind]));
    for (const kind of kinds) {
      const { reason, message = '' } = await until(kind, 'broken', 'Stalled');
      assert.equal(reason, 'InvalidSpec', kind);
      assert.match(message, broken[kind].field, kind);
    }
    await until('StatefulSet', 'fine', 'Ready');
    await until('SidecarSet', 'fine', 'Ready');
    await until('BroadcastJob', 'fine', 'Complete');
  });

  test('is worked on as soon as it is mended', async () => {
    await apply(...kinds.map(kind => broken[kind].mended('broken')));
    await until('StatefulSet', 'broken', 'Ready');
    await until('SidecarSet', 'broken', 'Ready');
    await until('BroadcastJob', 'broken', 'Complete');
  });

  test('could not have been stored past the webhook', async () => {
    for (const kind of kinds) assert.match(await refusal(apply(broken[kind].stored('late'))), broken[kind].field, kind);
  });
});

/** Without what others decide or change. */
const ownPart = ({ spec: { containers, ...spec } }: Stored): object => ({
  ...spec,
  nodeName: '',
  containers: containers.filter(({ name }) => name === 'constructor').map(container => ({ ...container, image: '' })),
});

suite('a pod full of odd fields', () => {
  test('is injected, and nothing else of it changes', async () => {
    await apply(aSidecarSet('injected', { selector: { matchLabels: { constructor: 'toString', app: 'injected' } } }));
    await until('SidecarSet', 'injected', 'InjectionActive');
    for (const name of ['plain', 'injected']) await kubectl(['create', '-f', '-'], oddPod(name));
    const [plain, injected] = [await get('pod', 'plain'), await get('pod', 'injected')];
    assert.deepEqual(
      plain.spec.containers.map(({ name }) => name),
      ['constructor'],
    );
    assert.deepEqual(injected.spec.containers.map(({ name }) => name).sort(), ['constructor', 'injected']);
    assert.deepEqual(ownPart(injected), ownPart(plain));
    for (const [key, value] of Object.entries(odd.metadata.annotations))
      assert.equal(injected.metadata.annotations?.[key], value, key);
    const text = await kubectl(['get', 'pod', 'injected', '-o', 'json']);
    assert.match(text, new RegExp(`"tolerationSeconds": ${beyond}\\b`, 'u'));
  });

  test('of a StatefulSet is updated in place, and nothing else of it changes', async () => {
    const labels = { ...odd.metadata.labels, app: 'odd' };
    const template = (image: string): object => ({
      metadata: { labels, annotations: odd.metadata.annotations },
      spec: { ...odd.spec, containers: odd.spec.containers.map(container => ({ ...container, image })) },
    });
    const selector = { matchLabels: { constructor: 'toString', app: 'odd' } };
    await apply(aSet('odd', { selector, template: template('example.test/app:v1') }));
    await until('StatefulSet', 'odd', 'Ready');
    const before = await get('pod', 'odd-0');
    await apply(aSet('odd', { selector, template: template('example.test/app:v2') }));
    const after = await waitFor('odd-0 to run v2', 30_000, async () => {
      const pod = await get('pod', 'odd-0');
      return pod.spec.containers[0]?.image === 'example.test/app:v2' ? pod : undefined;
    });
    await until('StatefulSet', 'odd', 'Ready');
    assert.equal(after.metadata.uid, before.metadata.uid);
    assert.deepEqual(ownPart(after), ownPart(before));
    assert.equal(after.metadata.annotations?.['constructor'], odd.metadata.annotations.constructor);
  });
});

suite('too much of everything', () => {
  test('a SidecarSet with 250 containers is injected', async () => {
    const containers = Array.from({ length: 250 }, (_, i) => ({ name: `c-${i}`, ...sleeper }));
    await apply(aSidecarSet('many', { containers }));
    await until('SidecarSet', 'many', 'InjectionActive');
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'many', labels: { app: 'many' } },
      // Nobody has to run it.
      spec: { nodeSelector: { nowhere: 'yes' }, containers: [{ name: 'main', ...sleeper }] },
    };
    await kubectl(['create', '-f', '-'], JSON.stringify(pod));
    assert.equal((await get('pod', 'many')).spec.containers.length, 251);
  });

  test('an integer in a template that cannot be carried exactly is refused, and never rounded', async () => {
    const spec = { terminationGracePeriodSeconds: 1234, containers: [{ name: 'main', ...sleeper }] };
    const set = JSON.stringify(aSet('exact', { template: { metadata: { labels: { app: 'exact' } }, spec } }));
    const refused = await refusal(kubectl(['create', '-f', '-'], set.replace('1234', beyond)));
    assert.match(refused, /spec\.template\.spec\.terminationGracePeriodSeconds: .*2\^53/u);
  });
});

suite('the webhook process', async () => {
  const line = await lineToWebhook(cluster, webhookUrl);
  const paths = ['/mutate-pod', '/mutate-apps-kruise-io-sidecarset', '/validate-apps-kruise-io-statefulset'];
  const bodies: readonly (readonly [what: string, body: string, status: number])[] = [
    ['nothing', '', 400],
    ['no JSON', '{"kind":', 400],
    ['JSON that is no object', '[null]', 400],
    ['another object', '{"apiVersion":"v1","kind":"Pod"}', 400],
    ['a review of another version', '{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"}', 400],
    ['a review without a request', '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', 400],
    ['100,000 brackets', '['.repeat(100_000), 400],
  ];
  for (const [what, body, status] of bodies)
    test(`refuses ${what} in words`, async () => {
      for (const path of paths) {
        const reply = await post(line, path, body);
        assert.equal(reply.status, status, path);
        assert.match(reply.body, /^[\w\s".:,[\]/-]{10,200}$/u);
      }
    });

  test('refuses 9 MiB before they are sent', async () => {
    const call = open(line, '/mutate-pod', { headers: { 'content-length': 9 * 1024 * 1024 } });
    call.write('{');
    const { status, body } = await call.reply;
    assert.equal(status, 413);
    assert.match(body, /at most \d+ bytes/u);
  });

  test('answers about kinds that nobody told it of, and pods whose keys are traps', async () => {
    const about = (change: string): string => review.replace('"metadata":{"name":"web-0"}', change);
    const traps =
      '"metadata":{"name":"web-0","labels":{"__proto__":"x","constructor":"y"},"annotations":{"__proto__":"{}"}}';
    for (const body of [
      review.replaceAll('pods', 'widgets').replaceAll('Pod"', 'Widget"'),
      about(traps),
      about('"metadata":{"labels":7}'),
    ]) {
      const reply = await post(line, '/mutate-pod', body);
      assert.equal(reply.status, 200, reply.body);
      const { response } = JSON.parse(reply.body) as { response: { uid: string; allowed: boolean } };
      assert.deepEqual([response.uid, response.allowed], ['u-1', true]);
    }
  });

  test('has lived through all of it, and so has the controller', async () => {
    assert.deepEqual([webhook.pid, controller.pid], pids);
    await kubectl(['create', '-f', '-'], oddPod('injected').replace('"name":"injected"', '"name":"injected-last"'));
    assert.equal((await get('pod', 'injected-last')).spec.containers.length, 2);
  });
});

test('no revision of all this breaks an invariant', async t => {
  const { revisions } = await judged(recorder);
  t.diagnostic(`${revisions} revisions checked`);
});
