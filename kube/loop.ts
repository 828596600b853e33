/** Connects the store's changes to the controllers they concern. */

import type { Controller, Key, Resource, Seen } from './contract.ts';
import type { CarryOptions } from './loop/carry.ts';
import { Lane } from './loop/lane.ts';
import { type Wake, type Wakes, wakesOf } from './loop/wakes.ts';
import { isNewer } from './store/version.ts';

export interface LoopOptions extends CarryOptions {
  /** Whether the keys of a controller are worth planning: the store has all that it reads, and we lead. */
  readonly mayPlan: (controller: Controller) => boolean;
}

export interface Loop {
  /** Plans all that the triggers of these controllers find in what they reconcile, unless they may not plan yet. */
  wakeAll(which: (controller: Controller) => boolean): void;
  /** Keys that are due or in progress, by controller. */
  queued(): readonly (readonly [controller: string, keys: number])[];
  /** Takes no more keys; resolves when nothing is in flight any more. */
  stop(): Promise<void>;
}

export const runControllers = (controllers: readonly Controller[], options: LoopOptions): Loop => {
  const { store, mayPlan } = options;
  const lanes = controllers.map(controller => ({
    controller,
    lane: new Lane(controller, { ...options, mayPlan: () => mayPlan(controller) }),
    wakes: wakesOf(controller, store),
  }));
  // One subscription each: a trigger that throws silences only its own controller's wake.
  const subscriptions = lanes.map(({ lane, wakes }) =>
    store.subscribe((resource, before, after) => {
      for (const wake of wakes(resource, before, after)) lane.wake(wake);
    }),
  );
  return {
    wakeAll: which => {
      for (const { controller, lane, wakes } of lanes)
        if (which(controller)) lane.beginWith(beginning(controller, wakes, options));
    },
    queued: () => lanes.map(({ controller, lane }) => [controller.name, lane.queued]),
    stop: async () => {
      for (const unsubscribe of subscriptions) unsubscribe();
      await Promise.all(lanes.map(({ lane }) => lane.stop()));
    },
  };
};

/**
 * What was changed last comes first: what users did while nobody led is waited for, and of the rest most needs nothing.
 * Of a great kind most objects may be nothing that a controller has to do with.
 */
const beginning = (controller: Controller, wakes: Wakes, options: LoopOptions): readonly Key[] =>
  options.store
    .list(controller.reconciles)
    .flatMap(view =>
      wakesBy(view, controller.reconciles, wakes, options).map(({ key }) => ({ key, version: view.resourceVersion })),
    )
    .sort((a, b) => (isNewer(a.version, b.version) ? -1 : 1))
    .map(({ key }) => key);

/** As where a change is told, a trigger that throws for one object is told of and wakes nobody. */
const wakesBy = (view: Seen, on: Resource, wakes: Wakes, { telemetry }: LoopOptions): readonly Wake[] => {
  try {
    return wakes(on, undefined, view);
  } catch (error) {
    telemetry.storeFault('subscriber', on, { key: view.key, error });
    return [];
  }
};
