/** R3 and R4: the apiserver goes away and comes back, or a connection to it dies without a word. */

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../cluster/deadline.ts';
import { installBerth } from '../../cluster/installation.ts';
import { clusterForTests } from '../../cluster/shared.ts';
import { secondsSince, tell } from '../../instruments/survival/figure.ts';
import { testsOn } from './evidence.ts';
import { connectionsTo } from './island.ts';
import { isLong } from './length.ts';
import { wholeReadsIn } from './reads.ts';
import { relayTo } from './relay.ts';
import { aDatabase, openScene } from './scene.ts';

const cluster = await clusterForTests({ nodes: 3 });
const relay = await relayTo(cluster.apiServer);
after(() => relay[Symbol.asyncDispose]());
await installBerth(cluster, { controller: { at: relay.apiServer }, webhook: { at: relay.apiServer } });
const scene = await openScene(cluster);
const test = testsOn(cluster);
const name = 'db';

/** One pod, so that what is measured is not the length of a roll. */
const database = (version: string): object => aDatabase({ name, version, replicas: 1 });

const served = (version: string): Promise<true> => scene.untilServing(name, 1, version);

before(async () => {
  await scene.apply(database('v1'));
  await served('v1');
});

/** Longer than leadership can be held without a renewal. */
const outage = 60_000;

test(`the apiserver is away for ${outage / 1000} s: Berth goes on where it was, without reading everything again and again`, async t => {
  await scene.apply(database('v2'));
  await cluster.apiServer.kill();
  await sleep(outage);
  const since = Date.now();
  const start = performance.now();
  await cluster.apiServer.restart();
  const answered = secondsSince(start);
  await served('v2');
  const passed = secondsSince(start);
  tell(t, {
    ...{ of: 'R3', what: 'apiserver started again after 60 s to all as wanted', unit: 's', atMost: 15, value: passed },
    note: `of which it took ${answered.toFixed(1)} s to be ready`,
  });
  const reads = [...wholeReadsIn(cluster.apiServer.auditLog, since)];
  const most = Math.max(...reads.map(([, times]) => times));
  const note = `${reads.length} selections were read; ${reads.filter(([, times]) => times === most).length} so often`;
  tell(t, {
    of: 'R3',
    what: 'the same: reads of all of a selection by a process',
    unit: 'lists',
    atMost: 1,
    value: most,
    note,
  });
  assert.ok(passed <= 15, `${passed} s`);
  assert.ok(most <= 1, reads.map(([what, times]) => `${what} ${times}`).join());
});

const probe = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe', labels: { app: 'probe' } } };
const container = { name: 'probe', image: 'example.test/probe:v1' };

/** Whether a pod that is created now would be given the sidecar. */
const isInjected = async (): Promise<true | undefined> => {
  const pod = JSON.stringify({ ...probe, spec: { containers: [container] } });
  const created = await cluster.kubectl(['create', '--dry-run=server', '-o', 'json', '-f', '-'], pod);
  return created.includes('example.test/agent') || undefined;
};

test('connections on which nothing passes any more are given up', async t => {
  if (!isLong) return t.skip('takes 4 minutes: make survive');
  relay.swallow();
  const since = performance.now();
  await scene.apply({
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'SidecarSet',
    metadata: { name: 'agent' },
    spec: {
      selector: { matchLabels: { app: 'probe' } },
      containers: [{ name: 'agent', image: 'example.test/agent:v1' }],
    },
  });
  await scene.apply(database('v3'));
  await served('v3');
  tell(t, {
    ...{ of: 'R4', what: 'silent proxy to the end of what the controllers should do then', unit: 's', atMost: 200 },
    value: secondsSince(since),
  });
  await waitFor('the webhook to know of the new SidecarSet', 240_000, isInjected);
  const passed = secondsSince(since);
  tell(t, {
    of: 'R4',
    what: 'silent proxy to the webhook knowing what it was not told',
    unit: 's',
    atMost: 200,
    value: passed,
  });
  assert.ok(passed < 220, `${passed} s`);
});

test('the kernel looks after connections on which nothing comes, so that a dead path is noticed within 60 s', async t => {
  if (process.platform !== 'linux') return t.skip('only Linux shows the timers of connections');
  const connections = [...connectionsTo(Number(new URL(relay.apiServer.server).port)).values()];
  // Timer 2 is the keep-alive one, and stands with its hundredths of a second.
  const timers = connections.map(line => /^\s*\d+: \S+ \S+ 01 \S+ (\d\d):([0-9A-F]+)/u.exec(line));
  const probes = timers.map(timer => Number.parseInt(timer?.[2] ?? '', 16) / 100);
  tell(t, {
    ...{ of: 'R4', what: 'next keep-alive probe on a connection', unit: 's', atMost: 30, value: Math.max(...probes) },
    note: `${connections.length} connections; ten probes a second apart follow`,
  });
  assert.ok(connections.length > 10);
  assert.deepEqual(
    timers.filter(timer => timer?.[1] !== '02').map(timer => timer?.[0]),
    [],
  );
});

test('no revision that was seen breaks an invariant', t => scene.judge(t, 'what was seen'));
