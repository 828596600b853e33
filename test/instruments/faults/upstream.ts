/** The proxy's way to the apiserver, as the user whom it stands for. */

import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { type Credentials, credentialsFrom } from '../../../kube/client/credentials.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Call {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
  /** Ends the call; without it a call goes on even if its caller is gone, as one that has reached a server does. */
  readonly signal?: AbortSignal;
}

export interface Upstream {
  /** Resolves with the headers; the body is still to come. Rejects if the server cannot be reached. */
  open(call: Call): Promise<IncomingMessage>;
  close(): void;
}

/** @throws Error if the kubeconfig cannot be read */
export const upstreamOf = async (kubeconfig: string): Promise<Upstream> =>
  upstreamAt(await credentialsFrom({ kubeconfig })('again'));

const upstreamAt = ({ server, tls, headers }: Credentials): Upstream => {
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: Infinity });
  return {
    open: call =>
      new Promise((resolve, reject) => {
        const sent = request(new URL(call.target, server), {
          agent,
          method: call.method,
          headers: { ...call.headers, ...headers },
          ...(call.signal === undefined ? {} : { signal: call.signal }),
        });
        sent.on('error', reject);
        sent.on('response', resolve);
        sent.end(call.body);
      }),
    close: () => agent.destroy(),
  };
};

export const textOf = async (message: IncomingMessage): Promise<string> => (await bodyOf(message)).toString('utf8');

export const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

export const wholeAnswer = async (upstream: Upstream, call: Call): Promise<Answer> => {
  const message = await upstream.open(call);
  return { status: message.statusCode ?? 0, headers: message.headers, body: await bodyOf(message) };
};

const ofOneHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'host',
  'authorization',
]);

/** Headers that mean the same on the other side. */
export const passedOn = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ofOneHop.has(name)));
