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
  /** Whether this process leads. Call `wakeAll` when it becomes true. */
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
  /** Plans every object: for the moment when leadership is gained. */
  wakeAll(): void;
  /** Stops reading and planning; resolves when the writes in flight have their answers. The client stays open. */
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
  const reading = new AbortController();
  const looking = new AbortController();
  const act = actor({ client, store, clock, mayWrite, signal: looking.signal });
  const mayPlan = (): boolean => missing.size === 0 && mayWrite();
  const loop = runControllers(controllers, { store, clock, act, tell: teller(recorder), telemetry, mayPlan });

  const synced = Promise.withResolvers<void>();
  const whole = (): void => {
    synced.resolve();
    loop.wakeAll();
  };
  const onSync = (resource: Resource): void => {
    telemetry.synced(resource, store.list(resource).length);
    if (missing.delete(resource) && missing.size === 0) whole();
  };
  const reflectors = [...reflected].map(resource => {
    const report = (why: string): void => telemetry.reflectorBroke(resource, why);
    const { signal } = reading;
    return alwaysReflect({ resource, client, store, clock, random, report, onSync: () => onSync(resource), signal });
  });
  if (missing.size === 0) whole();
  return {
    store,
    synced: synced.promise,
    missing: () => [...missing].map(({ plural }) => plural),
    wakeAll: () => loop.wakeAll(),
    stop: async () => {
      const idle = loop.stop();
      reading.abort(new Error('the machine stops'));
      looking.abort(new Error('the machine stops'));
      await Promise.all([idle, ...reflectors]);
    },
  };
};

const resourcesOf = ({ reconciles, wakesOn, reads }: Controller): readonly Resource[] => [
  reconciles,
  ...wakesOn.map(({ on }) => on),
  ...reads,
];

/** A reflector that throws has a bug; the copy that it keeps must not silently grow old. */
const alwaysReflect = async (options: ReflectorOptions): Promise<void> => {
  const { clock, report, signal } = options;
  while (!signal.aborted) {
    try {
      await reflect(options);
    } catch (error) {
      report(error instanceof Error ? (error.stack ?? error.message) : String(error));
      await sleep(clock, seconds(30), signal).catch(() => undefined);
    }
  }
};
