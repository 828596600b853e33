/** One controller at work: takes its keys, plans each, has the plan carried out, and sees to what remains. */

import type { Act } from '../act.ts';
import type { Cancel, Clock } from '../clock.ts';
import { type Action, type Controller, type Key, keyOf, type Millis, type Outcome, type Plan } from '../contract.ts';
import { Queue } from '../queue.ts';
import type { Store } from '../store.ts';
import type { Telemetry } from '../telemetry.ts';
import { Pace } from './pace.ts';
import { Retry } from './retry.ts';
import { statusAction } from './status.ts';
import type { Tell } from './tell.ts';
import type { Wake } from './wakes.ts';

export interface LaneOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly act: Act;
  readonly tell: Tell;
  readonly telemetry: Telemetry;
  /** Whether keys are worth planning: the store is whole and we lead. */
  readonly mayPlan: () => boolean;
}

// Longer, and webhooks and watches of this process would notice.
const slice: Millis = 8;

export class Lane {
  readonly #controller: Controller;
  readonly #options: LaneOptions;
  readonly #queue = new Queue();
  #pace = new Pace();
  #retry = new Retry();
  readonly #inFlight = new Set<Promise<void>>();
  #alarm: { readonly at: Millis; readonly cancel: Cancel } | undefined;
  #stopped = false;

  constructor(controller: Controller, options: LaneOptions) {
    this.#controller = controller;
    this.#options = options;
  }

  wake({ key, because }: Wake): void {
    // Whoever comes to lead, or is synced, begins with all keys: what is asked before then need not be remembered.
    if (!this.#options.mayPlan()) return;
    // Two controllers whose disruptions are refused would otherwise wake each other for ever.
    if (because === 'release' && this.#retry.isPending(key)) return;
    const now = this.#options.clock.monotonic();
    this.#enqueue(key, because === 'urgent change' ? now : Math.max(now, this.#pace.next(key)));
  }

  /** Begins afresh: delays from before are those of another time, and of objects that may be gone. */
  wakeAll(): void {
    this.#pace = new Pace();
    this.#retry = new Retry();
    for (const { key } of this.#options.store.list(this.#controller.reconciles))
      this.wake({ key, because: 'urgent change' });
  }

  /** Resolves when nothing is in flight any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#alarm?.cancel();
    await Promise.all(this.#inFlight);
  }

  #enqueue(key: Key, due: Millis): void {
    this.#queue.add(key, due);
    this.#arm();
  }

  #arm(): void {
    const at = this.#queue.nextDue();
    if (this.#stopped || at === undefined || (this.#alarm !== undefined && this.#alarm.at <= at)) return;
    this.#alarm?.cancel();
    const { clock } = this.#options;
    const cancel = clock.after(Math.max(0, at - clock.monotonic()), () => this.#run());
    this.#alarm = { at, cancel };
  }

  #run(): void {
    this.#alarm = undefined;
    const { clock } = this.#options;
    const began = clock.monotonic();
    while (clock.monotonic() - began < slice) {
      const key = this.#queue.take(clock.monotonic());
      if (key === undefined) break;
      this.#start(key);
    }
    this.#arm();
  }

  #start(key: Key): void {
    const pass = this.#options.mayPlan() ? this.#pass(key) : undefined;
    if (pass === undefined) {
      this.#queue.done(key);
      return;
    }
    const settled = pass
      .catch((error: unknown) => this.#threw(key, error))
      .finally(() => {
        this.#inFlight.delete(settled);
        this.#queue.done(key);
        this.#arm();
      });
    this.#inFlight.add(settled);
  }

  #threw(key: Key, error: unknown): void {
    const { clock, telemetry } = this.#options;
    this.#queue.add(key, clock.monotonic() + this.#retry.threw(key));
    telemetry.passThrew(this.#controller.name, key, error);
  }

  /** Synchronous up to the claims of the plan: no other plan is made before they are recorded. */
  #pass(key: Key): Promise<void> | undefined {
    const { clock, store } = this.#options;
    const began = clock.monotonic();
    let plan: Plan | undefined;
    try {
      plan = this.#controller.pass(key, store, clock.now());
    } catch (error) {
      this.#threw(key, error);
      return undefined;
    }
    if (plan === undefined) return this.#forget(key);
    const ended = clock.monotonic();
    this.#pace.passed(key, ended, ended - began);
    const todo = plan.actions.map(action => this.#claimed(key, action));
    return this.#settle({ key, plan, millis: ended - began }, todo);
  }

  #forget(key: Key): undefined {
    this.#pace.forget(key);
    this.#retry.forget(key);
  }

  async #settle(pass: Pass, todo: readonly (() => Promise<Outcome>)[]): Promise<void> {
    const { key, plan, millis } = pass;
    const { clock, telemetry } = this.#options;
    const [outcomes, status] = await Promise.all([Promise.all(todo.map(act => act())), this.#writeStatus(pass)]);
    const all = status === undefined ? outcomes : [...outcomes, status];
    telemetry.passFinished({ controller: this.#controller.name, key, millis, plan, outcomes: all });
    const now = clock.monotonic();
    const retry = this.#retry.after(key, all);
    if (retry !== undefined) this.#queue.add(key, now + retry);
    if (plan.wakeAfter !== undefined) this.#queue.add(key, now + plan.wakeAfter);
    for (const [i, action] of plan.actions.entries()) this.#announce(action, outcomes[i]);
  }

  /** Whoever waited for the budget that a claim used learns that it was not spent. */
  #announce(action: Action, outcome: Outcome | undefined): void {
    if (action.disrupts === undefined || action.do === 'create' || outcome?.is === 'done') return;
    this.#options.store.touch(action.target.resource, keyOf(action.target.namespace, action.target.name));
  }

  /** What to do for an action that is claimed from now on. */
  #claimed(key: Key, action: Action): () => Promise<Outcome> {
    const { clock, store, tell } = this.#options;
    const release =
      action.disrupts === undefined ? undefined : store.claim(action.disrupts, this.#controller.name, clock.now());
    return async () => {
      try {
        const outcome = await this.#carryOut(key, action);
        tell.outcome(action, outcome);
        return outcome;
      } finally {
        // The store has shown the result, but nobody was planned on it yet: passes begin in later turns of the event loop.
        release?.();
      }
    };
  }

  async #carryOut(key: Key, action: Action): Promise<Outcome> {
    const { clock, act, telemetry } = this.#options;
    const began = clock.monotonic();
    const outcome = await act(action).catch((error: unknown): Outcome => ({ is: 'failed', message: String(error) }));
    const millis = clock.monotonic() - began;
    telemetry.actionFinished({ controller: this.#controller.name, key, action, outcome, millis });
    return outcome;
  }

  /** Notices tell what the status shows, so they wait for it. */
  async #writeStatus({ key, plan }: Pass): Promise<Outcome | undefined> {
    const { clock, tell } = this.#options;
    const action = plan.status === undefined ? undefined : statusAction(plan.status);
    if (action === undefined) {
      tell.notices(plan);
      return undefined;
    }
    const now = clock.monotonic();
    if (now < this.#pace.nextStatus(key)) {
      this.#queue.add(key, this.#pace.nextStatus(key));
      return undefined;
    }
    this.#pace.statusWritten(key, now);
    const outcome = await this.#carryOut(key, action);
    if (outcome.is === 'done') tell.notices(plan);
    return outcome;
  }
}

interface Pass {
  readonly key: Key;
  readonly plan: Plan;
  readonly millis: Millis;
}
