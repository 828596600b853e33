/** When a key is planned again because of what became of its last plan. */

import { Backoff } from '../backoff.ts';
import { type Key, type Millis, type Outcome, seconds } from '../contract.ts';

export class Retry {
  readonly #failed = new Backoff(250, seconds(300));
  readonly #refused = new Backoff(seconds(30), seconds(300));
  readonly #threw = new Backoff(250, seconds(300));

  /** undefined: nothing asks for another pass. */
  after(key: Key, outcomes: readonly Outcome[]): Millis | undefined {
    this.#threw.reset(key);
    const any = (is: Outcome['is']): boolean => outcomes.some(outcome => outcome.is === is);
    if (!any('refused')) this.#refused.reset(key);
    if (any('done') || !(any('failed') || any('stale'))) this.#failed.reset(key);
    if (any('stale') && !any('failed')) return this.#stale(key);
    if (any('failed')) return this.#failed.next(key);
    return any('refused') ? this.#refused.next(key) : undefined;
  }

  threw(key: Key): Millis {
    return this.#threw.next(key);
  }

  /** Whether the key's last pass threw: only a change that users wait for is worth another before its time. */
  isQuarantined(key: Key): boolean {
    return this.#threw.has(key);
  }

  /** Whether the key's last plan met a refusal or failure that it will be tried again for. */
  isPending(key: Key): boolean {
    return this.#failed.has(key) || this.#refused.has(key) || this.#threw.has(key);
  }

  forget(key: Key): void {
    this.#threw.reset(key);
    this.#failed.reset(key);
    this.#refused.reset(key);
  }

  /** At once, because the store is fresh now; but a plan that is stale again and again must not become a storm. */
  #stale(key: Key): Millis {
    const delay = this.#failed.next(key);
    return delay === this.#failed.first ? 0 : delay;
  }
}
