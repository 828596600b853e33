import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { systemClock } from '../../kube/clock.ts';
import { Nodes, Pods } from '../../workloads/resources.ts';
import { waitFor } from '../cluster/deadline.ts';
import { answer, failure, ScriptedApiserver } from '../support/apiserver/scripted.ts';
import { readChronicle } from './chronicle.ts';
import { type Recorder, record } from './recorder.ts';

const resources = [Pods, Nodes];
const pod = (name: string, phase = 'Pending') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'default', name },
  status: { phase },
});
const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };

const folder = mkdtempSync(join(tmpdir(), 'berth-recorder-'));
const file = join(folder, 'record.jsonl');
const open: Recorder[] = [];
afterEach(async () => {
  for (const recorder of open.splice(0)) await recorder[Symbol.asyncDispose]();
  rmSync(file, { force: true });
});
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A recorder whose watches are open. */
const recording = async (server: ScriptedApiserver): Promise<Recorder> => {
  const recorder = await record({ client: server, clock: systemClock, resources, file });
  open.push(recorder);
  await watchesAreOpen(server);
  return recorder;
};

const watchesAreOpen = (server: ScriptedApiserver): Promise<unknown> =>
  waitFor('both watches', 5000, async () => resources.every(r => server.watches(r).length === 1) || undefined);

const linesIn = ({ entries }: { entries: readonly { type: string; object: { metadata: { name?: string } } }[] }) =>
  entries.map(({ type, object }) => `${type} ${object.metadata.name}`);

test('records what was there and every later revision of all kinds in one order, and the file says the same', async () => {
  const server = new ScriptedApiserver();
  server.write(Nodes, node);
  server.write(Pods, pod('a'));
  const recorder = await recording(server);
  server.write(Pods, pod('a', 'Running'));
  server.write(Nodes, node);
  server.write(Pods, pod('b'));
  server.remove(Pods, 'default', 'a');
  const chronicle = await recorder.stop();
  assert.deepEqual(linesIn(chronicle), ['ADDED n1', 'ADDED a', 'MODIFIED a', 'MODIFIED n1', 'ADDED b', 'DELETED a']);
  assert.deepEqual(
    chronicle.entries.map(({ at }) => at).toSorted((a, b) => a - b),
    chronicle.entries.map(({ at }) => at),
  );
  assert.deepEqual(
    recorder.newest('Pod').map(({ metadata }) => metadata.name),
    ['b'],
  );
  assert.deepEqual(readChronicle(file), chronicle);
  appendFileSync(file, '{"entry":{"at":');
  assert.deepEqual(readChronicle(file), chronicle);
});

test('a watch that breaks goes on where it was', async () => {
  const server = new ScriptedApiserver();
  const recorder = await recording(server);
  const last = server.write(Pods, pod('a')).metadata.resourceVersion;
  await recorder.caughtUp();
  for (const watch of server.watches(Pods)) watch.break(new Error('connection reset'));
  await watchesAreOpen(server);
  const again = server.requests.filter(({ path, query }) => path.endsWith('/pods') && query?.['watch'] === '1').at(-1);
  assert.equal(again?.query?.['resourceVersion'], last);
  server.write(Pods, pod('b'));
  const chronicle = await recorder.stop();
  assert.deepEqual(linesIn(chronicle), ['ADDED a', 'ADDED b']);
  assert.deepEqual(chronicle.holes, []);
});

const expire = (server: ScriptedApiserver): void => {
  const error = { type: 'ERROR' as const, object: { kind: 'Status', code: 410, reason: 'Expired', metadata: {} } };
  for (const watch of server.watches(Pods)) {
    watch.send(error);
    watch.end();
  }
};

test('a revision that has expired is no hole if nothing happened since', async () => {
  const server = new ScriptedApiserver();
  server.write(Pods, pod('a'));
  const recorder = await recording(server);
  expire(server);
  await waitFor('the watch to go on', 5000, async () => server.watches(Pods).length === 1 || undefined);
  const chronicle = await recorder.stop();
  assert.deepEqual(chronicle.holes, []);
  assert.deepEqual(linesIn(chronicle), ['ADDED a']);
});

test('a revision that has expired is a hole if anything is not as it was, and the record says so', async () => {
  const server = new ScriptedApiserver();
  server.write(Pods, pod('a'));
  const recorder = await recording(server);
  const [watch] = server.watches(Pods);
  server.once(
    ({ query }) => query?.['watch'] === '1',
    () => failure(410, 'Expired'),
  );
  server.muteWatches();
  server.write(Pods, pod('a', 'Running'));
  server.write(Pods, pod('b'));
  watch?.break(new Error('connection reset'));
  await waitFor('the watch to go on', 5000, async () => server.watches(Pods).length === 1 || undefined);
  const chronicle = await recorder.stop();
  assert.deepEqual(
    chronicle.holes.map(({ kind }) => kind),
    ['Pod'],
  );
  assert.deepEqual(linesIn(chronicle), ['ADDED a', 'MODIFIED a', 'ADDED b']);
  assert.deepEqual(readChronicle(file).holes, chronicle.holes);
});

test('a recorder that cannot read a kind does not begin', async () => {
  const server = new ScriptedApiserver();
  server.once(
    ({ path }) => path.endsWith('/nodes'),
    () => answer(404, {}),
  );
  await assert.rejects(record({ client: server, clock: systemClock, resources, file }), /listing nodes: 404/);
});

test('the audit log of the time is part of the record, and of the file', async () => {
  const log = join(folder, 'audit.log');
  const event = (name: string): string =>
    `${JSON.stringify({ stage: 'ResponseComplete', verb: 'create', objectRef: { resource: 'pods', name } })}\n`;
  writeFileSync(log, event('before'));
  const recorder = await record({
    client: new ScriptedApiserver(),
    clock: systemClock,
    resources,
    file,
    auditLog: log,
  });
  open.push(recorder);
  appendFileSync(log, event('a'));
  const chronicle = await recorder.stop();
  assert.deepEqual(
    chronicle.writes?.map(({ name }) => name),
    ['a'],
  );
  const names = readChronicle(file).writes?.map(({ name }) => name);
  assert.deepEqual(names, ['a']);
});
