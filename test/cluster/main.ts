/** The command behind `make cluster`: a control plane that outlives the terminal, until it is taken down. */
import { fork } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { findBinaries } from './binaries.ts';
import { startCluster } from './cluster.ts';
import { waitFor } from './deadline.ts';
import { clearFolder, clustersFolder, folderOf, livingProcesses } from './folder.ts';
import { givenKubeconfig } from './given.ts';
import { adminKubeconfig, firstApiServer } from './programs.ts';

/** What the process that holds a cluster says to the command that started it. */
type News =
  | { readonly is: 'step'; readonly line: string }
  | { readonly is: 'up' }
  | { readonly is: 'failed'; readonly message: string };

interface UpOptions {
  readonly name: string;
  readonly nodes: string;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const short = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
};

const describe = (name: string): void => {
  const folder = folderOf(name);
  print(`  look at it   export KUBECONFIG=${adminKubeconfig(folder, firstApiServer)}`);
  print(`               ${short(findBinaries().kubectl)} get nodes`);
  print(`  logs         ${short(join(folder, 'logs'))}`);
  print(`  end it       make cluster-down NAME=${name}`);
};

/** Resolves when the holder says that its cluster is up. If this command is interrupted before, the holder gives up. */
const followStart = async (holder: ReturnType<typeof fork>): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  holder.on('message', message => {
    const news = message as News;
    switch (news.is) {
      case 'step':
        print(news.line);
        break;
      case 'up':
        resolve();
        break;
      case 'failed':
        reject(new Error(news.message));
        break;
    }
  });
  holder.once('exit', () => reject(new Error('the cluster ended while it was starting')));
  await promise;
  holder.disconnect();
  holder.unref();
};

const up = async ({ name, nodes }: UpOptions): Promise<void> => {
  const given = givenKubeconfig();
  if (given !== undefined) {
    print(`BERTH_KUBECONFIG names a cluster, so none is started: ${given}`);
    return;
  }
  if (livingProcesses(folderOf(name)).length > 0) {
    print(`cluster ${name} runs already`);
  } else {
    findBinaries();
    const args = ['hold', '--name', name, '--nodes', nodes];
    await followStart(
      fork(import.meta.filename, args, { detached: true, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
    );
    print(`cluster ${name} is up`);
  }
  describe(name);
};

/** Runs in the background for as long as the cluster lives. */
const hold = async ({ name, nodes }: UpOptions): Promise<void> => {
  const tell = (news: News): void => {
    if (process.connected) process.send?.(news);
  };
  const giveUp = (): never => process.exit(1);
  process.once('disconnect', giveUp);
  try {
    const cluster = await startCluster({
      name,
      nodes: Number(nodes),
      onStep: (step, seconds) => tell({ is: 'step', line: `  ${seconds.toFixed(1).padStart(5)} s  ${step}` }),
    });
    process.off('disconnect', giveUp);
    process.once('SIGTERM', () => void cluster.stop());
    tell({ is: 'up' });
  } catch (error) {
    tell({ is: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
    process.disconnect();
  }
};

/** The watchdog ends the others and removes the folder; without one, what it recorded is ended here. */
const takeDown = async (name: string): Promise<void> => {
  const folder = folderOf(name);
  if (!existsSync(folder)) {
    print(`no cluster ${name}`);
    return;
  }
  const watchdog = livingProcesses(folder).find(recorded => recorded.name === 'watchdog');
  if (watchdog !== undefined) {
    process.kill(watchdog.pid, 'SIGTERM');
    await waitFor(`cluster ${name} to end`, 30_000, async () => !existsSync(folder) || undefined);
  } else {
    clearFolder(folder);
  }
  print(`cluster ${name} is down`);
};

const names = (): readonly string[] => (existsSync(clustersFolder) ? readdirSync(clustersFolder) : []);

const down = async ({ name, all }: { readonly name: string; readonly all?: boolean }): Promise<void> => {
  for (const each of all === true ? names() : [name]) await takeDown(each);
};

const status = (): void => {
  if (names().length === 0) print('no cluster runs');
  for (const name of names()) {
    const living = livingProcesses(folderOf(name)).map(recorded => `${recorded.name} (${recorded.pid})`);
    print(
      `cluster ${name}: ${living.length === 0 ? 'dead; what is left of it goes at the next start' : living.join(', ')}`,
    );
    if (living.length > 0) describe(name);
  }
};

const program = new Command('cluster').description('A real control plane on this machine.');
const named = (command: Command): Command => command.option('--name <name>', 'name of the cluster', 'local');
const sized = (command: Command): Command => named(command).option('--nodes <count>', 'how many fake nodes', '3');
sized(program.command('up')).description('start one in the background').action(up);
sized(program.command('hold', { hidden: true })).action(hold);
named(program.command('down')).option('--all', 'every cluster of this checkout').description('end it').action(down);
program.command('status').description('what runs, and where its files are').action(status);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
