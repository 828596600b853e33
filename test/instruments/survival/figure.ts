/** What a fault has cost: said in the output of the test that measured it, and kept for the page of figures. */

import { appendFileSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { TestContext } from 'node:test';

export interface Figure {
  /** As the design numbers it, e.g. `R1`; or the invariant. */
  readonly of: string;
  /** What was done, up to what, e.g. `SIGKILL of the leader to the first useful write of another`. */
  readonly what: string;
  /** e.g. `s`, or what is counted. */
  readonly unit: string;
  readonly value: number;
  /** What was promised; absent where nothing was. */
  readonly atMost?: number;
  /** e.g. `of 5,012 pods, p99 43 ms` */
  readonly note?: string;
}

/** A figure with the load of the machine, the average of the last minute, when it was taken. */
export interface Taken extends Figure {
  readonly load: number;
}

/** Where the figures of a run are gathered: each test file is a process of its own. */
export const gathering = 'BERTH_FIGURES';

export const tell = (t: TestContext, figure: Figure): void => {
  t.diagnostic(sentenceOf(figure));
  const file = process.env[gathering];
  const taken: Taken = { ...figure, load: loadavg()[0] ?? 0 };
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(taken)}\n`);
};

export const gathered = (file: string): readonly Taken[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Taken);

const sentenceOf = ({ of, what, unit, value, atMost, note }: Figure): string => {
  const target = atMost === undefined ? '' : ` (≤ ${atMost})`;
  return `${of}: ${what}: ${Number(value.toFixed(2))} ${unit}${target}${note === undefined ? '' : `, ${note}`}`;
};

/** Seconds since a reading of `performance.now()`. */
export const secondsSince = (began: number): number => (performance.now() - began) / 1000;
