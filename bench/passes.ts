/** Passes of the SidecarSet controller over a large fleet, against reading every pod's marks anew on each pass. */

import { join } from 'node:path';
import { Child } from './child.ts';
import type { Row } from './figures.ts';
import type { Stage } from './passes/fleet.ts';
import type { Passes, PassesOptions } from './passes/ours.ts';
import { type Plan, type Report, repeated } from './plan.ts';

const pods = 20_000;
const others = 80_000;
const changes = 50;

const measure = async (stage: Stage, passes: number): Promise<Passes> => {
  const options: PassesOptions = { stage, pods, others, passes, changes };
  await using child = new Child(join(import.meta.dirname, 'passes', 'ours.ts'), options);
  return await child.next<Passes>();
};

export const passRows = async ({ runs, passes }: Plan, report: Report): Promise<readonly Row[]> => {
  const rowFor = async (stage: Stage): Promise<Row> => {
    const results = await repeated(runs, async run => {
      report(`passes over ${pods} pods ${stage}, run ${run}`);
      return measure(stage, passes);
    });
    return {
      ...{ what: `a pass over ${pods.toLocaleString('en-US')} pods ${stage}`, unit: 'CPU ms', better: 'less' },
      ours: results.map(({ pass }) => pass),
      baseline: { name: 'reading their marks anew', figures: results.map(({ reading }) => reading) },
      target: { of: 'figure', value: 20 },
      note: `of one SidecarSet among ${(pods + others).toLocaleString('en-US')} pods; ${changes} changed since the last pass`,
    };
  };
  return [await rowFor('at rest'), await rowFor('in mid-roll')];
};
