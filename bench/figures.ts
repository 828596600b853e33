/** What a bench found: one row a claim, with the baseline of the same run beside it. */

export interface Row {
  readonly what: string;
  readonly unit: string;
  /** One figure a run. */
  readonly ours: readonly number[];
  /** What the baseline is, and its figures; left out where there is none. */
  readonly baseline?: { readonly name: string; readonly figures: readonly number[] };
  /** More is better, or less. */
  readonly better: 'more' | 'less';
  /** What issue or design promised: of our figure, or of the ratio to the baseline. */
  readonly target?: { readonly of: 'figure' | 'ratio'; readonly value: number };
  readonly note?: string;
}

export const median = (figures: readonly number[]): number => {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
};

/** How many times better than the baseline: above 1 where we are better, whichever way is better. */
export const ratioOf = ({ ours, baseline, better }: Row): number | undefined => {
  if (baseline === undefined) return undefined;
  const [mine, theirs] = [median(ours), median(baseline.figures)];
  return better === 'more' ? mine / theirs : theirs / mine;
};

export const holds = (row: Row): boolean | undefined => {
  const { target, better, ours } = row;
  if (target === undefined) return undefined;
  if (target.of === 'ratio') return (ratioOf(row) ?? 0) >= target.value;
  return better === 'more' ? median(ours) >= target.value : median(ours) <= target.value;
};

/** Three significant digits. */
export const short = (figure: number): string =>
  figure >= 1000 ? Math.round(figure).toLocaleString('en-US') : String(Number(figure.toPrecision(3)));

const rangeOf = (figures: readonly number[]): string =>
  figures.length < 2 ? '' : ` (${short(Math.min(...figures))}–${short(Math.max(...figures))})`;

const targetOf = ({ target, better }: Row): string => {
  if (target === undefined) return '';
  const sign = better === 'less' && target.of === 'figure' ? '≤' : '≥';
  return `${sign} ${short(target.value)}${target.of === 'ratio' ? ' ×' : ''}`;
};

const cells = (row: Row): readonly string[] => {
  const { what, unit, ours, baseline, note = '' } = row;
  const ratio = ratioOf(row);
  const verdict = { true: 'yes', false: '**no**', undefined: '' }[String(holds(row))] ?? '';
  return [
    `${what}, ${unit}`,
    `${short(median(ours))}${rangeOf(ours)}`,
    baseline === undefined ? '' : `${short(median(baseline.figures))}${rangeOf(baseline.figures)} ${baseline.name}`,
    ratio === undefined ? '' : `${short(ratio)} ×`,
    targetOf(row),
    verdict,
    String(ours.length),
    note,
  ];
};

const header = ['measured', 'Berth', 'baseline', 'better by', 'target', 'met', 'runs', 'note'];

/** A table in Markdown, its columns aligned so that it can be read as it is. */
export const tableOf = (rows: readonly Row[]): string => {
  const lines = [header, ...rows.map(cells)];
  const widths = header.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)));
  const print = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`;
  return [print(header), rule, ...rows.map(row => print(cells(row)))].join('\n');
};
