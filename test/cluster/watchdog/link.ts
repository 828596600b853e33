/** The owner's end of the channel to its cluster's watchdog. */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { clearFolder } from '../folder.ts';
import type { Program, Report, StartRequest } from './messages.ts';

/** A process that was started. */
export interface Running {
  readonly pid: number;
  /** Says how it ended, e.g. `code 1` or `SIGKILL`. */
  readonly exited: Promise<string>;
}

export interface Watchdog {
  /** Rejects if the program cannot be run at all. */
  start(program: Program): Promise<Running>;
  /** Ends all processes and removes the folder; resolves when that is done. */
  end(): Promise<void>;
}

/** Variables by which a test runner or a user would change what the cluster's processes do. */
const foreign = ['NODE_TEST_CONTEXT', 'NODE_OPTIONS', 'NODE_CHANNEL_FD', 'NODE_V8_COVERAGE', 'KUBECONFIG'];

const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.includes(name)));

/** Resolves with the next report for which `pick` answers something; rejects when the watchdog goes first. */
const next = <T>(reports: EventEmitter, pick: (report: Report) => T | undefined): Promise<T> =>
  new Promise((resolve, reject) => {
    const onReport = (report: Report): void => {
      const picked = pick(report);
      if (picked !== undefined) settle(() => resolve(picked));
    };
    const onGone = (): void => settle(() => reject(new Error('the watchdog of the cluster ended')));
    const settle = (how: () => void): void => {
      reports.off('report', onReport).off('gone', onGone);
      how();
    };
    reports.on('report', onReport).on('gone', onGone);
  });

interface Channel {
  readonly child: ChildProcess;
  readonly reports: EventEmitter;
}

const startUnder = async ({ child, reports }: Channel, request: StartRequest): Promise<Running> => {
  const { id, start } = request;
  const exited = next(reports, r => (r.is === 'exited' && r.id === id ? r.how : undefined)).catch(
    (error: Error) => error.message,
  );
  const started = next(reports, r => (r.is === 'started' && r.id === id ? r.pid : undefined));
  child.send(request);
  const first = await Promise.race([started, exited]);
  if (typeof first === 'string') throw new Error(`${start.name} cannot be run: ${first}`);
  return { pid: first, exited };
};

/** Starts a watchdog, which makes the folder. Rejects when a cluster lives there. */
export const startWatchdog = async (folder: string): Promise<Watchdog> => {
  const child = fork(join(import.meta.dirname, 'main.ts'), [folder], {
    detached: true,
    env: environment(),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const reports = new EventEmitter({ captureRejections: false }).setMaxListeners(0);
  child.on('message', message => reports.emit('report', message as Report));
  const gone = once(child, 'exit').then(() => reports.emit('gone'));
  const answer = await next(reports, r => (r.is === 'ready' || r.is === 'refused' ? r : undefined));
  if (answer.is === 'refused') throw new Error(`${folder}: ${answer.message}`);
  let starts = 0;
  return {
    start: program => {
      starts += 1;
      return startUnder({ child, reports }, { id: starts, start: program });
    },
    end: async () => {
      if (child.connected) child.disconnect();
      // The watchdog has cleared everything by the time that it goes, unless it was killed itself.
      await gone;
      clearFolder(folder);
    },
  };
};
