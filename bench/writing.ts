/** Writes through the machine against the same writes by a bare pool, and by the official client. */

import { join } from 'node:path';
import { Child } from './child.ts';
import type { Row } from './figures.ts';
import { type Plan, type Report, repeated } from './plan.ts';
import { startStub } from './stub.ts';
import type { Usage } from './usage.ts';
import type { WriterOptions } from './writing/writer.ts';

export const write = async (program: 'ours' | 'bare' | 'official', options: WriterOptions): Promise<Usage> => {
  await using child = new Child(join(import.meta.dirname, 'writing', `${program}.ts`), options);
  return await child.next<Usage>();
};

/** Any pod of these names is there. */
const pods = Array.from({ length: 1000 }, (_, index) => {
  const digits = String(index).padStart(6, '0');
  return {
    namespace: 'team-000000',
    name: `web-000000-7c9f8d6b5d-${digits}`,
    uid: `5b0a6f52-1111-4000-8000-000000${digits}`,
  };
});

export const writingRows = async ({ runs, patches }: Plan, report: Report): Promise<readonly Row[]> => {
  await using stub = await startStub(1);
  const { kubeconfig, port, authority } = stub;
  const origin = `https://127.0.0.1:${port}`;
  const options: WriterOptions = { kubeconfig, origin, authority, pods, patches, warmUp: 3000 };
  // It opens a connection for each call: so many more would only take long.
  const fewer = Math.round(patches / 20);
  const results = await repeated(runs, async run => {
    report(`${patches} patches, run ${run}`);
    return {
      bare: await write('bare', options),
      ours: await write('ours', options),
      official: await write('official', { ...options, patches: fewer, warmUp: 50 }),
    };
  });
  const name = 'bare undici pool';
  return [
    {
      ...{ what: 'guarded patches of pods, stub', unit: 'writes/s', better: 'more' },
      ours: results.map(({ ours }) => patches / ours.seconds),
      baseline: { name, figures: results.map(({ bare }) => patches / bare.seconds) },
      target: { of: 'ratio', value: 0.8 },
      note: 'the stub answers at once: what is left is the client; no ceiling here',
    },
    {
      ...{ what: 'the same', unit: 'writes/s', better: 'more' },
      ours: results.map(({ ours }) => patches / ours.seconds),
      baseline: {
        name: 'official client, a connection a call',
        figures: results.map(({ official }) => fewer / official.seconds),
      },
    },
    {
      ...{ what: 'the same', unit: 'CPU µs a write', better: 'less' },
      ours: results.map(({ ours }) => (ours.cpuSeconds / patches) * 1e6),
      baseline: { name, figures: results.map(({ bare }) => (bare.cpuSeconds / patches) * 1e6) },
      note: 'ours reads the answer into the store',
    },
  ];
};
