/**
 * The folder of a cluster: `.cache/clusters/<name>`. Its `pids` say which processes belong to it, so that what a crash
 * of the watchdog itself left behind can be found, and nothing else is ever ended.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const repository = join(import.meta.dirname, '..', '..');
export const clustersFolder = join(repository, '.cache', 'clusters');

/** Throws on a name that could not be a folder beside the others. */
export const folderOf = (name: string): string => {
  if (!/^[a-z0-9][a-z0-9.-]{0,62}$/.test(name)) throw new Error(`not a name for a cluster: ${JSON.stringify(name)}`);
  return join(clustersFolder, name);
};

/** One process that a cluster recorded. */
export interface Recorded {
  readonly name: string;
  readonly pid: number;
}

/** The command line of a process; undefined when there is none with this id. */
const commandLineOf = (pid: number): string | undefined => {
  try {
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
};

/** Process ids are used again: a process is the cluster's only if its command line names the cluster's folder. */
const belongsTo = (folder: string, pid: number): boolean => {
  const words = `${commandLineOf(pid)?.trim() ?? ''} `;
  return words.includes(`${folder}/`) || words.includes(`${folder} `);
};

export const recordProcess = (folder: string, name: string, pid: number): void => {
  writeFileSync(join(folder, 'pids', name), String(pid));
};

/** Processes of the cluster in this folder that still live. */
export const livingProcesses = (folder: string): readonly Recorded[] => {
  const pids = join(folder, 'pids');
  if (!existsSync(pids)) return [];
  return readdirSync(pids)
    .map(name => ({ name, pid: Number(readFileSync(join(pids, name), 'utf8')) }))
    .filter(({ pid }) => Number.isInteger(pid) && pid > 0 && belongsTo(folder, pid));
};

const madeFolder = (folder: string): boolean => {
  mkdirSync(join(folder, '..'), { recursive: true });
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
};

/**
 * Makes the folder and records the calling process, its watchdog, in it. What a crash left is removed first.
 * Returns why not, when the folder's cluster lives.
 */
export const claimFolder = (folder: string): string | undefined => {
  if (!madeFolder(folder)) {
    const living = livingProcesses(folder);
    if (living.length > 0) {
      return `a cluster of this name runs: ${living.map(({ name, pid }) => `${name} (${pid})`).join(', ')}`;
    }
    removeFolder(folder);
    if (!madeFolder(folder)) return 'a cluster of this name is being started by somebody else';
  }
  for (const sub of ['pids', 'logs', 'certificates', 'kubeconfigs']) mkdirSync(join(folder, sub));
  recordProcess(folder, 'watchdog', process.pid);
  return undefined;
};

export const removeFolder = (folder: string): void => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
};

/** Ends what a cluster without a watchdog left running, and removes the folder. */
export const clearFolder = (folder: string): void => {
  for (const { pid } of livingProcesses(folder)) process.kill(pid, 'SIGKILL');
  removeFolder(folder);
};
