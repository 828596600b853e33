/** Leader election on a Lease: of several replicas, one writes. */

import type { Answer, Client, Request } from './client.ts';
import { type Cancel, type Clock, sleep } from './clock.ts';
import type { Millis, Wire } from './contract.ts';
import * as lease from './election/lease.ts';
import type { Log } from './log.ts';
import { collectionPath, objectPath } from './paths.ts';
import { asObject, parseJson } from './wire.ts';

export interface Candidacy {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** Unique among the replicas and their lives, e.g. the pod's name and a random part. */
  readonly identity: string;
  readonly onGained: (term: Term) => void;
  /** Leadership has ended, or can no longer be proven. The candidate goes on standing. */
  readonly onLost: () => void;
}

/** `same`: since this process led last, nobody else has, so that all writes of leaders are known to it. */
export type Term = 'new' | 'same';

export interface Election {
  /** True for 10 s after the last renewal was asked for, on the monotonic clock. */
  readonly mayWrite: () => boolean;
  /** Stops standing and releases the lease: to be called when no write is in flight any more. */
  stop(): Promise<void>;
}

export const stand = (candidacy: Candidacy): Election => {
  const candidate = new Candidate(candidacy);
  const standing = candidate.run();
  return {
    mayWrite: () => candidate.mayWrite(),
    stop: async () => {
      candidate.retire();
      await standing;
      await candidate.release();
    },
  };
};

const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };

class Candidate {
  readonly #c: Candidacy;
  readonly #retired = new AbortController();
  #seen: { readonly lease: lease.Lease; readonly since: Millis } | undefined;
  /** When the request for the last successful renewal was begun; undefined while not leading. */
  #renewedAt: Millis | undefined;
  #deadline: Cancel | undefined;
  /** Of the leadership that would be gained now. */
  #term: Term = 'new';

  constructor(candidacy: Candidacy) {
    this.#c = candidacy;
  }

  mayWrite(): boolean {
    return this.#renewedAt !== undefined && this.#c.clock.monotonic() - this.#renewedAt < lease.renewDeadline;
  }

  async run(): Promise<void> {
    const { clock, log } = this.#c;
    const { signal } = this.#retired;
    while (!signal.aborted) {
      await this.#attempt().catch((error: unknown) => log.warn('lease not reached', { error: String(error) }));
      await sleep(clock, lease.retryPeriod, signal).catch(() => undefined);
    }
  }

  retire(): void {
    this.#retired.abort(new Error('the candidate retires'));
  }

  async release(): Promise<void> {
    this.#deadline?.();
    if (this.#renewedAt === undefined || this.#seen === undefined) return;
    this.#renewedAt = undefined;
    const body = lease.release(this.#seen.lease, this.#c.clock.now());
    await this.#patch(body).catch((error: unknown) => this.#c.log.warn('lease not released', { error: String(error) }));
  }

  async #attempt(): Promise<void> {
    const began = this.#c.clock.monotonic();
    const ours = this.#renewedAt === undefined ? undefined : this.#seen?.lease;
    const found = ours ?? (await this.#get());
    if (this.#retired.signal.aborted) return;
    const { identity, clock } = this.#c;
    // Also if the answer to taking it is lost, and the next attempt finds it taken.
    if (found?.holder !== identity) this.#term = 'new';
    if (found === undefined) return this.#take(this.#post(), began);
    const decision = lease.decide(found, identity, this.#unchangedFor(found));
    switch (decision) {
      case 'wait':
        return this.#lose(`held by ${found.holder}`);
      case 'renew':
        return this.#take(this.#patch(lease.renewal(found, identity, clock.now())), began);
      case 'take':
        return this.#take(this.#patch(lease.takeover(found, identity, clock.now())), began);
    }
  }

  #unchangedFor(found: lease.Lease): Millis {
    const now = this.#c.clock.monotonic();
    if (this.#seen?.lease.version !== found.version) this.#seen = { lease: found, since: now };
    return now - this.#seen.since;
  }

  async #take(request: Promise<Answer>, began: Millis): Promise<void> {
    const { status, body } = await request;
    const object = status < 300 ? asObject(parseJson(body.toString('utf8'))) : undefined;
    if (object === undefined) {
      // Mostly a 409: another was faster. The next attempt looks at what is there.
      this.#seen = undefined;
      return;
    }
    this.#seen = { lease: lease.leaseOf(object), since: this.#c.clock.monotonic() };
    this.#gain(began);
  }

  #gain(began: Millis): void {
    const { clock, log, onGained } = this.#c;
    // The timer that ends leadership may fire after this answer was read: what happened since the end was not heeded.
    if (!this.mayWrite()) this.#lose('renewed too late');
    const isNew = this.#renewedAt === undefined;
    this.#renewedAt = began;
    this.#deadline?.();
    const left = Math.max(0, began + lease.renewDeadline - clock.monotonic());
    this.#deadline = clock.after(left, () => this.#lose('not renewed in time'));
    const term = this.#term;
    this.#term = 'same';
    if (!isNew) return;
    log.info('leadership gained', { lease: this.#c.name, identity: this.#c.identity, term });
    onGained(term);
  }

  #lose(why: string): void {
    this.#deadline?.();
    if (this.#renewedAt === undefined) return;
    this.#renewedAt = undefined;
    this.#c.log.warn('leadership ended', { lease: this.#c.name, why });
    this.#c.onLost();
  }

  async #get(): Promise<lease.Lease | undefined> {
    const { status, body } = await this.#send({ method: 'GET', path: this.#path() });
    if (status === 404) return undefined;
    const object = status === 200 ? asObject(parseJson(body.toString('utf8'))) : undefined;
    if (object === undefined) throw new Error(`the lease cannot be read: ${status}`);
    return lease.leaseOf(object);
  }

  #post(): Promise<Answer> {
    const { namespace, name, identity, clock } = this.#c;
    const body = JSON.stringify(lease.newLease(name, identity, clock.now()));
    return this.#send({
      method: 'POST',
      path: collectionPath(leases, namespace),
      contentType: 'application/json',
      body,
    });
  }

  #patch(change: Wire): Promise<Answer> {
    const contentType = 'application/merge-patch+json';
    return this.#send({ method: 'PATCH', path: this.#path(), contentType, body: JSON.stringify(change) });
  }

  #path(): string {
    return objectPath(leases, this.#c);
  }

  #send(request: Request): Promise<Answer> {
    return this.#c.client.request({ ...request, lane: 'lease' });
  }
}
