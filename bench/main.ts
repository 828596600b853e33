/** `npm run bench`: one table of what Berth costs, against a baseline that was measured in the same run. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import { admissionRows } from './admission.ts';
import { holds, type Row, tableOf } from './figures.ts';
import { passRows } from './passes.ts';
import { type Plan, quick, type Report, whole } from './plan.ts';
import { churnRows, readingRows } from './reading.ts';
import { realRows } from './real.ts';
import { surroundings } from './surroundings.ts';
import { writingRows } from './writing.ts';

type Part = (plan: Plan, report: Report) => Promise<readonly Row[]>;

const parts = {
  reading: readingRows,
  passes: passRows,
  writing: writingRows,
  admission: admissionRows,
  real: realRows,
  churn: churnRows,
} as const satisfies Record<string, Part>;

type Name = keyof typeof parts;

interface Flags {
  readonly quick?: true;
  readonly runs?: string;
  readonly churn?: string;
  readonly real?: string;
  readonly only?: readonly Name[];
  readonly write?: string;
}

const program = new Command('bench')
  .description('Measures what Berth costs; takes half an hour, or three minutes with --quick.')
  .option('--quick', 'one short run of everything that needs no cluster')
  .option('--runs <count>', 'how often each is measured')
  .option('--churn <seconds>', 'how long memory is watched')
  .option('--real <count>', 'how often a real apiserver is started')
  .addOption(new Option('--only <parts...>', 'some of it').choices(Object.keys(parts)))
  .option('--write <file>', 'puts the table there too')
  .parse();
const flags = program.opts<Flags>();

const planOf = ({ quick: isQuick, runs, churn, real }: Flags): Plan => ({
  ...(isQuick === true ? quick : whole),
  ...(runs === undefined ? {} : { runs: Number(runs) }),
  ...(churn === undefined ? {} : { churnSeconds: Number(churn) }),
  ...(real === undefined ? {} : { realRuns: Number(real) }),
});

const loadNow = (): string => (loadavg()[0] ?? 0).toFixed(1);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const began = performance.now();
const report: Report = step => print(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${step}`);

/** A part that fails takes none of the others' figures with it. */
const measured = async (name: Name): Promise<readonly Row[]> => {
  try {
    return await parts[name](planOf(flags), report);
  } catch (error) {
    report(`${name} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return [];
  }
};

const about = surroundings();
const loadBefore = loadNow();
const rows: Row[] = [];
for (const name of flags.only ?? (Object.keys(parts) as Name[])) rows.push(...(await measured(name)));

const text = [
  '# What Berth costs',
  '',
  'Written by `npm run bench -- --write docs/measured/bench.md`. Medians, with the range of all runs in brackets. Each',
  'program runs in a process of its own, servers and clients apart, on 127.0.0.1; "better by" is against the baseline of',
  'the same run, because figures of different machines and moments cannot be compared.',
  '',
  ...about.map(line => `* ${line}`),
  `* load of the machine: ${loadBefore} before, ${loadNow()} after; above ${cpus().length}, latencies are those of its other work`,
  '',
  tableOf(rows),
  '',
].join('\n');
print(`\n${text}`);
if (flags.write !== undefined) {
  mkdirSync(dirname(flags.write), { recursive: true });
  writeFileSync(flags.write, text);
}
const missed = rows.filter(row => holds(row) === false);
if (missed.length > 0) print(`Missed: ${missed.map(({ what, unit }) => `${what}, ${unit}`).join('; ')}`);
