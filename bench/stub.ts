/** Starts the stub apiserver, and says how to reach it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeMaterial } from '../kube/certificates.ts';
import { systemClock } from '../kube/clock.ts';
import { Child } from './child.ts';
import type { StubOptions, StubOrder } from './stub/main.ts';

export interface Stub extends AsyncDisposable {
  readonly kubeconfig: string;
  readonly port: number;
  readonly authority: string;
  readonly tell: (order: StubOrder) => void;
}

export const startStub = async (pods: number): Promise<Stub> => {
  const material = await makeMaterial({ names: ['127.0.0.1'], lifetime: 3_600_000 }, systemClock.now());
  const options: StubOptions = { certificate: material['tls.crt'], key: material['tls.key'], pods };
  const child = new Child(join(import.meta.dirname, 'stub', 'main.ts'), options);
  const { port } = await child.next<{ port: number }>();
  const folder = mkdtempSync(join(tmpdir(), 'berth-bench-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const authority = material['ca.crt'];
  const server = `https://127.0.0.1:${port}`;
  writeFileSync(kubeconfig, JSON.stringify(configFor(server, authority)), { mode: 0o600 });
  return {
    kubeconfig,
    port,
    authority,
    tell: order => child.tell(order),
    [Symbol.asyncDispose]: async () => {
      await child[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
};

const configFor = (server: string, authority: string): object => ({
  'current-context': 'bench',
  clusters: [
    { name: 'c', cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') } },
  ],
  users: [{ name: 'u', user: { token: 'none' } }],
  contexts: [{ name: 'bench', context: { cluster: 'c', user: 'u' } }],
});
