/** The way of one review through the server: is there room, read it, have it answered, send the answer. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, largestReview } from '../admission.ts';
import type { Clock } from '../clock.ts';
import type { Decision, Millis, Reader, Webhook } from '../contract.ts';
import type { Log } from '../log.ts';
import { readBody } from './body.ts';
import { room } from './room.ts';
import { timeoutOf } from './timeout.ts';

export interface ReviewsOptions {
  readonly reader: Reader;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the store is complete: a decision on half a picture would be a wrong one. */
  ready(): boolean;
  /** Told of every answer, e.g. by the metrics. */
  answered(call: Call): void;
  /** 200 requests and 64 MiB if left out. */
  readonly mostRequests?: number;
}

export interface Call {
  /** The webhook's own path: one of a few. */
  readonly path: string;
  readonly code: number;
  readonly millis: Millis;
  readonly decisions: readonly Decision[];
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly decisions?: readonly Decision[];
}

/** Handles requests for a webhook. The promise never rejects. */
export type Reviews = (request: IncomingMessage, response: ServerResponse, webhook: Webhook) => Promise<void>;

/** `closing`: the server is about to end, so a connection is not used again after its answer. */
export const reviews = (options: ReviewsOptions, closing: () => boolean): Reviews => {
  const { clock, log, mostRequests = 200 } = options;
  const space = room({ requests: mostRequests, bytes: 8 * largestReview });
  return async (request, response, webhook) => {
    const since = clock.monotonic();
    const give = space.take(declaredSize(request));
    try {
      const reply = give === undefined ? overloaded : (unfit(request) ?? (await judge(options, request, webhook)));
      // What is left of a body that was not read would have to be read before the connection can be used again.
      if (reply.status === 413 || reply.status === 408 || closing()) response.shouldKeepAlive = false;
      send(response, reply);
      const { status: code, decisions = [] } = reply;
      options.answered({ path: webhook.path, code, millis: clock.monotonic() - since, decisions });
    } catch (error) {
      log.error('a review could not be answered', { path: webhook.path, error: String(error) });
      response.destroy();
    } finally {
      give?.();
    }
  };
};

const overloaded: Reply = { status: 503, body: 'too many reviews at once' };

/** What can be refused before the body is read. */
const unfit = ({ method, headers }: IncomingMessage): Reply | undefined => {
  if (method !== 'POST') return { status: 405, body: 'reviews are sent by POST' };
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') return { status: 415, body: 'reviews are application/json' };
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    return { status: 415, body: 'reviews are not compressed' };
  return undefined;
};

const judge = async (options: ReviewsOptions, request: IncomingMessage, webhook: Webhook): Promise<Reply> => {
  const { reader, clock, log } = options;
  if (!options.ready()) return { status: 503, body: 'not everything that decisions depend on has been read yet' };
  const until = clock.monotonic() + timeoutOf(new URL(request.url ?? '/', 'https://webhook'));
  const body = await readBody(request, { most: largestReview, until, clock });
  switch (body.is) {
    case 'too large':
      return { status: 413, body: `a review has at most ${largestReview} bytes` };
    case 'late':
    case 'cut off':
      return { status: 408, body: 'the review did not arrive in time' };
    case 'whole': {
      const { status, body: text, uid, fault, decisions = [] } = answer(body.bytes, webhook, reader, clock.now());
      if (fault !== undefined) log.error('a webhook failed', { path: webhook.path, uid, error: fault });
      else if (status !== 200) log.warn('a review could not be read', { path: webhook.path, why: text });
      return { status, body: text, decisions };
    }
  }
};

/** A body of unknown length counts as the longest: the apiserver always tells. */
const declaredSize = ({ headers }: IncomingMessage): number => {
  const told = Number(headers['content-length'] ?? largestReview);
  return told >= 0 ? Math.min(told, largestReview) : largestReview;
};

/** Errors are plain text, which the apiserver quotes to the user. */
const send = (response: ServerResponse, { status, body }: Reply): void => {
  const type = status === 200 ? 'application/json' : 'text/plain; charset=utf-8';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
};
