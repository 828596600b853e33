/** When a write may leave: within the window that the server's answers allow, and below a ceiling that the operator sets. */

import { type Answer, AnswerLost, retryAfterOf } from '../client.ts';
import type { Cancel, Clock } from '../clock.ts';
import type { Millis } from '../contract.ts';
import { Bucket, type Ceiling } from './bucket.ts';
import { type Place, Ranks } from './ranks.ts';
import { after, newWindow, placesIn, type Sign, type Window } from './window.ts';

export interface ThrottleOptions {
  readonly clock: Clock;
  /** None if left out. */
  readonly ceiling?: Ceiling;
}

export class Throttle {
  readonly #clock: Clock;
  readonly #bucket: Bucket | undefined;
  readonly #waiting = new Ranks();
  #window: Window = newWindow;
  #inFlight = 0;
  #alarm: Cancel | undefined;
  #ended = false;

  constructor({ clock, ceiling }: ThrottleOptions) {
    this.#clock = clock;
    this.#bucket = ceiling === undefined ? undefined : new Bucket(ceiling);
  }

  /** How many writes may be in flight now. */
  get places(): number {
    return placesIn(this.#window);
  }

  /** How many writes wait to be sent. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Runs one write when it is time for it; settles as the task does. */
  async run<T>(place: Place, task: () => Promise<T>): Promise<T> {
    await this.#admission(place);
    try {
      return await task();
    } finally {
      this.#inFlight -= 1;
      this.#admit();
    }
  }

  /** Learns from how the server answers; settles as `send` does. To be called within a task. */
  async heed(send: () => Promise<Answer>, signOf: (answer: Answer) => Sign = loadIn): Promise<Answer> {
    const sentAt = this.#clock.monotonic();
    try {
      const answer = await send();
      this.#hear(signOf(answer), sentAt);
      return answer;
    } catch (error) {
      this.#hear(error instanceof AnswerLost ? { is: 'overloaded' } : { is: 'unknown' }, sentAt);
      throw error;
    }
  }

  /** Nobody waits any more: for when nothing is permitted to be sent. */
  end(): void {
    this.#ended = true;
    this.#admit();
  }

  #hear(sign: Sign, sentAt: Millis): void {
    this.#window = after(this.#window, { sign, sentAt, at: this.#clock.monotonic(), inFlight: this.#inFlight });
  }

  #admission(place: Place): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.add(place, resolve);
      this.#admit();
    });
  }

  #admit(): void {
    const now = this.#clock.monotonic();
    while (this.#waiting.size > 0 && (this.#ended || this.#inFlight < this.places)) {
      const wait = this.#wait(now);
      if (wait > 0) {
        this.#arm(wait);
        return;
      }
      this.#bucket?.take(now);
      this.#inFlight += 1;
      this.#waiting.next()?.();
    }
  }

  #wait(now: Millis): Millis {
    if (this.#ended) return 0;
    return Math.max(this.#window.restsUntil - now, this.#bucket?.wait(now) ?? 0, 0);
  }

  #arm(wait: Millis): void {
    this.#alarm?.();
    this.#alarm = this.#clock.after(wait, () => this.#admit());
  }
}

/** What an answer tells of the server's load, if no rule of its own can be behind it. */
export const loadIn = ({ status, headers }: Answer): Sign => {
  if (status !== 429 && status < 500) return { is: 'answered' };
  const retryAfter = retryAfterOf(headers);
  return { is: 'overloaded', ...(retryAfter !== undefined && { retryAfter }) };
};
