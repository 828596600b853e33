/** The closing table: what was promised, what the record shows, and whether the one is the other. */

import type { Summary } from '../test/instruments/summary.ts';
import { dbPods, nodes, webPods } from './story.ts';

export interface Row {
  readonly what: string;
  readonly found: string;
  readonly wanted: string;
  readonly holds: boolean;
}

/** Rows with a promise first, then figures that only inform. */
export const rowsOf = (summary: Summary): readonly Row[] => [
  {
    what: 'pods with the same UID, node and IP',
    found: `${summary.pods.kept} of ${summary.pods.of}`,
    wanted: `${webPods + dbPods} of ${webPods + dbPods}`,
    holds: summary.pods.kept === webPods + dbPods && summary.pods.of === webPods + dbPods,
  },
  {
    what: 'restarts of app containers by the sidecar roll',
    found: String(summary.appRestarts),
    wanted: '0',
    holds: summary.appRestarts === 0,
  },
  ...summary.unavailable.map(({ of, greatest, limit }) => ({
    what: `greatest number of unavailable pods, ${of}`,
    found: String(greatest),
    wanted: `≤ ${limit}`,
    holds: greatest <= limit,
  })),
  {
    what: 'BroadcastJob executions per node',
    found:
      summary.executions.map(({ least, greatest, nodes: on }) => `${least}–${greatest} on ${on} nodes`).join(', ') ||
      'none',
    wanted: `1–1 on ${nodes} nodes`,
    holds:
      summary.executions.length === 1 &&
      summary.executions.every(e => e.least === 1 && e.greatest === 1 && e.nodes === nodes),
  },
  {
    what: 'writes per updated pod, at most',
    found: summary.writesPerUpdate.greatest.toFixed(1),
    wanted: '≤ 4',
    holds: summary.writesPerUpdate.greatest <= 4 && summary.writesPerUpdate.updates >= webPods + dbPods + 1,
  },
  {
    what: 'violations of invariants',
    found: `${summary.violations.length} in ${summary.revisions} revisions`,
    wanted: '0',
    holds: summary.violations.length === 0 && summary.unjudged.length === 0 && summary.revisions > 0,
  },
];

/** The table as text, with the broken promises spelled out behind it. */
export const textOf = (rows: readonly Row[], { seconds, violations, unjudged }: Summary): string => {
  const widths = [Math.max(...rows.map(r => r.what.length)), Math.max(...rows.map(r => r.found.length))] as const;
  const lines = rows.map(
    ({ what, found, wanted, holds }) =>
      `  ${holds ? '✓' : '✗'} ${what.padEnd(widths[0])}  ${found.padStart(widths[1])}   wanted ${wanted}`,
  );
  const details = [
    ...violations.map(({ invariant, at, message }) => `    ${invariant} at revision ${at}: ${message}`),
    ...unjudged.map(
      ({ invariant, hole }) => `    ${invariant} cannot be judged: revisions of ${hole.kind} are missing`,
    ),
  ];
  return [
    '',
    'Checked from the recorded watch, at every revision:',
    ...lines,
    ...details,
    `    story: ${seconds.toFixed(1)} s`,
    '',
  ].join('\n');
};
