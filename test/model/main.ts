/**
 * `npm run model`: visits all states of each scenario, then draws walks through larger ones, and says what it found.
 * --states N for each scenario · --minutes N for all · --only TEXT in a scenario's name · --walks N · --late: writes of a
 * leader that has crashed may arrive when the next one has begun, which the lease rules out
 */

import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { type CounterExample, type Exploration, explore } from './explore.ts';
import { Model } from './model.ts';
import { largeScenario } from './scenarios/large.ts';
import { scenarios } from './scenarios.ts';
import { walk } from './walk.ts';

const { values } = parseArgs({
  options: {
    states: { type: 'string', default: '400000' },
    minutes: { type: 'string', default: '10' },
    walks: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
    late: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const row = (...cells: readonly (string | number)[]): string =>
  cells.map((cell, i) => (i === 0 ? String(cell).padEnd(66) : String(cell).padStart(12))).join('');

const told = ({ wrong, trace }: CounterExample): string =>
  [...trace.map((line, i) => `  ${i + 1}. ${line}`), ...wrong.map(what => `  => ${what}`)].join('\n');

const chosen = scenarios.filter(({ name }) => name.includes(values.only));
const end = performance.now() + Number(values.minutes) * 60_000;

/** Each scenario may use its share of the time that is left. */
const explored = (index: number): Exploration => {
  const scenario = chosen[index];
  if (scenario === undefined) throw new Error(`there is no scenario ${index}`);
  const began = performance.now();
  const until = began + (end - began) / (chosen.length - index);
  const model = new Model({ ...scenario, lateWrites: values.late });
  const result = explore(model, { states: Number(values.states), goOn: () => performance.now() < until });
  const how = result.found === undefined ? (result.complete ? 'all' : 'a part') : 'COUNTER-EXAMPLE';
  const seconds = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  say(row(scenario.name, result.states, result.transitions, result.ends, seconds, how));
  if (result.found !== undefined) say(told(result.found));
  return result;
};

say(row('scenario', 'states', 'transitions', 'ends', 'time', 'visited'));
const all = chosen.map((_, index) => explored(index));
const sum = (of: (result: Exploration) => number): number => all.reduce((total, result) => total + of(result), 0);
say(
  row(
    'all',
    sum(r => r.states),
    sum(r => r.transitions),
    sum(r => r.ends),
  ),
);

let steps = 0;
const draws = fc.array(fc.nat(), { minLength: 100, maxLength: 600, size: 'max' });
const drawn = fc.check(
  fc.property(largeScenario, draws, (scenario, chosenSteps) => {
    const walked = walk(new Model(scenario), chosenSteps);
    steps += walked.steps;
    if (walked.wrong.length > 0) throw new Error(`\n${told(walked)}`);
  }),
  { numRuns: values.only === '' ? Number(values.walks) : 0 },
);
say(`${drawn.numRuns} walks through larger scenarios, ${steps} steps`);
if (drawn.failed) say(fc.defaultReportMessage(drawn) ?? '');

const found = sum(r => (r.found === undefined ? 0 : 1)) + (drawn.failed ? 1 : 0);
say(`counter-examples: ${found}`);
if (found > 0) process.exitCode = 1;
