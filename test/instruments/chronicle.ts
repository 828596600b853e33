/**
 * A chronicle: every revision of the objects that matter, in the order in which the apiserver made them. What is judged
 * by it is judged by what was, not by what somebody saw when he looked.
 */

import { readFileSync } from 'node:fs';
import type { KubeObject } from '../../kube/contract.ts';
import type { Write } from './audit.ts';

/** One revision of one object. */
export interface Entry {
  /** The revision of the cluster: resource versions of all kinds are of one sequence. */
  readonly at: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: string;
  /** Milliseconds of the recorder's clock when it arrived. */
  readonly seenAt: number;
  readonly object: KubeObject;
}

/** Revisions of a kind that the apiserver could not tell any more. */
export interface Hole {
  readonly kind: string;
  readonly after: number;
  readonly before: number;
}

export interface Chronicle {
  /** Ascending in `at`. Those up to `startedAt` say what was there when recording began. */
  readonly entries: readonly Entry[];
  readonly startedAt: number;
  readonly holes: readonly Hole[];
  /** Every write since then, as the audit log has it; undefined if nobody has read one. */
  readonly writes?: readonly Write[];
}

export const chronicleOf = (
  entries: readonly Entry[],
  startedAt: number,
  { holes = [], writes }: { readonly holes?: readonly Hole[]; readonly writes?: readonly Write[] | undefined } = {},
): Chronicle => ({
  entries: entries.toSorted((a, b) => a.at - b.at),
  startedAt,
  holes,
  ...(writes === undefined ? {} : { writes }),
});

/** One line of the file. */
export type Line =
  | { readonly entry: Entry }
  | { readonly hole: Hole }
  | { readonly startedAt: number }
  | { readonly writes: readonly Write[] };

/**
 * Reads a file that a recorder wrote; lines may stand in any order, and a last one that was cut off is left out.
 * @throws Error if the file ends before recording had begun
 */
export const readChronicle = (path: string): Chronicle => {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1).map(parsed);
  const [started] = lines.flatMap(line => ('startedAt' in line ? [line.startedAt] : []));
  if (started === undefined) throw new Error(`${path} ends before recording had begun`);
  return chronicleOf(
    lines.flatMap(line => ('entry' in line ? [line.entry] : [])),
    started,
    {
      holes: lines.flatMap(line => ('hole' in line ? [line.hole] : [])),
      writes: lines.flatMap(line => ('writes' in line ? [line.writes] : [])).at(-1),
    },
  );
};

/** Only a recorder writes these files. */
const parsed = (line: string): Line => JSON.parse(line) as Line;
