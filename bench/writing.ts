/** Writes through the machine against the same writes by a bare pool. */

import { join } from 'node:path';
import { Child } from './child.ts';
import type { Row } from './figures.ts';
import { type Plan, type Report, repeated } from './plan.ts';
import { type Stub, startStub } from './stub.ts';
import type { Usage } from './usage.ts';
import type { WriterOptions } from './writing/writer.ts';

const write = async (program: 'ours' | 'bare', stub: Stub, patches: number): Promise<Usage> => {
  const { kubeconfig, port, authority } = stub;
  const options: WriterOptions = { kubeconfig, authority, patches, origin: `https://127.0.0.1:${port}` };
  await using child = new Child(join(import.meta.dirname, 'writing', `${program}.ts`), options);
  return await child.next<Usage>();
};

export const writingRows = async ({ runs, patches }: Plan, report: Report): Promise<readonly Row[]> => {
  await using stub = await startStub(1);
  const results = await repeated(runs, async run => {
    report(`${patches} patches, run ${run}`);
    return { bare: await write('bare', stub, patches), ours: await write('ours', stub, patches) };
  });
  const name = 'bare undici pool';
  return [
    {
      ...{ what: 'guarded patches of pods', unit: 'writes/s', better: 'more' },
      ours: results.map(({ ours }) => patches / ours.seconds),
      baseline: { name, figures: results.map(({ bare }) => patches / bare.seconds) },
      target: { of: 'ratio', value: 0.8 },
      note: 'the stub answers at once: a real apiserver takes ten times as long',
    },
    {
      ...{ what: 'the same', unit: 'CPU µs a write', better: 'less' },
      ours: results.map(({ ours }) => (ours.cpuSeconds / patches) * 1e6),
      baseline: { name, figures: results.map(({ bare }) => (bare.cpuSeconds / patches) * 1e6) },
      note: 'ours reads the answer into the store',
    },
  ];
};
