/** Too little memory and an event loop that stands still: Berth is slower then, and breaks no promise. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before } from 'node:test';
import { waitFor } from '../../cluster/deadline.ts';
import { installBerth, type Replica } from '../../cluster/installation.ts';
import { clusterForTests } from '../../cluster/shared.ts';
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

/** Peak of resident memory, on Linux. */
const peakOf = ({ pid }: Replica): string =>
  /VmHWM:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 'unknown';

before(async () => {
  await scene.apply(sidecarSet);
  await scene.apply(database('v1'));
  await scene.untilServing('db', replicas, 'v1');
});

test("the controller's event loop stands still for 5 s in the middle of a roll: the roll ends, within its budget", async () => {
  await scene.apply(database('v2'));
  await scene.until('the roll to be under way', 20, () => scene.podsOf('db').some(({ gate }) => gate === 'False'));
  blockLoopOf(controller);
  await scene.untilServing('db', replicas, 'v2');
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
  assert.deepEqual(failed.slice(0, 3), []);
  t.diagnostic(`${bare} of ${created} pods slipped through in 5 s`);
  const counted = (): number => {
    const status = scene.recorder.newest('SidecarSet')[0]?.['status'] as { uninjectedPods?: number } | undefined;
    return status?.uninjectedPods ?? -1;
  };
  await scene.until('every pod that slipped through to be counted', 30, () => counted() === bare);
});

test('a heap of 64 MiB carries it, and no revision of all this breaks an invariant', async t => {
  assert.deepEqual([webhook.pid, controller.pid], pids);
  const { revisions } = await scene.judge();
  t.diagnostic(
    `${revisions} revisions checked; at most ${peakOf(webhook)} kB (webhook) and ${peakOf(controller)} kB (controller)`,
  );
});
