/** `make demo`: a cluster, Berth in it, one story told live, and a table that was checked at every revision. */

import { fork } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, startCluster } from '../test/cluster/cluster.ts';
import { repository } from '../test/cluster/folder.ts';
import { installBerth } from '../test/cluster/installation.ts';
import { check } from '../test/instruments/checker.ts';
import type { Chronicle } from '../test/instruments/chronicle.ts';
import { invariants } from '../test/instruments/invariants.ts';
import { recordCluster } from '../test/instruments/judged.ts';
import { summaryOf } from '../test/instruments/summary.ts';
import { type Screen, screenOn } from './screen.ts';
import { chapters, nodes } from './story.ts';
import { rowsOf, textOf } from './table.ts';
import { tell } from './tell.ts';

const began = performance.now();
const elapsed = (): number => (performance.now() - began) / 1000;
const screen = screenOn(process.stdout, elapsed);
const keep = (process.env['KEEP'] ?? '') !== '';
const holds = process.argv[2] === 'hold';

const main = async (): Promise<void> => {
  screen.say(`A control plane with ${nodes} fake nodes, Berth in it, and one story`);
  const cluster = await startCluster({
    name: 'demo',
    nodes,
    onStep: (step, s) => screen.say(`${step} up after ${s.toFixed(1)} s`),
  });
  const stop = once(() => cluster.stop());
  process.once('SIGINT', () => void stop().then(() => process.exit(130)));
  process.once('SIGTERM', () => void stop().then(() => process.exit(143)));
  try {
    await installBerth(cluster, { onStep: step => screen.say(step) });
    await play(cluster, screen);
  } catch (error) {
    process.exitCode = 1;
    screen.close();
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n${keepEvidence(cluster)}\n`);
  } finally {
    screen.close();
    if (holds) leave(cluster);
    else await stop();
  }
};

const play = async (cluster: Cluster, on: Screen): Promise<void> => {
  const recorder = await recordCluster(cluster);
  try {
    await cluster.kubectl(['create', 'namespace', 'demo']);
    await tell(chapters, { kubectl: cluster.kubectl, newest: kind => recorder.newest(kind), screen: on });
    if (!judge(await recorder.stop())) process.exitCode = 1;
  } finally {
    await recorder[Symbol.asyncDispose]();
  }
};

/** What explains a failure outlives the cluster. */
const keepEvidence = ({ folder }: Cluster): string => {
  const kept = join(repository, '.cache', 'demo-failed');
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(kept, { recursive: true });
  cpSync(join(folder, 'logs'), join(kept, 'logs'), { recursive: true });
  cpSync(join(folder, 'record.jsonl'), join(kept, 'record.jsonl'), { force: true });
  return `logs and the record of the watch are in ${kept}`;
};

/** Prints the table; true if every promise was kept. */
const judge = (chronicle: Chronicle): boolean => {
  const summary = summaryOf(chronicle, check(chronicle, invariants()));
  const rows = rowsOf(summary);
  process.stdout.write(textOf(rows, summary));
  return rows.every(row => row.holds);
};

/** Prints how to look around, and lets the process that asked return; this one stays for as long as the cluster does. */
const leave = ({ kubeconfig, folder }: Cluster): void => {
  const lines = [
    '',
    'The cluster stays up, with Berth in it:',
    `  export KUBECONFIG=${kubeconfig}`,
    '  kubectl get sidecarsets,statefulsets.apps.kruise.io,broadcastjobs,pods -A',
    `  logs     ${join(folder, 'logs')}`,
    '  end it   make cluster-down NAME=demo',
    '',
  ];
  process.stdout.write(lines.join('\n'));
  process.off('disconnect', abandoned);
  // Whoever reads our output must see its end.
  process.send?.(Number(process.exitCode ?? 0), () => [1, 2].forEach(closeSync));
};

/** Ctrl-C in the terminal ends the process that asked: what it asked for ends, too. */
const abandoned = (): void => void process.kill(process.pid, 'SIGTERM');

/** Told by a process of its own, which outlives this one. */
const tellAndLeave = async (): Promise<void> => {
  const holder = fork(import.meta.filename, ['hold'], {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  process.exitCode = await new Promise<number>(resolve => {
    holder.once('message', code => resolve(Number(code)));
    holder.once('exit', code => resolve(code ?? 1));
  });
  if (holder.connected) holder.disconnect();
  holder.unref();
};

const once = <T>(run: () => Promise<T>): (() => Promise<T>) => {
  let running: Promise<T> | undefined;
  return () => {
    running ??= run();
    return running;
  };
};

if (holds) process.once('disconnect', abandoned);
await (keep && !holds ? tellAndLeave() : main());
