/** Keeps the store's copy of one resource current. Decisions are in `reflector/state.ts`; here they are carried out. */

import { type Client, type Headers, retryAfterOf, type Stream } from './client.ts';
import { type Clock, sleep } from './clock.ts';
import type { Resource } from './contract.ts';
import { collectionPath } from './paths.ts';
import { Encoding } from './reflector/encoding.ts';
import type { WatchEvent } from './reflector/events.ts';
import { Silence } from './reflector/silence.ts';
import { type Effect, type Input, type State, start, step } from './reflector/state.ts';
import type { Replacement, Store } from './store.ts';
import type { Status } from './wire.ts';

export interface ReflectorOptions {
  readonly resource: Resource;
  readonly client: Client;
  readonly store: Store;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Something failed that will be tried again. */
  readonly report: (why: string) => void;
  /** The store has the whole state: the first time, and after each relist. */
  readonly onSync: () => void;
  /** The server told something, if only by a bookmark that there is nothing to tell. */
  readonly onHeard?: () => void;
  /** Ends the connection that there is now: another goes on from where it was. */
  readonly reconnect?: () => AbortSignal;
  readonly signal: AbortSignal;
}

/** Reflects until the signal aborts, then resolves. */
export const reflect = (options: ReflectorOptions): Promise<void> => new Reflector(options).run();

const pageSize = 500;
// A watch that the server ends sooner than this was not ended by its time limit.
const tooSoon = 1000;

type Work = Exclude<Effect, { do: 'swap' } | { do: 'report' }>;
type Query = Readonly<Record<string, string>>;

class Reflector {
  readonly #options: ReflectorOptions;
  readonly #encoding: Encoding;
  #state: State = start.state;
  #work: readonly Effect[] = start.effects;
  #gathered: Replacement;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#encoding = new Encoding(options.resource);
    this.#gathered = options.store.replacement(options.resource);
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const work = this.#work.find(isWork);
      if (work === undefined) throw new Error(`the reflector has nothing to do while ${this.#state.at}`);
      const input = await this.#carryOut(work).catch(broken);
      if (!signal.aborted) this.#feed(input);
    }
  }

  #feed(input: Input): void {
    const { state, effects } = step(this.#state, input);
    this.#state = state;
    this.#work = effects;
    for (const effect of effects) {
      if (effect.do === 'report') this.#options.report(effect.why);
      if (effect.do === 'swap') this.#swap(effect.version);
    }
  }

  #swap(version: string): void {
    this.#gathered.commit(version);
    this.#options.onSync();
  }

  #carryOut(work: Work): Promise<Input> {
    switch (work.do) {
      case 'stream':
        this.#gatherAfresh();
        return this.#watch({ sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' });
      case 'watch':
        return this.#watch({ resourceVersion: work.from });
      case 'page':
        if (work.continue === '') this.#gatherAfresh();
        return this.#page(work.continue);
      case 'wait':
        return this.#wait(work.atLeast + this.#options.random() * work.spread);
    }
  }

  #gatherAfresh(): void {
    this.#gathered = this.#options.store.replacement(this.#options.resource);
  }

  async #wait(delay: number): Promise<Input> {
    await sleep(this.#options.clock, delay, this.#options.signal);
    return { is: 'timer' };
  }

  async #page(from: string): Promise<Input> {
    const { client, signal } = this.#options;
    const query = { ...this.#selection(), limit: String(pageSize), ...(from === '' ? {} : { continue: from }) };
    const accept = this.#encoding.acceptList;
    const answer = await client.request({ method: 'GET', path: this.#path(), query, accept, signal });
    if (answer.status !== 200) return refusal(answer.headers, this.#encoding.statusIn(answer));
    this.#options.onHeard?.();
    const page = this.#encoding.pageIn(answer);
    for (const item of page.items) this.#gathered.changed(item);
    return { is: 'page', version: page.version, continue: page.continue };
  }

  async #watch(how: Query): Promise<Input> {
    const { client, clock, random, reconnect, signal: ending } = this.#options;
    const silence = new Silence(clock, reconnect === undefined ? ending : AbortSignal.any([ending, reconnect()]));
    const began = clock.monotonic();
    const timeoutSeconds = String(Math.floor(300 + random() * 300));
    const query = { ...this.#selection(), watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds, ...how };
    try {
      const { signal } = silence;
      const accept = this.#encoding.acceptWatch;
      const stream = await client.stream({ method: 'GET', path: this.#path(), query, accept, signal });
      const input = stream.status === 200 ? await this.#follow(stream, silence) : await this.#refused(stream);
      const suspicious = input.is === 'ended' && clock.monotonic() - began < tooSoon;
      return suspicious ? { is: 'broken', why: 'the server ended the watch at once' } : input;
    } finally {
      silence.end();
    }
  }

  async #follow(stream: Stream, silence: Silence): Promise<Input> {
    const { onHeard = () => undefined } = this.#options;
    const eventsIn = this.#encoding.eventsOf(stream.headers);
    onHeard();
    for await (const chunk of stream.chunks) {
      // What had arrived before the abortion belongs to a round that is over.
      if (silence.signal.aborted) break;
      silence.heard();
      onHeard();
      let version = '';
      for (const event of eventsIn(chunk)) {
        if (event.type === 'error') return failure(event.code, event.message, event.retryAfterSeconds);
        version = this.#take(event);
      }
      if (version !== '') this.#feed({ is: 'progress', version });
    }
    return { is: 'ended' };
  }

  async #refused({ status, headers, chunks }: Stream): Promise<Input> {
    const body: Buffer[] = [];
    for await (const chunk of chunks) body.push(chunk);
    return refusal(headers, this.#encoding.statusIn({ status, headers, body: Buffer.concat(body) }));
  }

  /** Returns the version that the event brings us to. */
  #take(event: Exclude<WatchEvent, { type: 'error' }>): string {
    if (event.type === 'bookmark') {
      if (event.endsInitialEvents) this.#feed({ is: 'complete', version: event.version });
      else if (this.#state.at === 'watching') this.#options.store.passed(this.#options.resource, event.version);
      return event.version;
    }
    if (this.#state.at === 'streaming') this.#gathered[event.type](event.object);
    else this.#options.store[event.type](this.#options.resource, event.object);
    return event.object.metadata.resourceVersion ?? '';
  }

  #path(): string {
    const { resource } = this.#options;
    return collectionPath(resource, resource.select?.namespace ?? '');
  }

  #selection(): Query {
    const { fields, labels } = this.#options.resource.select ?? {};
    return {
      ...(fields === undefined ? {} : { fieldSelector: fields }),
      ...(labels === undefined ? {} : { labelSelector: labels }),
    };
  }
}

const isWork = (effect: Effect): effect is Work => effect.do !== 'swap' && effect.do !== 'report';

const broken = (error: unknown): Input => ({
  is: 'broken',
  why: error instanceof Error ? error.message : String(error),
});

const refusal = (headers: Headers, { code, message, retryAfterSeconds }: Status): Input => {
  const retryAfter = retryAfterOf(headers);
  return failure(code, message, retryAfter === undefined ? retryAfterSeconds : retryAfter / 1000);
};

const failure = (code: number, message: string, retryAfterSeconds: number | undefined): Input => {
  switch (code) {
    case 410:
      return { is: 'expired' };
    case 400:
    case 422:
      return { is: 'unsupported', why: message };
    default: {
      const why = `${code}: ${message}`;
      return retryAfterSeconds === undefined
        ? { is: 'broken', why }
        : { is: 'broken', why, retryAfter: retryAfterSeconds * 1000 };
    }
  }
};
