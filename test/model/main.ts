/** `npm run model`: walks through all states of each scenario, up to a number of states or minutes, and says what it found. */

import { parseArgs } from 'node:util';
import { explore } from './explore.ts';
import { Model } from './model.ts';
import { scenarios } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    states: { type: 'string', default: '400000' },
    minutes: { type: 'string', default: '10' },
    only: { type: 'string', default: '' },
  },
});

const until = performance.now() + Number(values.minutes) * 60_000;
let [states, transitions, wrong] = [0, 0, 0];
for (const scenario of scenarios.filter(({ name }) => name.includes(values.only))) {
  const began = performance.now();
  const { found, ...walked } = explore(new Model(scenario), {
    states: Number(values.states),
    goOn: () => performance.now() < until,
  });
  states += walked.states;
  transitions += walked.transitions;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const how = found === undefined ? (walked.complete ? 'all' : 'as far as allowed') : 'COUNTER-EXAMPLE';
  console.log(
    `${scenario.name}: ${walked.states} states, ${walked.transitions} transitions, ${walked.ends} ends, ${seconds} s: ${how}`,
  );
  if (found === undefined) continue;
  wrong += 1;
  console.log(found.trace.map((line, i) => `  ${i + 1}. ${line}`).join('\n'));
  for (const what of found.wrong) console.log(`  => ${what}`);
}
console.log(`${states} states visited, ${transitions} transitions, ${wrong} counter-examples`);
if (wrong > 0) process.exitCode = 1;
