/** The demo's story while its two processes are killed again and again: it still ends right. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type Chapter, chapters, type Kubectl, nodes } from '../../../demo/story.ts';
import { rowsOf, textOf } from '../../../demo/table.ts';
import { tell } from '../../../demo/tell.ts';
import { waitFor } from '../../cluster/deadline.ts';
import { installBerth } from '../../cluster/installation.ts';
import { clusterForTests } from '../../cluster/shared.ts';
import { check } from '../../instruments/checker.ts';
import { invariants } from '../../instruments/invariants.ts';
import { recordCluster } from '../../instruments/judged.ts';
import type { Recorder } from '../../instruments/recorder.ts';
import { type Summary, summaryOf } from '../../instruments/summary.ts';
import { tell as tellFigure } from '../../instruments/survival/figure.ts';
import { testsOn } from './evidence.ts';
import { killAndRestart, line, type Strike, strikesFor } from './strikes.ts';

// The same moments every time, so that a failure comes again; BERTH_SEED chooses others.
const seed = Number(process.env['BERTH_SEED'] ?? 11);

/**
 * The namespace requires injection, so that pods wait while no webhook answers: in others they start without their
 * sidecar, which is wanted there and would make another story.
 */
const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'demo', labels: { 'berth/injection': 'required' } },
};

const cluster = await clusterForTests({ nodes });
/** A container that is restarted in its pod keeps the pod's name, under which it holds the Lease. */
const berth = await installBerth(cluster, { controller: { flags: ['--identity', 'berth-controller-0'] } });
/** What happens to one process happens one after the other. */
const lines = { webhook: line(), controller: line() };

/** A user whom a webhook does not answer tries again. */
const patient: Kubectl = args =>
  waitFor(`kubectl ${args.join(' ')} to be accepted`, 60_000, () =>
    cluster.kubectl(args).catch((error: unknown) => {
      if (/failed calling webhook/u.test(String(error))) return undefined;
      throw error;
    }),
  );

/** Without the webhook an image set by hand is applied at once, undrained: the story has it tracked. */
const kubectl: Kubectl = args => (args.includes('set') ? lines.webhook(() => patient(args)) : patient(args));

/** Kubernetes' own controller waits ever longer, 82 s in the end, when its pods are refused: a change wakes it. */
const wakeReplicaSets = (): Promise<unknown> =>
  cluster.kubectl(['-n', 'demo', 'annotate', '--overwrite', 'replicasets', '--all', `woken=${performance.now()}`]);

const strike = async ({ victim }: Strike): Promise<void> => {
  await lines[victim](() => killAndRestart(berth[victim]));
  await wakeReplicaSets();
};

const changesOfPods = (recorder: Recorder): number =>
  recorder.chronicle().entries.filter(({ kind }) => kind === 'Pod').length;

/** Plays one chapter under its strikes; resolves when both processes are up again too. */
const play = async (chapter: Chapter, strikes: readonly Strike[], recorder: Recorder): Promise<string> => {
  const before = changesOfPods(recorder);
  const changes = (): number => changesOfPods(recorder) - before;
  let over = false;
  const due = ({ afterChanges }: Strike): Promise<true> =>
    waitFor(`change ${afterChanges} of a pod`, 180_000, async () => over || changes() >= afterChanges || undefined);
  const striking = strikes.map(async each => {
    await due(each);
    await strike(each);
  });
  const screen = { show: () => undefined, say: () => undefined, close: () => undefined };
  const telling = tell([chapter], { kubectl, newest: kind => recorder.newest(kind), screen }).finally(() => {
    over = true;
  });
  const [[told]] = await Promise.all([telling, ...striking]);
  const kills = strikes.map(({ victim, afterChanges }) => `${victim} at ${afterChanges}`).join(', ');
  return `${chapter.title}: ${told?.seconds.toFixed(1)} s and ${changes()} changes of pods, with kills of ${kills}`;
};

/** Bugs of ours stand there. */
const errorsIn = (log: string): readonly string[] =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter(line => line.includes('"level":"error"'));

const summaryFrom = async (recorder: Recorder): Promise<Summary> => {
  const chronicle = await recorder.caughtUp();
  return summaryOf(chronicle, check(chronicle, invariants()));
};

const test = testsOn(cluster);

test(`the story ends right although both processes are killed twice in every chapter (BERTH_SEED=${seed})`, async t => {
  const recorder = await recordCluster(cluster);
  const strikes = strikesFor(seed);
  try {
    await cluster.kubectl(['create', '-f', '-'], JSON.stringify(namespace));
    for (const [index, chapter] of chapters.entries())
      t.diagnostic(await play(chapter, strikes[index] ?? [], recorder));
    const summary = await summaryFrom(recorder);
    tellFigure(t, {
      ...{ of: 'F1', what: "invariants broken in the demo's story", unit: 'times', atMost: 0 },
      value: summary.violations.length,
      note: `of ${summary.revisions} revisions, ${strikes.flat().length} kills in ${summary.seconds.toFixed(0)} s`,
    });
    const rows = rowsOf(summary);
    assert.ok(
      rows.every(({ holds }) => holds),
      textOf(rows, summary),
    );
    for (const { log } of [berth.webhook, berth.controller]) assert.deepEqual(errorsIn(log), []);
  } finally {
    await recorder[Symbol.asyncDispose]();
  }
});
