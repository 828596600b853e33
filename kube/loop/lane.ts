/** One controller at work: takes its keys, plans each, has the plan carried out, and sees to when the key is next due. */

import type { Cancel } from '../clock.ts';
import { type Controller, type Key, type Millis, namespaceIn, type Plan, targetOf } from '../contract.ts';
import { Queue } from '../queue.ts';
import { Carrier, type CarryOptions, type StatusStep } from './carry.ts';
import { Pace } from './pace.ts';
import { Retry } from './retry.ts';
import { statusAction } from './status.ts';
import type { Wake } from './wakes.ts';

export interface LaneOptions extends CarryOptions {
  /** Whether keys are worth planning: the store has all that the controller reads, and we lead. */
  readonly mayPlan: () => boolean;
}

// Longer, and webhooks and watches of this process would notice.
const slice: Millis = 8;
// A plan that asks for another pass at once would otherwise keep the process busy with one key.
const soonest: Millis = 100;

export class Lane {
  readonly #controller: Controller;
  readonly #options: LaneOptions;
  readonly #carrier: Carrier;
  readonly #queue = new Queue(namespaceIn);
  #pace = new Pace();
  #retry = new Retry();
  readonly #inFlight = new Set<Promise<void>>();
  #alarm: { readonly at: Millis; readonly cancel: Cancel } | undefined;
  #stopped = false;

  constructor(controller: Controller, options: LaneOptions) {
    this.#controller = controller;
    this.#options = options;
    this.#carrier = new Carrier(controller.name, options);
  }

  /** Keys that are due or in progress. */
  get queued(): number {
    return this.#queue.busy(this.#options.clock.monotonic());
  }

  wake({ key, because }: Wake): void {
    // Whoever comes to lead, or is synced, begins with all keys: what is asked before then need not be remembered.
    if (!this.#options.mayPlan()) return;
    // Two controllers whose disruptions are refused would otherwise wake each other for ever.
    if (because === 'release' && this.#retry.isPending(key)) return;
    // It is in the queue with its delay: a bad object that is busy must not cost more than one that is idle.
    if (because === 'change' && this.#retry.isQuarantined(key)) return;
    const now = this.#options.clock.monotonic();
    this.#enqueue(key, because === 'urgent change' ? now : Math.max(now, this.#pace.next(key)));
  }

  /** Begins afresh: delays from before are those of another time, and of objects that may be gone. */
  beginWith(keys: readonly Key[]): void {
    this.#pace = new Pace();
    this.#retry = new Retry();
    this.#options.store.forgetRefusals(this.#controller.name);
    this.#options.telemetry.forgot(this.#controller.name);
    for (const key of keys) this.wake({ key, because: 'urgent change' });
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
    const { clock, store, telemetry, tell } = this.#options;
    const { name, reconciles } = this.#controller;
    this.#queue.add(key, clock.monotonic() + this.#retry.threw(key));
    telemetry.passThrew(name, key, error);
    const view = store.get(reconciles, key);
    if (view !== undefined) tell.fault(targetOf(reconciles, view));
  }

  /** Synchronous up to the claims of the plan. */
  #pass(key: Key): Promise<void> | undefined {
    const { clock } = this.#options;
    const began = clock.monotonic();
    let plan: Plan | undefined;
    try {
      plan = this.#plan(key);
    } catch (error) {
      this.#threw(key, error);
      return undefined;
    }
    if (plan === undefined) return this.#forget(key);
    const ended = clock.monotonic();
    this.#pace.passed(key, ended, ended - began);
    return this.#settle({ key, plan, millis: ended - began });
  }

  #plan(key: Key): Plan | undefined {
    const { store, clock } = this.#options;
    return this.#controller.pass(key, store, clock.now());
  }

  #forget(key: Key): undefined {
    this.#options.store.forgetRefusals(this.#controller.name, key);
    this.#options.telemetry.forgot(this.#controller.name, key);
    this.#pace.forget(key);
    this.#retry.forget(key);
  }

  async #settle({ key, plan, millis }: Pass): Promise<void> {
    const { clock, telemetry } = this.#options;
    const outcomes = await this.#carrier.carryOut(key, plan, this.#statusStep(key, plan));
    const hasNews = this.#carrier.remember(key, plan, outcomes);
    telemetry.passFinished({ controller: this.#controller.name, key, millis, plan, outcomes });
    const now = clock.monotonic();
    const retry = this.#retry.after(key, outcomes);
    if (retry !== undefined) this.#queue.add(key, now + retry);
    if (plan.wakeAfter !== undefined) this.#queue.add(key, now + (plan.wakeAfter > soonest ? plan.wakeAfter : soonest));
    this.#carrier.announce(plan, outcomes);
    if (hasNews) await this.#state(key);
  }

  /**
   * Writes the status of a plan that knows what was refused: what was said of it is wrong, and the next try is far off.
   * The rest of the plan is left to its turn.
   */
  async #state(key: Key): Promise<void> {
    const { clock, mayPlan, telemetry } = this.#options;
    const began = clock.monotonic();
    const whole = mayPlan() ? this.#plan(key) : undefined;
    const ended = clock.monotonic();
    const action = whole?.status === undefined ? undefined : statusAction(whole.status);
    if (whole === undefined || action === undefined) return;
    const plan = { ...whole, actions: [] };
    this.#pace.statusWritten(key, ended);
    const outcomes = await this.#carrier.carryOut(key, plan, { is: 'to be written', action });
    telemetry.passFinished({ controller: this.#controller.name, key, millis: ended - began, plan, outcomes });
  }

  #statusStep(key: Key, plan: Plan): StatusStep {
    const action = plan.status === undefined ? undefined : statusAction(plan.status);
    if (action === undefined) return { is: 'right' };
    const now = this.#options.clock.monotonic();
    const mayBeWritten = this.#pace.nextStatus(key);
    if (now < mayBeWritten) {
      this.#queue.add(key, mayBeWritten);
      return { is: 'later' };
    }
    this.#pace.statusWritten(key, now);
    return { is: 'to be written', action };
  }
}

interface Pass {
  readonly key: Key;
  readonly plan: Plan;
  readonly millis: Millis;
}
