/** What came of many plans, as a table. */

import type { Result } from './campaign.ts';
import { idOf, type Plan } from './perturbation.ts';

export interface Row {
  readonly scenario: string;
  /** How many plans there are; more than were tried if it was a sample. */
  readonly plans: number;
  readonly tried: number;
  readonly passed: number;
  readonly failed: number;
  readonly notReached: number;
  readonly revisions: number;
  readonly seconds: number;
}

export const rowsOf = (plans: readonly Plan[], results: readonly Result[]): readonly Row[] => {
  const names = [...new Set(plans.map(({ scenario }) => scenario))];
  const rows = names.map(name => {
    const here = results.filter(({ plan }) => plan.scenario === name);
    return rowOf(name, plans.filter(({ scenario }) => scenario === name).length, here);
  });
  return names.length > 1 ? [...rows, rowOf('all', plans.length, results)] : rows;
};

const rowOf = (scenario: string, plans: number, results: readonly Result[]): Row => ({
  scenario,
  plans,
  tried: results.length,
  passed: results.filter(({ is }) => is === 'passed').length,
  failed: results.filter(({ is }) => is === 'failed').length,
  notReached: results.filter(({ is }) => is === 'not reached').length,
  revisions: results.reduce((sum, { revisions }) => sum + revisions, 0),
  seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
});

const head = ['scenario', 'plans', 'tried', 'passed', 'failed', 'not reached', 'revisions checked', 'minutes'];

const cellsOf = (row: Row): readonly string[] => [
  row.scenario,
  ...[row.plans, row.tried, row.passed, row.failed, row.notReached, row.revisions].map(String),
  (row.seconds / 60).toFixed(1),
];

/** In Markdown, with columns of one width so that it can be read as it is. */
export const tableOf = (rows: readonly Row[]): string => {
  const lines = [head, ...rows.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)));
  const lineOf = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const [first = '', ...rest] = lines.map(lineOf);
  return [first, rule, ...rest].join('\n');
};

export const replayCommand = (plan: Plan): string => `node test/instruments/faults/main.ts --replay ${idOf(plan)}`;

/** What failed and why, with the command that does it again. */
export const failuresOf = (results: readonly Result[]): string =>
  results
    .flatMap(result =>
      result.is === 'failed'
        ? [
            [
              `${idOf(result.plan)}`,
              ...result.faults.map(fault => `  ${fault.replaceAll('\n', '\n  ')}`),
              `  again: ${replayCommand(result.plan)}`,
            ].join('\n'),
          ]
        : [],
    )
    .join('\n\n');

export interface Circumstances {
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  readonly kubernetes: string;
  /** Undefined if everything was tried. */
  readonly seed: number | undefined;
  readonly day: string;
}

/** The page `docs/measured/faults.md`. */
export const pageOf = (rows: readonly Row[], results: readonly Result[], c: Circumstances): string => {
  const failures = failuresOf(results);
  return [
    '# What goes wrong, and what comes of it',
    '',
    'Written by `make faults`. Each plan is one run of a scenario on a real control plane in which one thing goes wrong at',
    'one exact moment: the controller is killed before or after a write, or restarted into a stale view; a request is lost, or',
    'answered with a 429 or 503; an answer is lost, late, an error after all, or never comes; an event of a watch is missed,',
    'late or repeated, or in its place the watch expires or its connection breaks. A run passes if it comes to the end of the undisturbed',
    'run, makes and removes the same objects, writes no more than half as much again, and breaks no invariant at any revision.',
    '',
    tableOf(rows),
    '',
    '*Not reached*: the moment that was to be disturbed did not come in that run, twice. `--list` prints the ids of all plans,',
    '`node test/instruments/faults/main.ts --replay <id>` tries one again and says what is wrong.',
    '',
    `${c.day}, commit ${c.commit}; ${c.machine}; Node ${c.node}; Kubernetes ${c.kubernetes}${c.seed === undefined ? '' : `; a sample with seed ${c.seed}`}.`,
    '',
    ...(failures === '' ? [] : ['## Failed', '', '```', failures, '```', '']),
  ].join('\n');
};
