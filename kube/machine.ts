/** The machine put together: one call that reads the cluster, wakes controllers and writes. */

import { actor } from './act.ts';
import type { Client } from './client.ts';
import { type Clock, sleep } from './clock.ts';
import { type Controller, type Resource, type Seen, seconds } from './contract.ts';
import { type Recorder, untold } from './events.ts';
import { teller } from './loop/tell.ts';
import { runControllers } from './loop.ts';
import { type ReflectorOptions, reflect } from './reflector.ts';
import { Store } from './store.ts';
import { silence, type Telemetry } from './telemetry.ts';

export interface MachineOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly controllers: readonly Controller[];
  /** Read beside what the controllers name, e.g. by webhooks. */
  readonly resources?: readonly Resource[];
  /** Kept by `store.keep` instead of a watch. */
  readonly local?: readonly Resource[];
  /** Whether this process leads. Call `lead` when it becomes true. */
  readonly mayWrite?: () => boolean;
  readonly telemetry?: Telemetry;
  readonly recorder?: Recorder;
  /** Uniform in [0, 1); spreads retries. */
  readonly random?: () => number;
  /** Called with each new view; tests pass a deep freeze. */
  readonly seal?: <V extends Seen>(view: V) => V;
}

export interface Machine {
  readonly store: Store;
  /** Resolves when every resource was read once; never, if the machine is stopped before. */
  readonly synced: Promise<void>;
  /** Plural names of the resources that were not read yet. */
  missing(): readonly string[];
  /**
   * Reads everything afresh, then plans every object: to be called when leadership is gained. What a lagging watch has
   * not told yet may be the last writes of the former leader, and budgets depend on them.
   */
  lead(): void;
  /**
   * Stops reading and planning, and sends nothing any more; resolves when the writes in flight have their answers.
   * The client stays open.
   */
  stop(): Promise<void>;
}

export const startMachine = (options: MachineOptions): Machine => {
  const { client, clock, controllers, local = [], random = Math.random } = options;
  const { mayWrite = () => true, telemetry = silence, recorder = untold, seal = view => view } = options;
  const store = new Store({
    seal,
    report: ({ what, resource, key, error }) => telemetry.storeFault(what, resource, { key, error }),
  });
  const reflected = new Set([...controllers.flatMap(resourcesOf), ...(options.resources ?? [])]);
  for (const resource of local) reflected.delete(resource);
  for (const resource of [...reflected, ...local]) store.register(resource);

  const missing = new Set(reflected);
  const looking = new AbortController();
  const maySend = (): boolean => !looking.signal.aborted && mayWrite();
  const act = actor({ client, store, clock, mayWrite: maySend, signal: looking.signal });
  const mayPlan = (): boolean => missing.size === 0 && mayWrite();
  const loop = runControllers(controllers, { store, clock, act, tell: teller(recorder), telemetry, mayPlan });

  const synced = Promise.withResolvers<void>();
  const whole = (): void => {
    synced.resolve();
    loop.wakeAll();
  };
  const reflections = [...reflected].map(resource => {
    const report = (why: string): void => telemetry.reflectorBroke(resource, why);
    const onSync = (): void => {
      telemetry.synced(resource, store.list(resource).length);
      if (missing.delete(resource) && missing.size === 0) whole();
    };
    return new Reflection({ resource, client, store, clock, random, report, onSync });
  });
  if (missing.size === 0) whole();
  return {
    store,
    synced: synced.promise,
    missing: () => [...missing].map(({ plural }) => plural),
    lead: () => {
      for (const resource of reflected) missing.add(resource);
      for (const reflection of reflections) reflection.restart();
    },
    stop: async () => {
      const idle = loop.stop();
      looking.abort(new Error('the machine stops'));
      await Promise.all([idle, ...reflections.map(reflection => reflection.stop())]);
    },
  };
};

const resourcesOf = ({ reconciles, wakesOn, reads }: Controller): readonly Resource[] => [
  reconciles,
  ...wakesOn.map(({ on }) => on),
  ...reads,
];

/** A reflector that runs until it is stopped, and begins again when told to. */
class Reflection {
  readonly #options: Omit<ReflectorOptions, 'signal'>;
  readonly #running: Promise<void>;
  #round = new AbortController();
  #stopped = false;

  constructor(options: Omit<ReflectorOptions, 'signal'>) {
    this.#options = options;
    this.#running = this.#run();
  }

  restart(): void {
    this.#round.abort(new Error('everything is read afresh'));
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#round.abort(new Error('the machine stops'));
    return this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#round = new AbortController();
      const { signal } = this.#round;
      // A reflector that throws has a bug; the copy that it keeps must not silently grow old.
      await reflect({ ...this.#options, signal }).catch((error: unknown) => this.#recover(error, signal));
    }
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    this.#options.report(error instanceof Error ? (error.stack ?? error.message) : String(error));
    await sleep(this.#options.clock, seconds(30), signal).catch(() => undefined);
  }
}
