/** One request through the proxy, and what the rules make of it. */

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import type { Millis } from '../../../kube/contract.ts';
import { isProtobuf } from '../../../kube/protobuf/envelope.ts';
import { type Frame, type Framing, inLines, type WatchEvent } from './frames.ts';
import { initialEvents, pastList, watchFrom } from './past.ts';
import { inProtobuf } from './protobufFrames.ts';
import type { EventFault, EventRule, Moment, RequestFault, RequestRule, Rules } from './rules.ts';
import type { Asked } from './traffic.ts';
import { type Answer, bodyOf, type Call, passedOn, type Upstream, wholeAnswer } from './upstream.ts';

/** Whoever wants to know what passes. What is withheld from the client is told too. */
export interface Witness {
  /** A request has come in. */
  asked?(asked: Asked): void;
  /** The server has answered. */
  answered?(asked: Asked, answer: Answer): void;
  /** The server has sent an event. */
  happened?(event: WatchEvent, watch: Asked): void;
}

/** A watch whose headers have been sent. */
export interface OpenWatch {
  readonly asked: Asked;
  /** 410, and the end. */
  expire(): void;
  reset(): void;
}

/** What all exchanges of one proxy share. */
export interface House {
  readonly upstream: Upstream;
  readonly requests: Rules<RequestRule['on'], RequestFault>;
  readonly events: Rules<EventRule['on'], EventFault>;
  readonly witness: Required<Witness>;
  readonly watches: Set<OpenWatch>;
  /** While it is set, what is listed is as it was at that revision, and watches go on from there once `until` resolves. */
  past: { readonly revision: string; readonly until: Promise<unknown> } | undefined;
  /** Resets the connection that this local socket stands for. */
  resetConnection(request: IncomingMessage): void;
}

export class Exchange {
  readonly #house: House;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #asked: Asked;
  readonly #gone = new AbortController();

