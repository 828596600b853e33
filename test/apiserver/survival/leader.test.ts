/** R1 and I15: when the leader dies, leaves or freezes, another goes on soon, and only one of them ever writes. */

import assert from 'node:assert/strict';
import { before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../cluster/deadline.ts';
import { installBerth, type Replica, startReplica } from '../../cluster/installation.ts';
import { clusterForTests } from '../../cluster/shared.ts';
import { groupOf, strayWrites, type Write, writesIn } from '../../instruments/replicaWrites.ts';
import { secondsSince, tell } from '../../instruments/survival/figure.ts';
import { testsOn } from './evidence.ts';
import { rounds } from './length.ts';
import { aDatabase, openScene } from './scene.ts';

const cluster = await clusterForTests({ nodes: 3 });
const identified = (name: string, flags: readonly string[] = []) => ({
  name,
  flags: ['--identity', name, ...flags],
  groups: [groupOf(name)],
});
const { controller: first, webhookUrl } = await installBerth(cluster, { controller: identified('first') });
const second = await startReplica(cluster, 'controller', identified('second', ['--webhook-url', webhookUrl]));
const scene = await openScene(cluster);
const replicas = 6;

const test = testsOn(cluster);
let version = 1;

/** Gives whoever leads something to do. */
const change = async (): Promise<void> => {
  version += 1;
  await scene.apply(aDatabase({ name: 'db', replicas, version: `v${version}` }));
};

const changed = (): Promise<true> => scene.untilServing('db', replicas, `v${version}`);

/** Writes of both replicas but to the lease. */
const changesSince = (since: number): readonly Write[] =>
  writesIn(cluster.apiServer.auditLog).filter(write => !write.isOfLease && write.at >= since);

const writesBy = (replica: Replica, since: number): readonly Write[] =>
  changesSince(since).filter(write => write.replica === replica.name);

/** Seconds from `since` to the first change that the replica made to a pod. */
const secondsToWrite = async (replica: Replica, since: number): Promise<number> => {
  const write = await waitFor(`a write of ${replica.name}`, 60_000, async () =>
    writesBy(replica, since).find(({ what, code }) => what.includes('pods') && code < 300),
  );
  return (write.at - since) / 1000;
};

const leads = async (replica: Replica): Promise<boolean> => {
  const answer = await fetch(`${replica.pages}/metrics`);
  return /^berth_leader 1$/mu.test(await answer.text());
};

const handover = (signal: string) => ({
  ...{ of: 'R1', what: `${signal} of the leader to the first useful write of another`, unit: 's' },
});

before(async () => {
  await scene.apply(aDatabase({ name: 'db', replicas, version: 'v1' }));
  await changed();
});

test('the leader is killed: another writes within 20 s', async t => {
  const [leader, other] = (await leads(first)) ? [first, second] : [second, first];
  for (let round = 1; round <= rounds; round += 1) {
    const [dying, heir] = round % 2 === 1 ? [leader, other] : [other, leader];
    await change();
    const since = Date.now();
    await dying.kill();
    const seconds = await secondsToWrite(heir, since);
    tell(t, { ...handover('SIGKILL'), atMost: 20, value: seconds });
    assert.ok(seconds <= 20, `${seconds} s`);
    await changed();
    await dying.restart();
  }
});

test('the leader is asked to end: another writes within 3 s', async t => {
  for (let round = 1; round <= rounds; round += 1) {
    const [leaving, heir] = (await leads(first)) ? [first, second] : [second, first];
    await change();
    const since = Date.now();
    const gone = leaving.stop();
    const seconds = await secondsToWrite(heir, since);
    await gone;
    tell(t, { ...handover('SIGTERM'), atMost: 3, value: seconds });
    assert.ok(seconds <= 6, `${seconds} s, which is too long for a busy machine too`);
    await changed();
    await leaving.restart();
  }
});

test('the leader freezes in the middle of its work until another leads: it writes nothing any more', async t => {
  const [frozen, heir] = (await leads(first)) ? [first, second] : [second, first];
  const since = Date.now();
  await change();
  await waitFor('the leader to be at work', 20_000, async () => writesBy(frozen, since).length > 2 || undefined);
  frozen.pause();
  tell(t, { ...handover('SIGSTOP'), atMost: 20, value: await secondsToWrite(heir, Date.now()) });
  frozen.resume();
  await changed();
  await change();
  await changed();
  assert.equal(await leads(frozen), false);
  assert.equal(await leads(heir), true);
});

test('etcd hangs in the middle of the work, for longer than leadership can be held: nothing takes effect too late', async t => {
  const since = Date.now();
  await change();
  await waitFor('the leader to be at work', 20_000, async () => changesSince(since).length > 2 || undefined);
  cluster.etcd.pause();
  await sleep(20_000);
  cluster.etcd.resume();
  const back = performance.now();
  await changed();
  tell(t, { of: 'F7', what: 'etcd back after 20 s to the end of the roll', unit: 's', value: secondsSince(back) });
});

test('no replica has written after another had taken its lease', async t => {
  const late = strayWrites(writesIn(cluster.apiServer.auditLog));
  const note = `of ${changesSince(0).length}, killed, ended, frozen and with a hanging etcd`;
  tell(t, {
    of: 'I15',
    what: 'writes of replicas that did not lead any more',
    unit: 'writes',
    atMost: 0,
    value: late.length,
    note,
  });
  assert.deepEqual(late, []);
});

test('no revision of all this breaks an invariant', t => scene.judge(t));
