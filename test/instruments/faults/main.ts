/** `make faults`: tries every plan of the reference scenarios, or some, or one again. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { durationIn } from '../../cluster/kubelet/settings.ts';
import { Campaign, type Result } from './campaign.ts';
import { type Laboratory, openLaboratory } from './laboratory.ts';
import { describe, idOf, type Plan, planIn } from './perturbation.ts';
import { failuresOf, pageOf, replayCommand, rowsOf, tableOf } from './report.ts';
import { shuffled } from './sample.ts';
import { scenarioNamed, scenarios } from './scenarios.ts';

interface Options {
  readonly scenario: readonly string[];
  readonly replay?: string;
  readonly sample?: number;
  readonly seed?: number;
  readonly only?: string;
  readonly everything?: true;
  readonly lanes: number;
  readonly list?: true;
  readonly write?: string;
}

const began = performance.now();
const say = (text: string): void => {
  process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(8)} s  ${text}\n`);
};

const duration = (text: string): number => {
  const value = durationIn(text);
  if (value === undefined) throw new InvalidArgumentError('a duration, e.g. 5m or 90s');
  return value;
};

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('a whole number');
  return value;
};

const options = (): Options =>
  new Command('faults')
    .description('Runs scenarios on a real control plane, each time with one thing going wrong at one exact moment.')
    .option(
      '--scenario <name>',
      `one of ${scenarios.map(s => s.name).join(', ')}; may be repeated`,
      (name, all: string[]) => [...all, name],
      [],
    )
    .option('--replay <plan>', 'one plan again: its id, or as JSON')
    .option('--sample <duration>', 'a random choice that takes about so long, e.g. 5m', duration)
    .option('--seed <number>', 'makes the same choice again', whole)
    .option('--only <text>', 'plans whose id contains it, e.g. /drop/')
    .option('--everything', 'also plans that differ from others only in the pod')
    .option('--lanes <count>', 'clusters at a time', whole, 1)
    .option('--list', 'only prints the plans')
    .option('--write <file>', 'writes the table, e.g. to docs/measured/faults.md')
    .parse()
    .opts<Options>();

const main = async (o: Options): Promise<void> => {
  const replayed = o.replay === undefined ? undefined : planIn(o.replay);
  const open = (lane: number): Promise<Laboratory> =>
    openLaboratory({ name: `faults-${process.pid}-${lane}`, ...(lane === 1 ? { onStep: say } : {}) });
  const others = Array.from({ length: replayed === undefined ? o.lanes - 1 : 0 }, (_, i) => open(i + 2));
  const labs: Labs = [await open(1), ...(await Promise.all(others))];
  // A signal may end this process at any time: each cluster has a watchdog that sees to the rest.
  try {
    if (replayed === undefined) await tryMany(labs, o);
    else await replay(new Campaign(...labs), replayed);
  } finally {
    await Promise.all(labs.map(lab => lab[Symbol.asyncDispose]()));
  }
};

type Labs = readonly [Laboratory, ...Laboratory[]];

const replay = async (campaign: Campaign, plan: Plan): Promise<void> => {
  say(`${plan.scenario}: ${scenarioNamed(plan.scenario).about}; disturbed: ${describe(plan.perturbation)}`);
  const results = await campaign.tryAll([plan], Infinity, result => tell(result, ''));
  if (results.some(({ is }) => is !== 'passed')) process.exitCode = 1;
};

const tell = (result: Result, progress: string): void => {
  const { plan, seconds } = result;
  say(`${progress}${idOf(plan)}: ${result.is} in ${seconds.toFixed(1)} s`);
  if (result.is !== 'failed') return;
  for (const fault of result.faults) process.stdout.write(`            ${fault.replaceAll('\n', '\n            ')}\n`);
  process.stdout.write(`            record and log: ${result.kept}\n            again: ${replayCommand(plan)}\n`);
};

const tryMany = async (labs: Labs, o: Options): Promise<void> => {
  const campaign = new Campaign(...labs);
  const plans = await plansOf(campaign, o);
  if (o.list) {
    process.stdout.write(plans.map(plan => `${idOf(plan)}\n`).join(''));
    return;
  }
  const seed = o.sample === undefined ? undefined : (o.seed ?? Date.now() % 1_000_000);
  if (seed !== undefined) say(`a sample with --seed ${seed}`);
  let tried = 0;
  const results = await campaign.tryAll(
    seed === undefined ? plans : shuffled(plans, seed),
    began + (o.sample ?? Infinity),
    result => {
      tried += 1;
      tell(result, `[${tried}/${plans.length}] `);
    },
  );
  const rows = rowsOf(plans, results);
  process.stdout.write(`\n${failuresOf(results)}\n\n${tableOf(rows)}\n`);
  if (o.write !== undefined) {
    mkdirSync(dirname(resolve(o.write)), { recursive: true });
    writeFileSync(o.write, pageOf(rows, results, { ...(await circumstances(labs[0])), seed }));
  }
  if (results.some(({ is }) => is === 'failed')) process.exitCode = 1;
};

const plansOf = async (campaign: Campaign, o: Options): Promise<readonly Plan[]> => {
  const plans: Plan[] = [];
  for (const scenario of o.scenario.length === 0 ? scenarios : o.scenario.map(scenarioNamed)) {
    const own = await campaign.plansFor(scenario, o.everything ? 'everything' : 'thrifty');
    say(`${scenario.name}: ${scenario.about}; ${own.length} plans`);
    plans.push(...own.filter(plan => idOf(plan).includes(o.only ?? '')));
  }
  return plans;
};

const circumstances = async ({ cluster }: Laboratory) => {
  const { serverVersion } = JSON.parse(await cluster.kubectl(['version', '-o', 'json'])) as {
    serverVersion: { gitVersion: string };
  };
  const [cpu] = cpus();
  return {
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    kubernetes: serverVersion.gitVersion,
    day: new Date().toISOString().slice(0, 10),
  };
};

await main(options());
