/** Records a cluster for a while and holds every revision against the invariants; or does so with an earlier record. */

import { setTimeout as after } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { connect } from '../../kube/client/connect.ts';
import { systemClock as clock } from '../../kube/clock.ts';
import { durationIn } from '../cluster/kubelet/settings.ts';
import { check } from './checker.ts';
import { type Chronicle, readChronicle } from './chronicle.ts';
import { invariants } from './invariants.ts';
import { record } from './recorder.ts';
import { verdictText } from './verdict.ts';

interface Options {
  readonly kubeconfig?: string;
  readonly for: number;
  readonly auditLog?: string;
  readonly file?: string;
  readonly read?: string;
}

const duration = (text: string): number => {
  const value = durationIn(text);
  if (value === undefined) throw new InvalidArgumentError('a duration, e.g. 5m or 90s');
  return value;
};

const length = new Option('--for <duration>', 'how long; Ctrl-C ends it earlier')
  .argParser(duration)
  .default(60_000, '60s');

const options = (): Options =>
  new Command('judge')
    .description('Records what happens in a cluster, and says which invariants of Berth were kept at every revision.')
    .option('--kubeconfig <file>', "the cluster's; it needs rights to list and watch, and writes nothing")
    .addOption(length)
    .option('--audit-log <file>', "the apiserver's log in JSON, for the invariants about who wrote what")
    .option('--file <file>', 'keeps the record')
    .option('--read <file>', 'judges a record that was kept')
    .parse()
    .opts<Options>();

const recordedFrom = async (kubeconfig: string, o: Options): Promise<Chronicle> => {
  const client = await connect({ source: { kubeconfig }, role: 'recorder', clock });
  const { auditLog, file } = o;
  const files = { ...(auditLog === undefined ? {} : { auditLog }), ...(file === undefined ? {} : { file }) };
  const recorder = await record({ client, clock, ...files });
  try {
    await untilOver(o.for, () => recorder.chronicle().entries.length);
    return await recorder.stop();
  } finally {
    await recorder[Symbol.asyncDispose]();
    await client.close();
  }
};

const everyMs = 5000;

/** Says every few seconds how many revisions there are. */
const untilOver = async (length: number, revisions: () => number): Promise<void> => {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const end = performance.now() + length;
  while (!interrupted.signal.aborted && performance.now() < end) {
    const left = end - performance.now();
    process.stderr.write(`${Math.ceil(left / 1000)} s to go, ${revisions()} revisions so far\n`);
    await after(Math.min(everyMs, left), undefined, { signal: interrupted.signal }).catch(() => undefined);
  }
};

const main = async (o: Options): Promise<void> => {
  const { kubeconfig, read } = o;
  if ((kubeconfig === undefined) === (read === undefined)) throw new Error('either --kubeconfig or --read is needed');
  const chronicle = read === undefined ? await recordedFrom(kubeconfig ?? '', o) : readChronicle(read);
  const rules = invariants();
  const verdict = check(chronicle, rules);
  process.stdout.write(verdictText(rules, verdict));
  if (verdict.violations.length > 0) process.exitCode = 1;
};

try {
  await main(options());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
