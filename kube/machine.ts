/** The machine put together: one call that reads the cluster, wakes controllers and writes. */

import { Throttle } from './act/throttle.ts';
import { actor } from './act.ts';
import type { Client } from './client.ts';
import type { Clock } from './clock.ts';
import { type Controller, type Millis, type Resource, type Seen, targetOf } from './contract.ts';
import type { Term } from './election.ts';
import { type Recorder, untold } from './events.ts';
import { teller } from './loop/tell.ts';
import { runControllers } from './loop.ts';
import { Reflection } from './reflector/reflection.ts';
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
  /** What writes pass through, e.g. together with events; ended with the machine. One without a ceiling if left out. */
  readonly throttle?: Throttle;
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
  /** Plural names of the resources whose views may be old: the server has told nothing of them for almost 4 minutes. */
  silent(): readonly string[];
  /** Time since the server last told anything, by the plural name of the resource. */
  silences(): readonly (readonly [resource: string, silence: Millis])[];
  /** Keys that are due or in progress, by the name of the controller. */
  queued(): readonly (readonly [controller: string, keys: number])[];
  /**
   * Plans every object: to be called when leadership is gained. In a new term everything is read afresh before: what a
   * lagging watch has not told yet may be the last writes of the former leader, and budgets depend on them. In the same
   * term watches go on over other connections: whatever kept the lease from being renewed may have silenced them.
   */
  lead(term: Term): void;
  /**
   * Abandons the writes in flight: to be called when leadership ends. One that hangs on its way could otherwise arrive
   * when another leads, and pass a budget together with his.
   */
  retreat(): void;
  /**
   * Stops reading and planning, and sends nothing any more; resolves when the writes in flight have their answers.
   * The client stays open.
   */
  stop(): Promise<void>;
}

export const startMachine = (options: MachineOptions): Machine => {
  const { client, clock, controllers, local = [], random = Math.random } = options;
  const { mayWrite = () => true, telemetry = silence, recorder = untold, seal = view => view } = options;
  const { throttle = new Throttle({ clock }) } = options;
  const tell = teller(recorder);
  const store = new Store({
    seal,
    report: ({ what, resource, seen, error }) => {
      telemetry.storeFault(what, resource, { key: seen.key, error });
      if (what === 'view' && mayWrite()) tell.fault(targetOf(resource, seen));
    },
  });
  const reflected = new Set([...controllers.flatMap(resourcesOf), ...(options.resources ?? [])]);
  for (const resource of local) reflected.delete(resource);
  for (const resource of [...reflected, ...local]) store.register(resource);

  const missing = new Set(reflected);
  const needs = new Map(controllers.map(controller => [controller, new Set(resourcesOf(controller))]));
  const isReadBy = (controller: Controller, resource: Resource): boolean =>
    needs.get(controller)?.has(resource) === true;
  const mayPlan = (controller: Controller): boolean =>
    mayWrite() && [...missing].every(resource => !isReadBy(controller, resource));
  const looking = new AbortController();
  let inTerm = new AbortController();
  const maySend = (): boolean => !looking.signal.aborted && mayWrite();
  const act = actor({
    client,
    store,
    clock,
    mayWrite: maySend,
    term: () => inTerm.signal,
    signal: looking.signal,
    throttle,
  });
  const loop = runControllers(controllers, { store, clock, act, tell, telemetry, mayPlan });

  const synced = Promise.withResolvers<void>();
  const arrived = (resource: Resource): void => {
    missing.delete(resource);
    loop.wakeAll(controller => isReadBy(controller, resource));
    if (missing.size === 0) synced.resolve();
  };
  const reflections = [...reflected].map(resource => {
    const report = (why: string): void => telemetry.reflectorBroke(resource, why);
    const onSync = (): void => {
      telemetry.synced(resource, store.list(resource).length);
      if (missing.has(resource)) arrived(resource);
    };
    return new Reflection({ resource, client, store, clock, random, report, onSync });
  });
  if (missing.size === 0) synced.resolve();
  const readAfresh = (): void => {
    for (const resource of reflected) missing.add(resource);
    for (const reflection of reflections) reflection.restart();
  };
  return {
    store,
    synced: synced.promise,
    missing: () => [...missing].map(({ plural }) => plural),
    silent: () => reflections.filter(({ isSilent }) => isSilent).map(({ resource }) => resource.plural),
    silences: () => reflections.map(({ resource, silence }) => [resource.plural, silence]),
    queued: () => loop.queued(),
    lead: term => {
      if (term === 'new') readAfresh();
      else for (const reflection of reflections) reflection.reconnect();
      // Whoever reads nothing from the server has nothing to wait for.
      loop.wakeAll(() => true);
    },
    retreat: () => {
      inTerm.abort(new Error('leadership has ended'));
      inTerm = new AbortController();
    },
    stop: async () => {
      const idle = loop.stop();
      looking.abort(new Error('the machine stops'));
      throttle.end();
      await Promise.all([idle, ...reflections.map(reflection => reflection.stop())]);
    },
  };
};

const resourcesOf = ({ reconciles, wakesOn, reads }: Controller): readonly Resource[] => [
  reconciles,
  ...wakesOn.map(({ on }) => on),
  ...reads,
];
