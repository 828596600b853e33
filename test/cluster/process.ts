/** A process of the cluster as a handle: it can be killed, paused, resumed and restarted. */
import { existsSync, readFileSync } from 'node:fs';
import { waitFor } from './deadline.ts';
import type { Running, Watchdog } from './watchdog/link.ts';
import type { Program } from './watchdog/messages.ts';

export interface ClusterProcess {
  /** e.g. `kube-apiserver` */
  readonly name: string;
  /** Path of its log, which survives restarts. */
  readonly log: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and SIGKILL after `patienceMs`, ten seconds if absent; resolves when the process is gone. */
  stop(patienceMs?: number): Promise<void>;
  /** SIGSTOP: its sockets stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Starts it again with the same arguments, stopping it first if it runs; resolves when it is healthy. */
  restart(): Promise<void>;
}

export interface ProcessPlan {
  readonly program: Program;
  /** Answers whether the process does its work. */
  readonly isHealthy: () => Promise<boolean>;
}

const healthyWithinMs = 60_000;
const stoppedWithinMs = 10_000;

const lastLinesOf = (log: string): string =>
  existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-8).join('\n') : '';

const untilHealthy = async ({ program, isHealthy }: ProcessPlan, running: Running): Promise<void> => {
  let ended: string | undefined;
  void running.exited.then(how => {
    ended = how;
  });
  await waitFor(`${program.name} to be healthy (${program.log})`, healthyWithinMs, async () => {
    if (ended !== undefined) {
      throw new Error(
        `${program.name} ended while starting (${ended}); its log ends with:\n${lastLinesOf(program.log)}`,
      );
    }
    return (await isHealthy()) || undefined;
  });
};

/** To a process that may have ended a moment ago, of which the watchdog is yet to tell. */
const send = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

/** Resolves when the process is healthy. */
export const startProcess = async (watchdog: Watchdog, plan: ProcessPlan): Promise<ClusterProcess> => {
  let running: Running | undefined;

  const start = async (): Promise<void> => {
    const started = await watchdog.start(plan.program);
    running = started;
    void started.exited.then(() => {
      if (running === started) running = undefined;
    });
    await untilHealthy(plan, started);
  };

  const signal = (name: NodeJS.Signals): Promise<string> | undefined => {
    if (running === undefined) return undefined;
    send(running.pid, name);
    return running.exited;
  };

  const stop = async (patienceMs = stoppedWithinMs): Promise<void> => {
    const exited = signal('SIGTERM');
    if (exited === undefined) return;
    void signal('SIGCONT');
    const overdue = setTimeout(() => void signal('SIGKILL'), patienceMs);
    await exited;
    clearTimeout(overdue);
  };

  await start();
  return {
    name: plan.program.name,
    log: plan.program.log,
    get pid() {
      return running?.pid;
    },
    kill: async () => {
      await signal('SIGKILL');
    },
    stop,
    pause: () => void signal('SIGSTOP'),
    resume: () => void signal('SIGCONT'),
    restart: async () => {
      await stop();
      await start();
    },
  };
};
