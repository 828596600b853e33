/** A story in which everything is done that Berth can do: its rights are those that it uses, and its log tells no secrets. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { waitFor } from '../cluster/deadline.ts';
import { installBerth } from '../cluster/installation.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { judged, recordCluster } from '../instruments/judged.ts';
import { grantedIn, type Permission, usesIn } from './rights/granted.ts';

const cluster = await clusterForTests({ nodes: 3 });
const { kubectl } = cluster;
const debug = { flags: ['--log-level', 'debug'] };
const { webhook, controller } = await installBerth(cluster, { webhook: debug, controller: debug });
const recorder = await recordCluster(cluster);
after(() => recorder[Symbol.asyncDispose]());

/** Stands wherever users keep what nobody should read in a log. */
const secret = 'hunter2-in-plain-sight';

const container = (name: string, version: string, command: readonly string[] = ['sleep', 'infinity']): object => ({
  name,
  image: `example.test/${name}:${version}`,
  command,
  args: [secret],
  env: [{ name: 'PASSWORD', value: secret }],
});

const template = (app: string, containers: readonly object[], spec: object = {}): object => ({
  metadata: { labels: { app }, annotations: { 'example.com/token': secret } },
  spec: { terminationGracePeriodSeconds: 1, containers, ...spec },
});

const ofKruise = (kind: string, name: string, spec: object): object => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind,
  metadata: { name, ...(kind === 'SidecarSet' ? {} : { namespace: 'default' }) },
  spec,
});

const sidecars = (version: string): object =>
  ofKruise('SidecarSet', 'log', {
    selector: { matchLabels: { app: 'db' } },
    revisionHistoryLimit: 1,
    containers: [container('log', version)],
  });

const database = (version: string, replicas: number): object =>
  ofKruise('StatefulSet', 'db', {
    replicas,
    serviceName: 'db',
    podManagementPolicy: 'Parallel',
    revisionHistoryLimit: 0,
    selector: { matchLabels: { app: 'db' } },
    updateStrategy: {
      type: 'RollingUpdate',
      rollingUpdate: { podUpdatePolicy: 'InPlaceIfPossible', maxUnavailable: 2 },
    },
    template: template('db', [container('db', version)]),
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
      },
    ],
  });

const job = ofKruise('BroadcastJob', 'job', {
  completionPolicy: { type: 'Always', ttlSecondsAfterFinished: 1 },
  template: template('job', [container('job', 'v1', ['true'])], { restartPolicy: 'Never' }),
});

/** Its containers start one after the other. */
const ordered = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'ordered',
    namespace: 'default',
    annotations: { 'apps.kruise.io/container-launch-priority': 'Ordered' },
  },
  spec: { terminationGracePeriodSeconds: 1, containers: [container('first', 'v1'), container('second', 'v1')] },
};

/** Refused with a reason; what else is in it is nobody's business. */
const refused = ofKruise('SidecarSet', 'refused', {
  selector: { matchExpressions: [{ key: 'app', operator: 'Perhaps' }] },
  containers: [container('log', 'v1')],
});

const apply = (object: object): Promise<string> => kubectl(['apply', '-f', '-'], JSON.stringify(object));

