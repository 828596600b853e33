/**
 * `npm run fuzz`: a million made-up reviews, or as many as fit into `--seconds`.
 * --seed N and --case N for one of them again, as a failure names it · --write FILE for the table
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { surroundings } from '../../bench/surroundings.ts';
import { fuzz } from './fuzz.ts';
import { failureText, pageOf, tableOf } from './table.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    cases: { type: 'string', default: '1000000' },
    case: { type: 'string' },
    seconds: { type: 'string' },
    write: { type: 'string' },
  },
});

const seed = Number(values.seed ?? Date.now() % 1_000_000);
const began = performance.now();
const seconds = (): number => (performance.now() - began) / 1000;
const limit = values.seconds === undefined ? Number.POSITIVE_INFINITY : Number(values.seconds);
const span = values.case === undefined ? { cases: Number(values.cases) } : { from: Number(values.case), cases: 1 };
const about = values.write === undefined ? [] : surroundings();
const result = fuzz({ seed, ...span, isOver: () => seconds() > limit });
const { cases, webhooks, mutations, failures } = result;

const run = { seed, seconds: seconds(), about };
if (values.write !== undefined) writeFileSync(values.write, pageOf(result, run));
for (const text of [
  tableOf('webhook', webhooks),
  tableOf('what was done', mutations),
  `${cases} reviews in ${run.seconds.toFixed(0)} s (seed ${seed}): ${failures.length} wrong`,
  ...failures.map(failureText),
])
  process.stdout.write(`${text}\n\n`);
if (failures.length > 0 || cases === 0) process.exitCode = 1;
