/** What the walk saw, as a page. */

import type { CounterExample, Exploration } from './explore.ts';

export interface Row extends Exploration {
  readonly scenario: string;
  readonly seconds: number;
}

/** Walks through larger scenarios. */
export interface Walks {
  readonly walks: number;
  readonly steps: number;
  readonly seed: number;
  /** Shrunk; undefined if every invariant held. */
  readonly found: string | undefined;
}

const head = ['scenario', 'states', 'transitions', 'ends', 'seconds', 'visited'];

export const told = ({ wrong, trace }: CounterExample): string =>
  [...trace.map((line, i) => `  ${i + 1}. ${line}`), ...wrong.map(what => `  => ${what}`)].join('\n');

const cellsOf = ({ scenario, states, transitions, ends, seconds, complete, found }: Row): readonly string[] => [
  scenario,
  ...[states, transitions, ends].map(n => n.toLocaleString('en-US')),
  seconds.toFixed(1),
  found === undefined ? (complete ? 'all' : 'a part') : '**counter-example**',
];

const sumOf = (rows: readonly Row[]): readonly string[] => {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const counts = [sum(r => r.states), sum(r => r.transitions), sum(r => r.ends)].map(n => n.toLocaleString('en-US'));
  return [
    'all',
    ...counts,
    sum(r => r.seconds).toFixed(0),
    `${rows.filter(r => r.complete).length} of ${rows.length} in full`,
  ];
};

/** In Markdown, its columns aligned so that it can be read as it is. */
export const tableOf = (rows: readonly Row[]): string => {
  const lines = [head, ...rows.map(cellsOf), sumOf(rows)];
  const widths = head.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)));
  const isText = (column: number): boolean => column === 0 || column === head.length - 1;
  const print = (line: readonly string[]): string =>
    `| ${line.map((cell, i) => (isText(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (isText(i) ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [print(head), rule, ...lines.slice(1).map(print)].join('\n');
};

/**
 * The page `docs/measured/model.md`.
 * @param about on what the figures were taken, one line each
 */
export const pageOf = (about: readonly string[], rows: readonly Row[], walks: Walks): string => {
  const found = [
    ...rows.flatMap(row => (row.found === undefined ? [] : [told(row.found)])),
    ...(walks.found === undefined ? [] : [walks.found]),
  ];
  return [
    '# All that may happen to a few pods',
    '',
    'Written by `npm run model -- --write docs/measured/model.md`. The real planners run against a small model of apiserver,',
    'scheduler and kubelets: two to four pods, every order of everybody’s moves, each write late, lost, or carried out',
    'without an answer, one crash, one watch that lags, and people who change their minds. Every invariant is judged at every',
    'state, and from every state an end must be in reach. *Ends*: states in which nothing can happen any more. *A part*: time',
    'or the limit of states came first; shortest histories are visited first.',
    '',
    ...about.map(line => `* ${line}`),
    `* counter-examples: ${found.length}`,
    `* beyond: ${walks.walks} walks drawn by fast-check (seed ${walks.seed}) through sets of up to six pods with three crashes and three lags, ${walks.steps.toLocaleString('en-US')} steps; a failure is shrunk`,
    '',
    tableOf(rows),
    '',
    ...(found.length === 0 ? [] : ['```', ...found, '```', '']),
  ].join('\n');
};
