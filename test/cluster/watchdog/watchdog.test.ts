import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { waitFor } from '../deadline.ts';
import { livingProcesses } from '../folder.ts';
import { startWatchdog } from './link.ts';
import type { Program } from './messages.ts';

const place = mkdtempSync(join(tmpdir(), 'berth-watchdog-'));
after(() => rmSync(place, { recursive: true, force: true }));

/** A program of Node's: its last argument is the folder, by which it is known as the cluster's. */
const program = (folder: string, script: string): Program => ({
  name: 'worker',
  command: process.execPath,
  args: ['-e', script, join(folder, 'data')],
  log: join(folder, 'logs', 'worker.log'),
});

const forever = 'setInterval(() => {}, 1000)';

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('the end of a cluster ends paused processes too, and removes the folder', async () => {
  const folder = join(place, 'paused');
  const watchdog = await startWatchdog(folder);
  const { pid } = await watchdog.start(program(folder, forever));
  process.kill(pid, 'SIGSTOP');
  await watchdog.end();
  assert.deepEqual([runs(pid), existsSync(folder)], [false, false]);
});

test('a process that ends says how, and its output is in its log', async () => {
  const folder = join(place, 'ends');
  const watchdog = await startWatchdog(folder);
  const { exited } = await watchdog.start(program(folder, 'console.log("last words"); process.exitCode = 3'));
  assert.equal(await exited, 'code 3');
  assert.equal(readFileSync(join(folder, 'logs', 'worker.log'), 'utf8'), 'last words\n');
  await watchdog.end();
});

test('a program that is not there is reported by name', async () => {
  const folder = join(place, 'absent');
  const watchdog = await startWatchdog(folder);
  const absent = { ...program(folder, ''), command: join(place, 'no-such-program') };
  await assert.rejects(watchdog.start(absent), /worker cannot be run: .*ENOENT/);
  await watchdog.end();
});

test('processes of a cluster do not learn that a test runs them', async () => {
  const folder = join(place, 'environment');
  const watchdog = await startWatchdog(folder);
  const { exited } = await watchdog.start(program(folder, 'console.log(process.env.NODE_TEST_CONTEXT ?? "nothing")'));
  await exited;
  assert.equal(readFileSync(join(folder, 'logs', 'worker.log'), 'utf8'), 'nothing\n');
  await watchdog.end();
});

test('a folder whose cluster lives is refused, and its cluster goes on', async () => {
  const folder = join(place, 'taken');
  const first = await startWatchdog(folder);
  const { pid } = await first.start(program(folder, forever));
  await assert.rejects(startWatchdog(folder), /a cluster of this name runs: .*worker/);
  assert.ok(runs(pid));
  await first.end();
});

const crash = async (folder: string): Promise<number> => {
  const pid = Number(readFileSync(join(folder, 'pids', 'watchdog'), 'utf8'));
  process.kill(pid, 'SIGKILL');
  await waitFor(`the end of watchdog ${pid}`, 10_000, async () => !namesIn(folder).includes('watchdog') || undefined);
  return pid;
};

const namesIn = (folder: string): readonly string[] => livingProcesses(folder).map(({ name }) => name);

test('the name of a cluster whose watchdog crashed is refused until its last process is dead', async () => {
  const folder = join(place, 'crashed');
  const crashed = await startWatchdog(folder);
  const { pid } = await crashed.start(program(folder, forever));
  await crash(folder);
  await assert.rejects(startWatchdog(folder), /a cluster of this name runs: worker/);
  process.kill(pid, 'SIGKILL');
  await waitFor(`the end of ${pid}`, 10_000, async () => namesIn(folder).length === 0 || undefined);
  const next = await startWatchdog(folder);
  assert.deepEqual(namesIn(folder), ['watchdog']);
  await next.end();
});

test('a cluster whose watchdog crashed is ended by its owner', async () => {
  const folder = join(place, 'survived');
  const crashed = await startWatchdog(folder);
  const { pid } = await crashed.start(program(folder, forever));
  await crash(folder);
  await crashed.end();
  assert.equal(existsSync(folder), false);
  await waitFor(`the end of ${pid}`, 10_000, async () => !runs(pid) || undefined);
});

test('a process id that belongs to somebody else by now is not taken for the cluster', async () => {
  const folder = join(place, 'stale');
  mkdirSync(join(folder, 'pids'), { recursive: true });
  writeFileSync(join(folder, 'pids', 'etcd'), String(process.pid));
  assert.deepEqual(livingProcesses(folder), []);
  const watchdog = await startWatchdog(folder);
  assert.equal(existsSync(join(folder, 'pids', 'etcd')), false);
  await watchdog.end();
});
