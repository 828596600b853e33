/** What became of the mutants, as a page. */

import type { Trial } from './trial.ts';

const head = ['source', 'the mutant', 'fate', 'noticed by', 'in', 's'];

const cellsOf = ({ mutant: { file, name, killedBy }, fate, seconds }: Trial): readonly string[] => [
  file,
  name,
  fate === 'killed' ? fate : `**${fate}**`,
  killedBy.test,
  killedBy.file,
  seconds.toFixed(1),
];

/** In Markdown, its columns aligned so that it can be read as it is. */
export const tableOf = (trials: readonly Trial[]): string => {
  const lines = [head, ...trials.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)));
  const print = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`;
  return [print(head), rule, ...lines.slice(1).map(print)].join('\n');
};

export interface Run {
  readonly seconds: number;
  /** On what it ran, one line each. */
  readonly about: readonly string[];
}

/** The page `docs/measured/mutants.md`. */
export const pageOf = (trials: readonly Trial[], { seconds, about }: Run): string =>
  [
    '# Rules made wrong on purpose',
    '',
    'Written by `npm run mutants -- --write docs/measured/mutants.md`. Each line is one source with one mistake, and the test',
    'that fails because of it. A mutant that survives is a rule that no test holds.',
    '',
    ...about.map(line => `* ${line}`),
    `* ${trials.length} mutants, ${trials.filter(({ fate }) => fate !== 'killed').length} survivors, ${seconds.toFixed(0)} s`,
    '',
    tableOf(trials),
    '',
  ].join('\n');
