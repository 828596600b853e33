/** Sends reviews: as many as are answered on its connections, or so many a second whatever the answers take. */

import { Pool } from 'undici';
import { given, say } from '../usage.ts';
import { review } from './objects.ts';

export interface LoadOptions {
  readonly port: number;
  readonly authority: string;
  readonly connections: number;
  /** Sidecars that every answer must bring. */
  readonly sidecars: number;
}

export interface LoadOrder {
  readonly seconds: number;
  /** As many as are answered if left out. */
  readonly perSecond?: number;
  /** A review that is told that there is no room (503) is counted, and its time is not; otherwise it ends the measurement. */
  readonly withRefusals?: true;
}

export interface LoadResult {
  /** Of those that were answered. */
  readonly reviews: number;
  readonly refused: number;
  /** From a review's way out to its answer, in milliseconds; a review that waits for a connection is on its way. */
  readonly p50: number;
  readonly p99: number;
  /** How late reviews went out, because the sender itself did not run; in milliseconds. */
  readonly latenessP99: number;
}

const { port, authority, connections, sidecars } = given<LoadOptions>();
const pool = new Pool(`https://127.0.0.1:${port}`, {
  ...{ connections, pipelining: 1, allowH2: false },
  connect: { ca: authority },
});

const noRoom = 503;

const send = async (): Promise<{ readonly status: number; readonly text: string }> => {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: '/mutate-pod?timeout=3s',
    headers: { 'content-type': 'application/json' },
    body: review,
  });
  const text = await body.text();
  if (statusCode !== 200 && statusCode !== noRoom) throw new Error(`status ${statusCode}: ${text}`);
  return { status: statusCode, text };
};

/** A server that lets everything pass would win every race. */
const check = async (): Promise<void> => {
  const { status, text } = await send();
  if (status === noRoom) return check();
  const { response } = JSON.parse(text) as { response: { patch: string } };
  const patch = Buffer.from(response.patch, 'base64').toString();
  const names = Array.from({ length: sidecars }, (_, index) => `"name":"sidecar-${index}"`);
  if (!names.every(name => patch.includes(name))) throw new Error(`not injected: ${patch}`);
};

interface Tally {
  readonly latencies: number[];
  readonly lateness: number[];
  refused: number;
}

const timed = async (tally: Tally): Promise<void> => {
  const began = performance.now();
  const { status } = await send();
  if (status === noRoom) tally.refused += 1;
  else tally.latencies.push(performance.now() - began);
};

const inTurn = async (tally: Tally, until: number): Promise<void> => {
  while (performance.now() < until) await timed(tally);
};

/** Nobody waits for answers: a server that is slow has more to do, not less. */
const inTime = async (tally: Tally, seconds: number, perSecond: number): Promise<void> => {
  const began = performance.now();
  const sent: Promise<void>[] = [];
  for (let index = 0; index < seconds * perSecond; index++) {
    const due = began + (index * 1000) / perSecond;
    for (let wait = due - performance.now(); wait > 0; wait = due - performance.now())
      await new Promise(resolve => setTimeout(resolve, wait));
    tally.lateness.push(performance.now() - due);
    sent.push(timed(tally));
  }
  await Promise.all(sent);
};

const run = async ({ seconds, perSecond, withRefusals }: LoadOrder): Promise<LoadResult> => {
  await check();
  const tally: Tally = { latencies: [], lateness: [], refused: 0 };
  if (perSecond === undefined) {
    const until = performance.now() + seconds * 1000;
    await Promise.all(Array.from({ length: connections }, () => inTurn(tally, until)));
  } else await inTime(tally, seconds, perSecond);
  const { latencies, lateness, refused } = tally;
  if (refused > 0 && withRefusals === undefined) throw new Error(`${refused} reviews were refused`);
  return {
    reviews: latencies.length,
    refused,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    latenessP99: quantile(lateness, 0.99),
  };
};

const quantile = (figures: readonly number[], share: number): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length * share)] ?? 0;

process.on('message', (order: LoadOrder) => void run(order).then(say));
process.once('disconnect', () => process.exit());