interface Pod {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Exactly so many pods, all of them Ready with exactly these images. */
const untilPods = (count: number, ...versions: readonly string[]): Promise<true> =>
  waitFor(`${count} pods of ${versions.join(' and ')}`, 60_000, async () => {
    const { items } = JSON.parse(await kubectl(['get', 'pods', '-l', 'app=db', '-o', 'json'])) as { items: Pod[] };
    const fits = ({ metadata, spec, status }: Pod): boolean =>
      metadata.deletionTimestamp === undefined &&
      (status.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ?? false) &&
      versions.every(version => spec.containers.some(c => c.image.endsWith(version)));
    return (items.length === count && items.every(fits)) || undefined;
  });

const untilGone = (resource: string, name: string): Promise<true> =>
  waitFor(`${resource}/${name} to be gone`, 60_000, async () =>
    (await kubectl(['get', resource, name, '--ignore-not-found'])) === '' ? true : undefined,
  );

const untilRevisions = (count: number): Promise<true> =>
  waitFor(`${count} revisions of db`, 30_000, async () => {
    const names = await kubectl(['get', 'controllerrevisions', '-o', 'name']);
    return names.trim().split('\n').length === count || undefined;
  });

before(async () => {
  await apply(sidecars('v1'));
  await kubectl(['wait', '--for=condition=InjectionActive', 'sidecarset/log', '--timeout=30s']);
  await apply(database('v1', 3));
  await apply(job);
  await apply(ordered);
  await assert.rejects(apply(refused));
  await untilPods(3, 'db:v1', 'log:v1');
  await apply(database('v2', 3));
  await apply(sidecars('v2'));
  await untilPods(3, 'db:v2', 'log:v2');
  await untilRevisions(1);
  await kubectl(['wait', '--for=condition=Ready', 'pod/ordered', '--timeout=60s']);
  await apply(database('v2', 2));
  await untilPods(2, 'db:v2', 'log:v2');
  await untilGone('broadcastjobs.apps.kruise.io', 'job');
});

/** Granted, and not seen in this story. */
const unseen: readonly (readonly [because: string, permissions: RegExp])[] = [
  ['apiservers without WatchList are listed', /: list /u],
  ['what a lost answer leaves in doubt is looked at: test/apiserver/machine.test.ts', /^berth-controller: get /u],
  [
    'asked by the apiserver itself before an owner may block its deletion',
    /: update \w+\/finalizers of apps.kruise.io$/u,
  ],
  ['certificates are renewed: test/apiserver/admission.test.ts', /: patch secrets$/u],
  ['a roll back gives a revision a new number; orphans are adopted', /: patch controllerrevisions of apps$/u],
  ['only sets that ask for Recreate evict: test/apiserver/sidecarset.test.ts', /: create pods\/eviction$/u],
  ['the ConfigMap of a former pod of the name is removed: controllers/launchorder', /: delete configmaps$/u],
  ['an event that happens again is counted', /: patch events of events.k8s.io$/u],
];

const isExplained = (permission: Permission): boolean => unseen.some(([, permissions]) => permissions.test(permission));

test('no call of ours is denied', () => {
  const uses = usesIn(cluster.apiServer.auditLog);
  assert.ok(uses.length > 50, `only ${uses.length} calls were recorded`);
  assert.deepEqual([...new Set(uses.filter(({ isDenied }) => isDenied).map(use => use.permission))], []);
});

test('every right is used, or there is a reason to have it', t => {
  const granted = [...grantedIn(join(import.meta.dirname, '../../config/rbac'))];
  const used = new Set(usesIn(cluster.apiServer.auditLog).map(use => use.permission));
  const unused = granted.filter(permission => !used.has(permission));
  assert.deepEqual(
    unused.filter(permission => !isExplained(permission)),
    [],
  );
  for (const [because, permissions] of unseen)
    assert.ok(
      [...granted].some(permission => permissions.test(permission)),
      `nothing is granted because ${because}`,
    );
  t.diagnostic(`${granted.length} permissions granted, ${granted.length - unused.length} of them seen at work`);
});

test('the logs at debug level hold no contents of objects and no keys', async () => {
  const key = await kubectl([
    ...['-n', 'berth-system', 'get', 'secret', 'berth-webhook-certificate'],
    ...['-o', 'jsonpath={.data.tls\\.key}'],
  ]);
  const pem = Buffer.from(key, 'base64').toString();
  assert.match(pem, /PRIVATE KEY/u);
  for (const { name, log } of [webhook, controller]) {
    const text = readFileSync(log, 'utf8');
    assert.match(text, /"msg":"synced"/u, name);
    for (const hidden of [secret, key.slice(0, 40), pem.split('\n')[1] ?? '', 'PRIVATE KEY'])
      assert.ok(!text.includes(hidden), `${name}: ${text.split('\n').find(line => line.includes(hidden))}`);
  }
});

test('no revision of all this breaks an invariant', async t => {
  const { revisions } = await judged(recorder);
  t.diagnostic(`${revisions} revisions checked`);
});
