/** Too little memory and an event loop that stands still: Berth is slower then, and breaks no promise. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before } from 'node:test';
import { waitFor } from '../../cluster/deadline.ts';
import { installBerth, type Replica } from '../../cluster/installation.ts';
import { clusterForTests } from '../../cluster/shared.ts';
import { secondsSince, tell } from '../../instruments/survival/figure.ts';
import { createPods, sidecarSet } from './creations.ts';
import { testsOn } from './evidence.ts';
import { aDatabase, openScene } from './scene.ts';

const blockedFor = 5000;

/** SIGUSR2 keeps the event loop busy for five seconds. */
const block = `process.on('SIGUSR2', () => { for (const end = Date.now() + ${blockedFor}; Date.now() < end; ); })`;
const squeezed = {
  node: ['--max-old-space-size=64', '--import', `data:text/javascript,${encodeURIComponent(block)}`],
};

const cluster = await clusterForTests({ nodes: 3 });
const { webhook, controller } = await installBerth(cluster, { webhook: squeezed, controller: squeezed });
const pids = [webhook.pid, controller.pid];
const scene = await openScene(cluster);
const test = testsOn(cluster);
const replicas = 6;
const database = (version: string): object => aDatabase({ name: 'db', replicas, version });

const blockLoopOf = ({ pid, name }: Replica): void => {
  if (pid === undefined) throw new Error(`${name} does not run`);
  process.kill(pid, 'SIGUSR2');
};

/** Peak of resident memory in MB, as Linux tells it. */
const peakOf = ({ pid }: Replica): number =>
  Number(/VmHWM:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000;

before(async () => {
  await scene.apply(sidecarSet);
  await scene.apply(database('v1'));
  await scene.untilServing('db', replicas, 'v1');
});

test("the controller's event loop stands still for 5 s in the middle of a roll: the roll ends, within its budget", async t => {
  await scene.apply(database('v2'));
  await scene.until('the roll to be under way', 20, () => scene.podsOf('db').some(({ gate }) => gate === 'False'));
  blockLoopOf(controller);
  const since = performance.now();
  await scene.untilServing('db', replicas, 'v2');
  const what = "the controller's event loop blocked for 5 s to the end of the roll";
  tell(t, { of: 'F5', what, unit: 's', value: secondsSince(since) });
});

test("the webhook's event loop stands still for 5 s: no creation fails, and pods that could not wait are counted", async t => {
  blockLoopOf(webhook);
  const until = waitFor('the webhook to answer again', 30_000, async () => {
    const answer = await fetch(`${webhook.pages}/readyz`, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
    return answer?.ok || undefined;
  });
  const { created, bare, failed } = await createPods({
    client: scene.client,
    namespace: 'default',
    perSecond: 10,
    until,
  });
  const what = "creations that failed while the webhook's event loop was blocked for 5 s";
  const note = `of ${created + failed.length}; ${bare} pods slipped through`;
  tell(t, { of: 'F5', what, unit: 'pods', atMost: 0, value: failed.length, note });
  assert.deepEqual(failed.slice(0, 3), []);
  const since = performance.now();
  const counted = (): number => {
    const status = scene.recorder.newest('SidecarSet')[0]?.['status'] as { uninjectedPods?: number } | undefined;
    return status?.uninjectedPods ?? -1;
  };
  await scene.until('every pod that slipped through to be counted', 30, () => counted() === bare);
  tell(t, {
    of: 'F5',
    what: 'the same: to all that slipped through counted',
    unit: 's',
    atMost: 30,
    value: secondsSince(since),
  });
});

test('a heap of 64 MiB carries all this', async t => {
  assert.deepEqual([webhook.pid, controller.pid], pids);
  for (const replica of [webhook, controller])
    tell(t, {
      of: 'F4',
      what: `peak memory of ${replica.name} with a heap of 64 MiB`,
      unit: 'MB',
      value: peakOf(replica),
    });
});

test('no revision of all this breaks an invariant', t => scene.judge(t));
