/** Sends reviews: as many as are answered on 16 connections, or so many a second whatever the answers take. */

import { Pool } from 'undici';
import { given, say } from '../usage.ts';
import { review } from './objects.ts';

export interface LoadOptions {
  readonly port: number;
  readonly authority: string;
}

export interface LoadOrder {
  readonly seconds: number;
  /** As many as are answered if left out. */
  readonly perSecond?: number;
}

export interface LoadResult {
  readonly reviews: number;
  /** From the time at which a review was due to its answer; in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const { port, authority } = given<LoadOptions>();
const connections = 16;
const pool = new Pool(`https://127.0.0.1:${port}`, {
  ...{ connections, pipelining: 1, allowH2: false },
  connect: { ca: authority },
});

const send = async (): Promise<string> => {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: '/mutate-pod?timeout=3s',
    headers: { 'content-type': 'application/json' },
    body: review,
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`status ${statusCode}: ${text}`);
  return text;
};

/** A server that lets everything pass would win every race. */
const check = async (): Promise<void> => {
  const { response } = JSON.parse(await send()) as { response: { patch: string } };
  const patch = Buffer.from(response.patch, 'base64').toString();
  if (!patch.includes('sidecar-0') || !patch.includes('sidecar-1')) throw new Error(`not injected: ${patch}`);
};

const inTurn = async (latencies: number[], until: number): Promise<void> => {
  for (let began = performance.now(); began < until; ) {
    await send();
    const ended = performance.now();
    latencies.push(ended - began);
    began = ended;
  }
};

const inTime = async (latencies: number[], seconds: number, perSecond: number): Promise<void> => {
  const began = performance.now();
  const sent: Promise<void>[] = [];
  for (let index = 0; index < seconds * perSecond; index++) {
    const due = began + (index * 1000) / perSecond;
    for (let wait = due - performance.now(); wait > 0; wait = due - performance.now())
      await new Promise(resolve => setTimeout(resolve, wait));
    sent.push(send().then(() => void latencies.push(performance.now() - due)));
  }
  await Promise.all(sent);
};

const run = async ({ seconds, perSecond }: LoadOrder): Promise<LoadResult> => {
  await check();
  const latencies: number[] = [];
  if (perSecond === undefined) {
    const until = performance.now() + seconds * 1000;
    await Promise.all(Array.from({ length: connections }, () => inTurn(latencies, until)));
  } else await inTime(latencies, seconds, perSecond);
  const sorted = latencies.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { reviews: sorted.length, p50: at(0.5), p99: at(0.99) };
};

process.on('message', (order: LoadOrder) => void run(order).then(say));
process.once('disconnect', () => process.exit());
