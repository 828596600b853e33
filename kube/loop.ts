/** Connects the store's changes to the controllers they concern. */

import type { Controller } from './contract.ts';
import { Lane, type LaneOptions } from './loop/lane.ts';
import { wakesOf } from './loop/wakes.ts';

export interface Loop {
  /** Plans every object of every controller. */
  wakeAll(): void;
  /** Takes no more keys; resolves when nothing is in flight any more. */
  stop(): Promise<void>;
}

export const runControllers = (controllers: readonly Controller[], options: LaneOptions): Loop => {
  const { store } = options;
  const lanes = controllers.map(controller => ({
    lane: new Lane(controller, options),
    wakes: wakesOf(controller, store),
  }));
  // One subscription each: a trigger that throws silences only its own controller's wake.
  const subscriptions = lanes.map(({ lane, wakes }) =>
    store.subscribe((resource, before, after) => {
      for (const wake of wakes(resource, before, after)) lane.wake(wake);
    }),
  );
  return {
    wakeAll: () => {
      for (const { lane } of lanes) lane.wakeAll();
    },
    stop: async () => {
      for (const unsubscribe of subscriptions) unsubscribe();
      await Promise.all(lanes.map(({ lane }) => lane.stop()));
    },
  };
};
