/** Every write of the product. An action becomes one request, and its answer one of four outcomes. */

import { carriedOut, isAsItWas, isLastState, judge, type Meaning, meaningOf, signOf } from './act/answer.ts';
import type { Rank } from './act/ranks.ts';
import { completed, lookAt, needsObject, requestFor } from './act/request.ts';
import { Semaphore } from './act/semaphore.ts';
import { Throttle } from './act/throttle.ts';
import { Answers } from './answers.ts';
import { type Answer, AnswerLost, type Client, NotSent } from './client.ts';
import { type Clock, sleep } from './clock.ts';
import { type Action, type KubeObject, keyOf, type Millis, type Outcome, type Resource } from './contract.ts';
import type { Store } from './store.ts';

/**
 * Carries an action out; resolves when the store knows its result. Throws only when stopped in doubt.
 * `rank`: what it waits behind when not everything can be sent at once; `work` if left out.
 */
export type Act = (action: Action, rank?: Rank) => Promise<Outcome>;

export interface ActOptions {
  readonly client: Client;
  readonly store: Store;
  readonly clock: Clock;
  /** Asked right before the bytes leave: false when leadership may have passed on. */
  readonly mayWrite: () => boolean;
  /** Abandons the writes in flight: of the leadership under which they were begun. */
  readonly term: () => AbortSignal;
  /** Ends the looking at objects in doubt. */
  readonly signal: AbortSignal;
  /** Shared with whoever else writes; one without a ceiling if left out. */
  readonly throttle?: Throttle;
}

// An object in doubt takes a place only while it is asked for: thousands may be in doubt for long.
const mostLooks = 16;
// A request whose connection broke may still be on its way through the server.
const settling: Millis = 500;
// An apiserver that comes back is not to be waited for much longer than it was away.
const longestBetweenLooks: Millis = 4000;

export const actor = (options: ActOptions): Act => {
  const work = new Actor(options);
  return (action, rank = 'work') => work.act(action, rank);
};

/** What a GET showed of an object. */
type Sight =
  | { readonly is: 'seen'; readonly object: KubeObject | undefined }
  /** We may not see it. */
  | { readonly is: 'hidden'; readonly message: string }
  /** The server gave no answer that tells. */
  | { readonly is: 'unknown' };

class Actor {
  readonly #client: Client;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #mayWrite: () => boolean;
  readonly #term: () => AbortSignal;
  readonly #signal: AbortSignal;
  readonly #answers = new Answers();
  readonly #throttle: Throttle;
  readonly #looks = new Semaphore(mostLooks);

  constructor({ client, store, clock, mayWrite, term, signal, throttle = new Throttle({ clock }) }: ActOptions) {
    this.#client = client;
    this.#store = store;
    this.#clock = clock;
    this.#mayWrite = mayWrite;
    this.#term = term;
    this.#signal = signal;
    this.#throttle = throttle;
  }

  async act(action: Action, rank: Rank): Promise<Outcome> {
    const meaning = await this.#throttle.run({ rank, namespace: namespaceOf(action) }, () => this.#write(action));
    switch (meaning.is) {
      case 'settled':
        return meaning.outcome;
      case 'absent':
        this.#bury(action);
        return { is: action.do === 'patch' ? 'stale' : 'done' };
      case 'to be seen':
        return this.#look(action, meaning);
    }
  }

