/**
 * The watchdog of one cluster: makes its folder, runs its processes, and when its owner's end of the channel closes,
 * for whatever reason (an orderly stop, an exception, SIGKILL), it ends them and removes the folder.
 *
 * It runs in a process group of its own, so that Ctrl-C in a terminal reaches only the owner.
 * Usage: node main.ts FOLDER, with an IPC channel.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { claimFolder, recordProcess, removeFolder } from '../folder.ts';
import { removeProvisionedVolumes } from '../volumes.ts';
import type { Report, StartRequest } from './messages.ts';

const folder = process.argv[2] ?? '';
const children = new Map<number, ChildProcess>();

const tell = (report: Report): void => {
  if (process.connected) process.send?.(report);
};

const start = ({ id, start: program }: StartRequest): void => {
  const log = openSync(program.log, 'a');
  const child = spawn(program.command, program.args, { cwd: folder, stdio: ['ignore', log, log] });
  closeSync(log);
  children.set(id, child);
  child.once('spawn', () => {
    const pid = child.pid ?? 0;
    recordProcess(folder, program.name, pid);
    tell({ is: 'started', id, pid });
  });
  const gone = (how: string): void => {
    if (children.delete(id)) tell({ is: 'exited', id, how });
  };
  child.once('error', error => gone(error.message));
  child.once('exit', (code, signal) => gone(signal === null ? `code ${code}` : signal));
};

/** SIGKILL ends paused processes too. Their data is thrown away, so nothing is lost by it. */
const endChildren = async (): Promise<void> => {
  const living = [...children.values()];
  await Promise.all(
    living.map(
      child =>
        new Promise<void>(resolve => {
          child.once('exit', () => resolve());
          child.once('error', () => resolve());
          child.kill('SIGKILL');
        }),
    ),
  );
};

const end = async (): Promise<void> => {
  process.removeAllListeners('message');
  await endChildren();
  await removeProvisionedVolumes(folder);
  removeFolder(folder);
  process.exit(0);
};

const isStartRequest = (message: unknown): message is StartRequest =>
  typeof message === 'object' && message !== null && 'start' in message;

const refusal = claimFolder(folder);
if (refusal === undefined) {
  process.on('message', message => {
    if (isStartRequest(message)) start(message);
  });
  process.once('disconnect', () => void end());
  process.once('SIGTERM', () => void end());
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
  tell({ is: 'ready' });
  // The owner may have died before anybody listened for it.
  if (!process.connected) void end();
} else {
  tell({ is: 'refused', message: refusal });
  process.disconnect();
}
