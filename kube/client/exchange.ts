/** One HTTP exchange on an undici dispatcher, told apart by whether its bytes had left when it failed. */

import type { Dispatcher } from 'undici';
import { type Answer, AnswerLost, type Headers, NotSent, type Request } from '../client.ts';

type Controller = Dispatcher.DispatchController;

export interface Listener {
  opened(status: number, headers: Headers, controller: Controller): void;
  data(chunk: Buffer, controller: Controller): void;
  ended(): void;
  failed(error: NotSent | AnswerLost): void;
}

/** Sends a request and reports to the listener. undici's `request()` cannot say whether anything was sent. */
export const exchange = (pool: Dispatcher, request: Dispatcher.DispatchOptions, given: Request, to: Listener): void => {
  let sent = false;
  let controller: Controller | undefined;
  const stop = (): void => controller?.abort(asError(given.signal?.reason));
  const done = (): void => given.signal?.removeEventListener('abort', stop);
  given.signal?.addEventListener('abort', stop, { once: true });
  pool.dispatch(request, {
    onRequestStart(started) {
      if (given.signal?.aborted) throw asError(given.signal.reason);
      if (given.permitted !== undefined && !given.permitted()) throw new NotSent('writing is not permitted any more');
      controller = started;
      sent = true;
    },
    onResponseStart: (started, status, headers) => to.opened(status, headers, started),
    onResponseData: (started, chunk) => to.data(chunk, started),
    onResponseEnd() {
      done();
      to.ended();
    },
    onResponseError(_, cause) {
      done();
      to.failed(sent ? new AnswerLost(cause.message, { cause }) : new NotSent(cause.message, { cause }));
    },
  });
};

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));

/** The whole answer of a request. */
export const wholeAnswer = (pool: Dispatcher, options: Dispatcher.DispatchOptions, request: Request): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let start: { status: number; headers: Headers } = { status: 0, headers: {} };
    exchange(pool, options, request, {
      opened: (status, headers) => {
        start = { status, headers };
      },
      data: chunk => chunks.push(chunk),
      ended: () => resolve({ ...start, body: Buffer.concat(chunks) }),
      failed: reject,
    });
  });