  /** Part of it may have to be worked out from the object; the place among the writes pays for that look, too. */
  async #write(action: Action): Promise<Meaning> {
    if (!needsObject(action)) return this.#send(action);
    const sight = await this.#get(action);
    switch (sight.is) {
      case 'seen':
        return sight.object !== undefined && isAsItWas(action.target, sight.object)
          ? this.#send(completed(action, sight.object))
          : { is: 'settled', outcome: { is: 'stale' } };
      case 'hidden':
        return { is: 'settled', outcome: { is: 'failed', message: `it cannot be looked at: ${sight.message}` } };
      case 'unknown':
        return { is: 'settled', outcome: { is: 'failed', message: 'the server did not show the object' } };
    }
  }

  async #send(action: Action): Promise<Meaning> {
    try {
      const request = { ...requestFor(action), permitted: this.#mayWrite, signal: this.#term() };
      const answer = await this.#throttle.heed(() => this.#client.request(request), signOf(action));
      return this.#understand(action, answer);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof NotSent) return { is: 'settled', outcome: { is: 'failed', message } };
      if (error instanceof AnswerLost) return { is: 'to be seen', because: 'lost', message };
      throw error;
    }
  }

  #understand(action: Action, answer: Answer): Meaning {
    if (answer.status >= 300) return meaningOf(action, this.#answers.statusIn(answer));
    const object = this.#answers.objectIn(answer, resourceOf(action));
    if (action.do === 'delete') return this.#deleted(action, object);
    if (object === undefined || action.do === 'evict')
      return { is: 'to be seen', because: 'carried out', message: 'the answer does not show the object' };
    this.#store.put(resourceOf(action), object);
    return { is: 'settled', outcome: carriedOut(action, object) };
  }

  /** The answer is the object where something keeps it, else its last state or a mere Status. */
  #deleted(action: Action, object: KubeObject | undefined): Meaning {
    if (object === undefined || isLastState(object)) return { is: 'absent' };
    this.#store.put(resourceOf(action), object);
    return { is: 'settled', outcome: { is: 'done' } };
  }

  /** Gets the object, as often as it takes: until then nothing may be planned on what we believe of it. */
  async #look(action: Action, { because, message }: Extract<Meaning, { is: 'to be seen' }>): Promise<Outcome> {
    for (let wait = because === 'lost' ? settling : 0; ; wait = Math.min(2 * wait + settling, longestBetweenLooks)) {
      if (wait > 0) await sleep(this.#clock, wait, this.#signal);
      const sight = await this.#looks.run(namespaceOf(action), () => this.#get(action));
      switch (sight.is) {
        case 'seen':
          return judge(action, because, message, sight.object);
        case 'hidden':
          return { is: 'failed', message: `${message}; and it cannot be looked at: ${sight.message}` };
        case 'unknown':
      }
    }
  }

  async #get(action: Action): Promise<Sight> {
    if (action.do === 'create' && action.object.metadata.name === undefined)
      return { is: 'hidden', message: 'it has no name yet' };
    try {
      const request = { ...lookAt(action), signal: this.#signal };
      return this.#see(action, await this.#client.request(request));
    } catch (error) {
      if (error instanceof NotSent || error instanceof AnswerLost) return { is: 'unknown' };
      throw error;
    }
  }

  #see(action: Action, answer: Answer): Sight {
    const { status } = answer;
    const object = status === 200 ? this.#answers.objectIn(answer, resourceOf(action)) : undefined;
    if (object !== undefined) {
      this.#found(action, object);
      return { is: 'seen', object };
    }
    if (status === 404) {
      this.#bury(action);
      return { is: 'seen', object: undefined };
    }
    const refused = status >= 400 && status < 500 && status !== 429;
    return refused ? { is: 'hidden', message: this.#answers.statusIn(answer).message } : { is: 'unknown' };
  }

  #found(action: Action, object: KubeObject): void {
    if (action.do !== 'create' && object.metadata.uid !== action.target.uid) this.#bury(action);
    this.#store.put(resourceOf(action), object);
  }

  #bury(action: Action): void {
    if (action.do === 'create') return;
    const { resource, namespace, name, uid } = action.target;
    this.#store.bury(resource, keyOf(namespace, name), uid);
  }
}

const resourceOf = (action: Action): Resource => (action.do === 'create' ? action.resource : action.target.resource);

/** Empty for cluster-scoped objects. */
const namespaceOf = (action: Action): string =>
  action.do === 'create' ? (action.object.metadata.namespace ?? '') : action.target.namespace;
