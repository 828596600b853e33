/**
 * `npm run mutants`: makes each rule wrong, one at a time, and says which tests noticed.
 * --only TEXT in a mutant's name or file · --write FILE
 */

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { surroundings } from '../../bench/surroundings.ts';
import type { Killer } from './mutant.ts';
import { mutants } from './mutants.ts';
import { pageOf, tableOf } from './table.ts';
import { passes, type Trial, trialOf } from './trial.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, write: { type: 'string' } },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** As many at a time as there are processors, each as soon as there is room. */
const each = async <T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<readonly R[]> => {
  const left = all.entries();
  const results: R[] = [];
  const worker = async (): Promise<void> => {
    for (const [i, one] of left) results[i] = await work(one);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
};

const chosen = mutants.filter(({ name, file }) => `${file}: ${name}`.includes(values.only));
const began = performance.now();
const about = values.write === undefined ? [] : surroundings();

const killers = [...new Map(chosen.map(({ killedBy: k }) => [`${k.file}: ${k.test}`, k])).values()];
const broken = (await each(killers, async killer => ({ killer, ok: await passes(killer) }))).filter(({ ok }) => !ok);
const nameOf = ({ file, test }: Killer): string => `${file}: ${test}`;
for (const { killer } of broken) say(`does not pass without any mutant: ${nameOf(killer)}`);

const told = async (trial: Promise<Trial>): Promise<Trial> => {
  const { mutant, fate, seconds, output } = await trial;
  say(`${fate.padEnd(9)} ${seconds.toFixed(1).padStart(5)} s  ${mutant.file}: ${mutant.name}`);
  if (fate === 'not tried') say(output);
  return trial;
};
const trials = broken.length > 0 ? [] : await each(chosen, mutant => told(trialOf(mutant)));
const survivors = trials.filter(({ fate }) => fate !== 'killed');
const seconds = (performance.now() - began) / 1000;
say(`\n${tableOf(trials)}\n\n${trials.length} mutants in ${seconds.toFixed(0)} s, survivors: ${survivors.length}`);
for (const { mutant, fate } of survivors) say(`${fate}: ${mutant.file}: ${mutant.name}`);
if (values.write !== undefined) writeFileSync(values.write, pageOf(trials, { seconds, about }));
if (survivors.length > 0 || trials.length === 0) process.exitCode = 1;
