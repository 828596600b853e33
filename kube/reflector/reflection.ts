/** A reflector that runs until it is stopped, begins again when told to, and knows when it last heard of the server. */

import { sleep } from '../clock.ts';
import { type Millis, type Resource, seconds } from '../contract.ts';
import { originOf } from '../fault.ts';
import { type ReflectorOptions, reflect } from '../reflector.ts';
import { longestSilence } from './silence.ts';

// A connection that fell silent is given up, and one attempt to make another may wait so long.
const tooLong: Millis = longestSilence + seconds(30);
// No attempt at a connection takes longer: one that was begun since then is about to fail, or goes through.
const longestAttempt: Millis = seconds(10);

export class Reflection {
  readonly resource: Resource;
  readonly #options: Omit<ReflectorOptions, 'signal'>;
  readonly #running: Promise<void>;
  #round = new AbortController();
  #connection = new AbortController();
  #stopped = false;
  #heardAt: Millis;
  /** When the present connection was asked for. */
  #begunAt: Millis;

  constructor(options: Omit<ReflectorOptions, 'signal' | 'onHeard'>) {
    const { resource, clock } = options;
    this.resource = resource;
    this.#heardAt = clock.monotonic();
    this.#begunAt = this.#heardAt;
    const onHeard = (): void => {
      this.#heardAt = clock.monotonic();
    };
    const reconnect = (): AbortSignal => {
      this.#begunAt = clock.monotonic();
      return this.#connection.signal;
    };
    this.#options = { ...options, onHeard, reconnect };
    this.#running = this.#run();
  }

  /** How long nothing was heard; bookmarks come every minute or two. */
  get silence(): Millis {
    return this.#options.clock.monotonic() - this.#heardAt;
  }

  /** What the store shows may be old, and nothing that was tried has helped. */
  get isSilent(): boolean {
    return this.silence >= tooLong;
  }

  /**
   * Does not trust a connection any more that has been there for a while: another goes on from where it was, and nothing is
   * read twice.
   */
  reconnect(): void {
    if (this.#options.clock.monotonic() - this.#begunAt < longestAttempt) return;
    this.#connection.abort(new Error('another connection is made'));
    this.#connection = new AbortController();
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
    this.#options.report(originOf(error));
    await sleep(this.#options.clock, seconds(30), signal).catch(() => undefined);
  }
}
