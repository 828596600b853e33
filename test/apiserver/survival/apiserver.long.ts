/** R3 and R4: the apiserver goes away and comes back, or a connection to it dies without a word. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../cluster/deadline.ts';
import { installBerth } from '../../cluster/installation.ts';
import { clusterForTests } from '../../cluster/shared.ts';
import { testsOn } from './evidence.ts';
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

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);

/** Longer than leadership can be held without a renewal. */
const outage = isLong ? 60_000 : 15_000;

test(`the apiserver is away for ${outage / 1000} s: Berth goes on where it was, without reading everything again and again`, async t => {
  await scene.apply(database('v2'));
  await cluster.apiServer.kill();
  await sleep(outage);
  const since = Date.now();
  await cluster.apiServer.restart();
  const back = performance.now();
  await served('v2');
  const passed = performance.now() - back;
  t.diagnostic(`R3: from the apiserver's return until everything was as wanted: ${seconds(back)} s (≤ 15 s)`);
  const reads = [...wholeReadsIn(cluster.apiServer.auditLog, since)];
  t.diagnostic(`R3: lists afterwards: ${reads.map(([what, times]) => `${what} ${times}`).join(', ')}`);
  assert.ok(passed <= 15_000, seconds(back));
  // Whoever leads again reads everything once more: somebody else may have led meanwhile.
  const most = (what: string): number => (what.startsWith('berth-controller') ? 2 : 1);
  assert.deepEqual(
    reads.filter(([what, times]) => times > most(what)),
    [],
  );
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
  t.diagnostic(
    `R4: from a silent proxy to the end of what the controllers should do then: ${seconds(since)} s (≤ 200 s)`,
  );
  await waitFor('the webhook to know of the new SidecarSet', 240_000, isInjected);
  t.diagnostic(`R4: until the webhook knew what it was not told: ${seconds(since)} s (≤ 200 s)`);
  assert.ok(performance.now() - since < 220_000);
});

/** Lines of the kernel's table of connections to this port, without its heading. */
const connectionsTo = (port: number): readonly string[] => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter(line => new RegExp(`^\\s*\\d+: \\w+:\\w+ 0100007F:${hex} 01 `, 'u').test(line));
};

test('the kernel looks after connections on which nothing comes, so that a dead path is noticed within 60 s', async t => {
  if (process.platform !== 'linux') return t.skip('only Linux shows the timers of connections');
  const connections = connectionsTo(Number(new URL(relay.apiServer.server).port));
  // Timer 2 is the keep-alive one, and stands with its hundredths of a second.
  const timers = connections.map(line => /^\s*\d+: \S+ \S+ 01 \S+ (\d\d):([0-9A-F]+)/u.exec(line));
  t.diagnostic(
    `R4: ${connections.length} connections, next probes in ${timers.map(timer => Number.parseInt(timer?.[2] ?? '', 16) / 100).join(', ')} s`,
  );
  assert.ok(connections.length > 10);
  assert.deepEqual(
    timers.filter(timer => timer?.[1] !== '02').map(timer => timer?.[0]),
    [],
  );
});
