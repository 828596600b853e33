/** Carries a plan out: its claims, its writes and its status, and tells of them. */

import type { Rank } from '../act/ranks.ts';
import type { Act } from '../act.ts';
import type { Clock } from '../clock.ts';
import { type Action, type Key, keyOf, type Outcome, type Plan, subjectOf } from '../contract.ts';
import type { Store } from '../store.ts';
import type { Telemetry } from '../telemetry.ts';
import type { Tell } from './tell.ts';

export interface CarryOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly act: Act;
  readonly tell: Tell;
  readonly telemetry: Telemetry;
}

/** What this pass does about the status. */
export type StatusStep =
  /** It is stored as it was observed. */
  | { readonly is: 'right' }
  /** It was written a moment ago: a later pass writes what has changed since. */
  | { readonly is: 'later' }
  | { readonly is: 'to be written'; readonly action: Action };

export class Carrier {
  /** Name of the controller. */
  readonly #controller: string;
  readonly #options: CarryOptions;

  constructor(controller: string, options: CarryOptions) {
    this.#controller = controller;
    this.#options = options;
  }

  /**
   * The outcomes in the order of the plan's actions; the status write, if there is one, comes last.
   * Synchronous up to the claims: no other plan is made before they are recorded.
   */
  async carryOut(key: Key, plan: Plan, status: StatusStep): Promise<readonly Outcome[]> {
    const todo = plan.actions.map(action => this.#claimed(key, action));
    const [outcomes, written] = await Promise.all([
      Promise.all(todo.map(act => act())),
      this.#writeStatus(key, plan, status),
    ]);
    return written === undefined ? outcomes : [...outcomes, written];
  }

  /** Keeps what was refused for the plans that follow. Returns whether any of it is news to them. */
  remember(key: Key, { actions }: Plan, outcomes: readonly Outcome[]): boolean {
    const news = actions.filter((action, i) => this.#remembers(key, action, outcomes[i]));
    return news.length > 0;
  }

  #remembers(key: Key, action: Action, outcome: Outcome | undefined): boolean {
    const { store, clock } = this.#options;
    const { resource, object, uid } = subjectOf(action);
    if (outcome?.is === 'done') store.accepted(resource, object);
    if (outcome?.is !== 'refused' || object === '') return false;
    const { message } = outcome;
    return store.refused(resource, object, {
      ...{ uid, why: action.why, message, at: clock.now() },
      ...{ by: this.#controller, key },
    });
  }

  /** Whoever waited for the budget that a claim used learns that it was not spent. */
  announce({ actions }: Plan, outcomes: readonly Outcome[]): void {
    for (const [i, action] of actions.entries()) {
      if (action.disrupts === undefined || action.do === 'create' || outcomes[i]?.is === 'done') continue;
      const { resource, namespace, name } = action.target;
      this.#options.store.touch(resource, keyOf(namespace, name));
    }
  }

  /** What to do for an action that is claimed from now on. */
  #claimed(key: Key, action: Action): () => Promise<Outcome> {
    const { clock, store, tell } = this.#options;
    const release =
      action.disrupts === undefined ? undefined : store.claim(action.disrupts, this.#controller, clock.now());
    return async () => {
      try {
        const outcome = await this.#write(key, action, 'work');
        tell.outcome(action, outcome);
        return outcome;
      } finally {
        // The store has shown the result, but nobody was planned on it yet: passes begin in later turns of the event loop.
        release?.();
      }
    };
  }

  /** Notices tell what the status shows, so they wait for it. */
  async #writeStatus(key: Key, plan: Plan, status: StatusStep): Promise<Outcome | undefined> {
    switch (status.is) {
      case 'later':
        return undefined;
      case 'right':
        this.#notice(plan);
        return undefined;
      case 'to be written': {
        const outcome = await this.#write(key, status.action, 'status');
        if (outcome.is === 'done') this.#notice(plan);
        return outcome;
      }
    }
  }

  #notice({ notices = [] }: Plan): void {
    for (const notice of notices) {
      this.#options.tell.notice(notice);
      this.#options.telemetry.noticed(this.#controller, notice);
    }
  }

  async #write(key: Key, action: Action, rank: Rank): Promise<Outcome> {
    const { clock, act, telemetry } = this.#options;
    const began = clock.monotonic();
    const outcome = await act(action, rank).catch(
      (error: unknown): Outcome => ({ is: 'failed', message: String(error) }),
    );
    const millis = clock.monotonic() - began;
    telemetry.actionFinished({ controller: this.#controller, key, action, outcome, millis });
    return outcome;
  }
}