  constructor(house: House, asked: Asked, request: IncomingMessage, response: ServerResponse) {
    this.#house = house;
    this.#asked = asked;
    this.#request = request;
    this.#response = response;
    response.on('close', () => this.#gone.abort(new Error('the client has left')));
  }

  /** An apiserver that cannot be reached looks to the client like a broken connection. */
  async run(): Promise<void> {
    this.#house.witness.asked(this.#asked);
    const fault = this.#house.requests.faultFor(this.#asked);
    try {
      if (!(await this.#goesOn(fault, 'before'))) return;
      if (this.#asked.verb === 'watch') await this.#watch(fault);
      else await this.#answer(fault);
    } catch {
      if (!this.#response.writableEnded) this.#reset();
    }
  }

  async #goesOn(fault: RequestFault | undefined, moment: Moment): Promise<boolean> {
    if (fault === undefined || fault.when !== moment) return true;
    switch (fault.do) {
      case 'wait':
        await waited(fault.for);
        return true;
      case 'answer':
        this.#reply(refusal(fault.status, fault.retryAfterSeconds));
        return false;
      case 'crash':
        fault.crash(this.#asked);
        this.#reset();
        return false;
      case 'reset':
        this.#reset();
        return false;
      case 'black hole':
        return false;
    }
  }

  async #answer(fault: RequestFault | undefined): Promise<void> {
    const { upstream, past, witness } = this.#house;
    const isPast = past !== undefined && this.#asked.verb === 'list';
    const target = isPast ? pastList(this.#asked, past.revision) : this.#target();
    const answer = await wholeAnswer(upstream, { ...this.#call(), target });
    witness.answered(this.#asked, answer);
    if (await this.#goesOn(fault, 'after')) this.#reply(answer);
  }

  async #watch(fault: RequestFault | undefined): Promise<void> {
    const { past } = this.#house;
    if (past !== undefined && this.#asked.query.has('sendInitialEvents')) return this.#watchFromThePast(past);
    const message = await this.#open(this.#target(), this.#request.headers.accept ?? json);
    if (!(await this.#goesOn(fault, 'after'))) return;
    if (message.statusCode === 200) {
      await this.#follow(message, this.#begin(message.headers));
    } else this.#reply({ status: message.statusCode ?? 0, headers: message.headers, body: await bodyOf(message) });
  }

  async #watchFromThePast({ revision, until }: NonNullable<House['past']>): Promise<void> {
    const headers = { accept: json, 'accept-encoding': 'identity' };
    const call: Call = { method: 'GET', target: pastList(this.#asked, revision), headers, body: '' };
    const answer = await wholeAnswer(this.#house.upstream, call);
    if (answer.status !== 200) return this.#reply(answer);
    const framing = this.#begin({ 'content-type': json });
    this.#response.write(initialEvents(answer.body.toString('utf8'), revision));
    await until;
    await this.#follow(await this.#open(watchFrom(this.#asked, revision), json), framing);
  }

  #open(target: string, accept: string): Promise<IncomingMessage> {
    const call = this.#call();
    const headers = { ...call.headers, accept };
    return this.#house.upstream.open({ ...call, target, headers, signal: this.#gone.signal });
  }

  /** The way in which the events of the answer are framed. */
  #begin(headers: IncomingMessage['headers']): Framing {
    const { watches } = this.#house;
    const framing = isProtobuf(headers) ? inProtobuf(this.#asked.plural) : inLines();
    const watch: OpenWatch = {
      asked: this.#asked,
      expire: () => this.#response.end(framing.expired),
      reset: () => this.#reset(),
    };
    watches.add(watch);
    this.#response.on('close', () => watches.delete(watch));
    this.#response.writeHead(200, passedOn(headers));
    this.#response.flushHeaders();
    return framing;
  }

  async #follow(message: IncomingMessage, framing: Framing): Promise<void> {
    for await (const chunk of message)
      for (const frame of framing.push(chunk as Buffer)) if (!(await this.#deliver(frame, framing))) return;
    this.#response.end();
  }

  /** False when the client gets nothing more on this watch. */
  async #deliver(frame: Frame, framing: Framing): Promise<boolean> {
    const { witness, events } = this.#house;
    witness.happened(frame.event, this.#asked);
    const fault = events.faultFor(frame.event, this.#asked);
    switch (fault?.do) {
      case undefined:
        return this.#write(frame.bytes);
      case 'drop':
        fault.dropped?.(this.#asked);
        return true;
      case 'duplicate':
        return this.#write(Buffer.concat([frame.bytes, frame.bytes]));
      case 'wait':
        await waited(fault.for);
        return this.#write(frame.bytes);
      case 'expire':
        this.#response.end(framing.expired);
        return false;
      case 'end':
        this.#response.end();
        return false;
      case 'reset':
        this.#reset();
        return false;
      case 'black hole':
        await once(this.#gone.signal, 'abort');
        return false;
    }
  }

  /** It may have been ended while an event waited. */
  async #write(bytes: Buffer): Promise<boolean> {
    if (this.#response.writableEnded || this.#response.destroyed) return false;
    if (!this.#response.write(bytes)) await once(this.#response, 'drain', { signal: this.#gone.signal });
    return true;
  }

  #target(): string {
    return this.#request.url ?? '/';
  }

  #call(): Call {
    const headers = passedOn(this.#request.headers);
    return { method: this.#asked.method, target: this.#target(), headers, body: this.#asked.body };
  }

  #reply({ status, headers, body }: Answer): void {
    this.#response.writeHead(status, { ...passedOn(headers), 'content-length': body.length });
    this.#response.end(body);
  }

  #reset(): void {
    this.#house.resetConnection(this.#request);
  }
}

const json = 'application/json';

const waited = (how: Millis | Promise<unknown>): Promise<unknown> => (typeof how === 'number' ? after(how) : how);

const reasons: ReadonlyMap<number, string> = new Map([
  [409, 'Conflict'],
  [410, 'Expired'],
  [429, 'TooManyRequests'],
  [500, 'InternalError'],
  [503, 'ServiceUnavailable'],
  [504, 'Timeout'],
]);

const refusal = (status: number, retryAfterSeconds: number | undefined): Answer => {
  const body = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    message: 'a fault proxy says so',
    reason: reasons.get(status) ?? '',
    details: { retryAfterSeconds },
    code: status,
  });
  const again = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return { status, headers: { 'content-type': 'application/json', ...again }, body: Buffer.from(body) };
};
