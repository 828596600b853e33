/** The figures of a run of `make survive` as a page. */

import { median, short } from '../../../bench/figures.ts';
import type { Taken } from './figure.ts';

/** One thing that was measured, once or several times. */
export interface Row {
  readonly of: string;
  readonly what: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly atMost: number | undefined;
  /** Of the worst value. */
  readonly note: string;
  /** The greatest. */
  readonly load: number;
}

/** In the order of what they are of; what is measured first stands first. */
export const rowsOf = (figures: readonly Taken[]): readonly Row[] =>
  [...Map.groupBy(figures, ({ of, what, unit }) => JSON.stringify([of, what, unit])).values()]
    .flatMap(rowOf)
    .toSorted((a, b) => a.of.localeCompare(b.of, 'en', { numeric: true }));

const rowOf = (figures: readonly Taken[]): readonly Row[] => {
  const [worst] = figures.toSorted((a, b) => b.value - a.value);
  if (worst === undefined) return [];
  const { of, what, unit, atMost, note = '' } = worst;
  const load = Math.max(...figures.map(figure => figure.load));
  return [{ of, what, unit, atMost, note, load, values: figures.map(({ value }) => value) }];
};

/** Held to by the worst; undefined where nothing was promised. */
export const isMet = ({ values, atMost }: Row): boolean | undefined =>
  atMost === undefined ? undefined : Math.max(...values) <= atMost;

/** What is less than a hundredth is nothing. */
const shown = (value: number): string => short(Number(value.toFixed(2)));

const head = ['of', 'measured', 'median', 'worst', 'target', 'met', 'times', 'load', 'note'];

const cellsOf = (row: Row): readonly string[] => [
  row.of,
  `${row.what}, ${row.unit}`,
  shown(median(row.values)),
  shown(Math.max(...row.values)),
  row.atMost === undefined ? '' : `≤ ${short(row.atMost)}`,
  { true: 'yes', false: '**no**', undefined: '' }[String(isMet(row))] ?? '',
  String(row.values.length),
  row.load.toFixed(1),
  row.note,
];

/** In Markdown, with columns of one width so that it can be read as it is. */
export const tableOf = (rows: readonly Row[]): string => {
  const lines = [head, ...rows.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)));
  const lineOf = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = '', ...rest] = lines.map(lineOf);
  return [first, `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`, ...rest].join('\n');
};

export interface Run {
  readonly figures: readonly Taken[];
  /** Names of the tests that failed. */
  readonly failed: readonly string[];
  readonly passed: number;
  readonly minutes: number;
  /** One line each. */
  readonly surroundings: readonly string[];
}

/** The page `docs/measured/survival.md`. */
export const pageOf = ({ figures, failed, passed, minutes, surroundings }: Run): string =>
  [
    '# What Berth survives',
    '',
    'Written by `make survive`: real processes on a real control plane, and real signals, outages and dead connections. A row',
    'is met if the worst of its times is within the target. Load is the average of the last minute when the figure was taken,',
    'the greatest of all times: on a busy machine everything takes longer. All revisions that were seen were held against the',
    'invariants too, and a broken one fails its test. `make test` runs the same, but R1 once instead of ten times, two rolls',
    'instead of forty, and without the silent proxy, which a test with a fake clock stands for there.',
    '',
    ...surroundings.map(line => `* ${line}`),
    `* ${passed} tests passed, ${failed.length} failed, in ${minutes.toFixed(0)} minutes`,
    '',
    tableOf(rowsOf(figures)),
    '',
    ...(failed.length === 0 ? [] : ['## Failed', '', ...failed.map(name => `* ${name}`), '']),
  ].join('\n');
