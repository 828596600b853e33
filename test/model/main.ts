/**
 * `npm run model`: visits all states of each scenario, then draws walks through larger ones, and says what it found.
 * --states N for each scenario · --minutes N for all · --only TEXT in a scenario's name · --walks N · --write FILE for the
 * table · --late: writes of a leader that has crashed may arrive when the next one has begun, which the lease rules out
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { surroundings } from '../../bench/surroundings.ts';
import { explore } from './explore.ts';
import { Model } from './model.ts';
import { largeScenario } from './scenarios/large.ts';
import { scenarios } from './scenarios.ts';
import { pageOf, type Row, tableOf, told, type Walks } from './table.ts';
import { walk } from './walk.ts';

const { values } = parseArgs({
  options: {
    states: { type: 'string', default: '400000' },
    minutes: { type: 'string', default: '10' },
    walks: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
    write: { type: 'string' },
    late: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const chosen = scenarios.filter(({ name }) => name.includes(values.only));
const end = performance.now() + Number(values.minutes) * 60_000;

/** Each scenario may use its share of the time that is left. */
const explored = (index: number): Row => {
  const scenario = chosen[index];
  if (scenario === undefined) throw new Error(`there is no scenario ${index}`);
  const began = performance.now();
  const until = began + (end - began) / (chosen.length - index);
  const model = new Model({ ...scenario, lateWrites: values.late });
  const result = explore(model, { states: Number(values.states), goOn: () => performance.now() < until });
  const row = { ...result, scenario: scenario.name, seconds: (performance.now() - began) / 1000 };
  const visited = row.complete ? 'all' : 'a part';
  say(`${row.seconds.toFixed(1).padStart(7)} s  ${scenario.name}: ${visited}, ${row.states} states`);
  if (result.found !== undefined) say(told(result.found));
  return row;
};

const walked = (): Walks => {
  let steps = 0;
  const draws = fc.array(fc.nat(), { minLength: 100, maxLength: 600, size: 'max' });
  const drawn = fc.check(
    fc.property(largeScenario, draws, (scenario, chosenSteps) => {
      const history = walk(new Model(scenario), chosenSteps);
      steps += history.steps;
      if (history.wrong.length > 0) throw new Error(`\n${told(history)}`);
    }),
    { numRuns: values.only === '' ? Number(values.walks) : 0 },
  );
  const found = drawn.failed ? (fc.defaultReportMessage(drawn) ?? 'a walk failed') : undefined;
  return { walks: drawn.numRuns, steps, seed: drawn.seed, found };
};

const about = values.write === undefined ? [] : surroundings();
const rows = chosen.map((_, index) => explored(index));
const walks = walked();
say(`\n${tableOf(rows)}\n\n${walks.walks} walks through larger scenarios, ${walks.steps} steps (seed ${walks.seed})`);
if (walks.found !== undefined) say(walks.found);
if (values.write !== undefined) writeFileSync(values.write, pageOf(about, rows, walks));

const found = rows.filter(row => row.found !== undefined).length + (walks.found === undefined ? 0 : 1);
say(`counter-examples: ${found}`);
if (found > 0) process.exitCode = 1;
