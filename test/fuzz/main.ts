/** `npm run fuzz`: a million made-up reviews, or as many as fit into `--seconds`. */

import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    cases: { type: 'string', default: '1000000' },
    /** One case alone, as a failure names it. */
    case: { type: 'string' },
    seconds: { type: 'string' },
  },
});

const seed = Number(values.seed ?? Date.now() % 1_000_000);
const began = performance.now();
const seconds = (): number => (performance.now() - began) / 1000;
const limit = values.seconds === undefined ? Number.POSITIVE_INFINITY : Number(values.seconds);
const span = values.case === undefined ? { cases: Number(values.cases) } : { from: Number(values.case), cases: 1 };
const { cases, answers, failures, slowest } = fuzz({ seed, ...span, isOver: () => seconds() > limit });

const kinds = [...answers].map(([kind, count]) => `${kind} ${count}`).join(', ');
process.stdout.write(
  `${cases} reviews in ${seconds().toFixed(0)} s (seed ${seed}): ${kinds}; slowest ${slowest.toFixed(0)} ms; ${failures.length} wrong\n`,
);
for (const { number, path, what, body } of failures)
  process.stdout.write(
    `\n${path}: ${what}\n  npm run fuzz -- --seed ${seed} --case ${number}\n  ${body.slice(0, 400)}\n`,
  );
if (failures.length > 0 || cases === 0) process.exitCode = 1;
