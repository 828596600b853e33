/** How a user reaches an apiserver: kubeconfig files, and the few plain requests that starting a cluster needs. */
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { stringify } from 'yaml';
import type { Identity } from './certificates/authority.ts';

/** One user at one server. */
export interface Access {
  /** e.g. `https://127.0.0.1:20443` */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly authority: string;
  readonly identity: Identity;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Writes a kubeconfig file that only its owner may read. */
export const writeKubeconfig = (path: string, { server, authority, identity }: Access): void => {
  const name = 'berth-test';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(authority) } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    users: [
      {
        name,
        user: {
          'client-certificate-data': base64(identity.certificate),
          'client-key-data': base64(identity.key),
        },
      },
    ],
  };
  writeFileSync(path, stringify(config), { mode: 0o600 });
};

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One request; undefined when no complete answer came within two seconds. */
export const ask = (access: Access, path: string, posted?: object): Promise<Answer | undefined> =>
  new Promise(resolve => {
    const call = request(new URL(path, access.server), {
      method: posted === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      ca: access.authority,
      cert: access.identity.certificate,
      key: access.identity.key,
      agent: false,
      signal: AbortSignal.timeout(2000),
    });
    call.on('error', () => resolve(undefined));
    call.on('response', response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve(undefined));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    call.end(posted === undefined ? undefined : JSON.stringify(posted));
  });
