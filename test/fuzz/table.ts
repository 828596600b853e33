/** What came of the reviews, as a page. */

import type { Failure, Result } from './fuzz.ts';
import type { Kind, Tally } from './tally.ts';

const kinds: readonly Kind[] = ['allowed', 'patched', 'refused', '400', '413', '500'];
const head = ['reviews', ...kinds, 'wrong', 'late', 'slowest ms'];

const cellsOf = (name: string, tally: Tally): readonly string[] => [
  name,
  ...[tally.reviews, ...kinds.map(kind => tally.of(kind)), tally.wrong, tally.late].map(n => n.toLocaleString('en-US')),
  tally.slowest.toFixed(0),
];

/** In Markdown, its columns aligned so that it can be read as it is. */
export const tableOf = (first: string, tallies: ReadonlyMap<string, Tally>): string => {
  const rows = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, tally]) => cellsOf(name, tally));
  const lines = [[first, ...head], ...rows];
  const widths = [first, ...head].map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)));
  const print = (line: readonly string[]): string =>
    `| ${line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [print(lines[0] ?? []), rule, ...rows.map(print)].join('\n');
};

/** With the command that does it again. */
export const failureText = ({ seed, number, path, what, body }: Failure): string =>
  `${path}: ${what}\n  npm run fuzz -- --seed ${seed} --case ${number}\n  ${body.slice(0, 400)}`;

export interface Run {
  readonly seed: number;
  readonly seconds: number;
  /** On what the figures were taken, one line each. */
  readonly about: readonly string[];
}

/** The page `docs/measured/fuzz.md`. */
export const pageOf = (result: Result, run: Run): string =>
  [
    '# Reviews that nobody would send',
    '',
    'Written by `npm run fuzz -- --write docs/measured/fuzz.md`. Each review is a good one with up to six things changed, and',
    'goes through the admission of a real webhook as the server would pass it on. *Wrong*: an exception that an apiserver',
    'could cause, an answer to another request, a refusal without words, a patch that does not apply or that loses a field',
    'which the webhook does not know, a prototype that was reached. *Late*: more than a second. 500 is the answer to what no',
    'apiserver can send, e.g. labels that are no texts.',
    '',
    ...run.about.map(line => `* ${line}`),
    `* ${result.cases.toLocaleString('en-US')} reviews in ${run.seconds.toFixed(0)} s, seed ${run.seed}; wrong: ${result.failures.length}`,
    '',
    tableOf('webhook', result.webhooks),
    '',
    'A review counts in each row that names something that was done to it.',
    '',
    tableOf('what was done', result.mutations),
    '',
    ...(result.failures.length === 0 ? [] : ['```', ...result.failures.map(failureText), '```', '']),
  ].join('\n');
