import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startProcess } from './process.ts';
import { startWatchdog } from './watchdog/link.ts';
import type { Program } from './watchdog/messages.ts';

const place = mkdtempSync(join(tmpdir(), 'berth-process-'));
const folder = join(place, 'cluster');
const watchdog = await startWatchdog(folder);
after(async () => {
  await watchdog.end();
  rmSync(place, { recursive: true, force: true });
});

const program = (name: string, script: string): Program => ({
  name,
  command: process.execPath,
  args: ['-e', script],
  log: join(folder, 'logs', `${name}.log`),
});

const healthy = async (): Promise<boolean> => true;

test('a process that ends while starting is reported with the last lines of its log', async () => {
  const broken = program('broken', 'console.error("no such flag: --frob"); process.exitCode = 2');
  await assert.rejects(startProcess(watchdog, { program: broken, isHealthy: async () => false }), {
    message: /broken ended while starting \(code 2\).*\nno such flag: --frob$/s,
  });
});

test('a killed process has no id, and another one after a restart', async () => {
  const handle = await startProcess(watchdog, {
    program: program('killed', 'setInterval(() => {}, 1000)'),
    isHealthy: healthy,
  });
  const before = handle.pid;
  await handle.kill();
  assert.equal(handle.pid, undefined);
  await handle.restart();
  assert.ok(handle.pid !== undefined && handle.pid !== before);
});

test('killing, pausing or stopping what does not run changes nothing', async () => {
  const handle = await startProcess(watchdog, {
    program: program('gone', 'setInterval(() => {}, 1000)'),
    isHealthy: healthy,
  });
  await handle.stop();
  await handle.kill();
  handle.pause();
  await handle.stop();
  assert.equal(handle.pid, undefined);
});
