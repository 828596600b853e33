/** Records a cluster, and fails a test in which an invariant was broken at any revision. */

import { join } from 'node:path';
import { connect } from '../../kube/client/connect.ts';
import { systemClock as clock } from '../../kube/clock.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { check } from './checker.ts';
import { invariants } from './invariants.ts';
import { type Recorder, record } from './recorder.ts';
import { type Summary, summaryOf } from './summary.ts';

/** Berth must be installed. The record is `<name>.jsonl` in the cluster's folder. */
export const recordCluster = async (cluster: Cluster, name = 'record'): Promise<Recorder> => {
  const client = await connect({ source: { kubeconfig: cluster.kubeconfig }, role: 'test', clock });
  const file = join(cluster.folder, `${name}.jsonl`);
  const recorder = await record({ client, clock, file, auditLog: cluster.apiServer.auditLog });
  return {
    ...recorder,
    [Symbol.asyncDispose]: async () => {
      await recorder[Symbol.asyncDispose]();
      await client.close();
    },
  };
};

/**
 * Everything up to now, held against all invariants; the recording goes on.
 * @throws Error that lists what was broken, and what cannot be judged
 */
export const judged = async (recorder: Recorder): Promise<Summary> => {
  const chronicle = await recorder.caughtUp();
  const verdict = check(chronicle, invariants());
  const { violations, unjudged, revisions, writes } = verdict;
  const wrong = [
    ...violations.map(({ invariant, at, message }) => `${invariant}, revision ${at}: ${message}`),
    ...unjudged.map(({ invariant, hole }) => `${invariant} cannot be judged: revisions of ${hole.kind} are missing`),
  ];
  if (wrong.length > 0) throw new Error([`in ${revisions} revisions and ${writes} writes:`, ...wrong].join('\n'));
  return summaryOf(chronicle, verdict);
};
