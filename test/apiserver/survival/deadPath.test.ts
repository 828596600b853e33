/** R4: the way to the apiserver dies without a word. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { waitFor } from '../../cluster/deadline.ts';
import { installBerth } from '../../cluster/installation.ts';
import { freePorts } from '../../cluster/ports.ts';
import type { ClusterProcess } from '../../cluster/process.ts';
import { clusterForTests } from '../../cluster/shared.ts';
import { secondsSince, tell } from '../../instruments/survival/figure.ts';
import { testsOn } from './evidence.ts';
import { canHaveIslands, connectionsTo, islandWithPathTo, setNetworkOf } from './island.ts';
import { aDatabase, openScene } from './scene.ts';

const cluster = await clusterForTests({ nodes: 3 });
const berth = await installBerth(cluster);
const island = await islandWithPathTo(cluster.apiServer.server, join(cluster.folder, 'shore.sock'));
after(() => island[Symbol.asyncDispose]());
const [port = 0] = await freePorts(1);
const scene = await openScene(cluster);
const test = testsOn(cluster);

/** Nobody outside sees its pages: it is ready when its log says that it leads. */
const controllerOnIsland = async (): Promise<ClusterProcess> => {
  const group = 'system:serviceaccounts';
  const at = { ...cluster.apiServer, name: 'island', server: `https://127.0.0.1:${port}` };
  const account = 'system:serviceaccount:berth-system:berth-controller';
  const kubeconfig = await cluster.kubeconfigFor(account, [group, `${group}:berth-system`], at);
  const main = join(import.meta.dirname, '..', '..', '..', 'main.ts');
  const flags = ['--kubeconfig', kubeconfig, '--webhook-url', berth.webhookUrl, '--pages-address', '127.0.0.1:0'];
  const [command, ...args] = island.command([process.execPath, main, 'controller', ...flags], port);
  const log = join(cluster.folder, 'logs', 'berth-controller-island.log');
  return cluster.run({
    program: { name: 'berth-controller-island', command, args, log },
    isHealthy: async () => readFileSync(log, 'utf8').includes('leadership gained'),
  });
};

const database = (version: string): object => aDatabase({ name: 'db', replicas: 1, version });

test('the path to the apiserver is dead: every connection is given up within 60 s, and the work goes on when there is another', async t => {
  if (!canHaveIslands()) return t.skip('no network of its own can be made here (unshare)');
  await berth.controller.stop();
  const { pid = 0 } = await controllerOnIsland();
  await scene.apply(database('v1'));
  await scene.untilServing('db', 1, 'v1');

  const before = connectionsTo(port, pid);
  assert.ok(before.size > 5, `${before.size} connections`);
  setNetworkOf(pid, 'down');
  const dead = performance.now();
  await scene.apply(database('v2'));
  await waitFor('all connections to be given up', 90_000, async () => {
    const open = connectionsTo(port, pid);
    return [...before.keys()].every(connection => !open.has(connection)) || undefined;
  });
  const passed = secondsSince(dead);
  const note = `${before.size} connections`;
  tell(t, {
    of: 'R4',
    what: 'dead TCP path to the last connection given up',
    unit: 's',
    atMost: 60,
    value: passed,
    note,
  });
  assert.ok(passed <= 60, `${passed} s`);

  setNetworkOf(pid, 'up');
  const mended = performance.now();
  await scene.untilServing('db', 1, 'v2');
  tell(t, { of: 'R4', what: 'the path mended to all as wanted', unit: 's', value: secondsSince(mended) });
});

test('no revision of all this breaks an invariant', t => scene.judge(t));
