import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { waitFor } from '../cluster/deadline.ts';
import { installBerth } from '../cluster/installation.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { judged, recordCluster } from '../instruments/judged.ts';
import type { Recorder } from '../instruments/recorder.ts';
import type { Summary } from '../instruments/summary.ts';

const nodes = 20;
const cluster = await clusterForTests({ nodes });
const { controller } = await installBerth(cluster);

const aJob = (name: string, command: string, spec: Wire = {}): object => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'BroadcastJob',
  metadata: { name, namespace: 'default' },
  spec: {
    template: {
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'main', image: 'example.test/job:v1', command: ['sh', '-c', command] }],
      },
    },
    ...spec,
  },
});

const apply = (job: object): Promise<string> => cluster.kubectl(['apply', '-f', '-'], JSON.stringify(job));

interface Status {
  readonly phase?: string;
  readonly succeeded?: number;
  readonly desired?: number;
  readonly failed?: number;
  readonly active?: number;
}

const statusOf = (recorder: Recorder, job: string): Status => {
  const found = recorder.newest('BroadcastJob').find(({ metadata }) => metadata.name === job);
  return (found?.['status'] ?? {}) as Status;
};

const podsOf = (recorder: Recorder, job: string): readonly KubeObject[] =>
  recorder.newest('Pod').filter(({ metadata }) => metadata.labels?.['broadcastjob-name'] === job);

const until = (what: string, seconds: number, holds: () => boolean): Promise<true> =>
  waitFor(what, seconds * 1000, async () => holds() || undefined);

const begin = (name: string): Promise<Recorder> => recordCluster(cluster, name);

const once = { nodes, least: 1, greatest: 1 };

/** Pods of earlier tests are still there, and recorded. */
const executionsOf = (name: string, all: Summary['executions']): object => {
  const { job: _, ...executions } =
    all.find(({ job }) => job === `default/${name}`) ?? assert.fail(`${name} never ran`);
  return executions;
};

test('a job runs exactly once on each node, within its parallelism', async () => {
  await using recorder = await begin('once');
  await apply(aJob('once', 'sleep 0.2', { parallelism: 8 }));
  await until('the job to complete', 60, () => statusOf(recorder, 'once').phase === 'completed');
  const { executions, revisions } = await judged(recorder);
  assert.deepEqual(executionsOf('once', executions), once);
  assert.ok(revisions > 4 * nodes, `${revisions} revisions checked`);
  const { desired, succeeded, failed, active } = statusOf(recorder, 'once');
  assert.deepEqual({ desired, succeeded, failed, active }, { desired: nodes, succeeded: nodes, failed: 0, active: 0 });
});

test('a controller that is killed twice in the middle runs it exactly once all the same', async () => {
  await using recorder = await begin('killed');
  await apply(aJob('killed', 'sleep 0.5', { parallelism: 4 }));
  for (const share of [4, 10]) {
    await until(`${share} pods`, 60, () => podsOf(recorder, 'killed').length >= share);
    await controller.kill();
    await controller.restart();
  }
  await until('the job to complete', 90, () => statusOf(recorder, 'killed').phase === 'completed');
  const { executions } = await judged(recorder);
  assert.deepEqual(executionsOf('killed', executions), once);
});

test('a job beyond its deadline leaves no pod running, and counts each as failed', async () => {
  await using recorder = await begin('late');
  await apply(aJob('late', 'sleep 600', { completionPolicy: { activeDeadlineSeconds: 4 } }));
  await until('the job to fail', 60, () => statusOf(recorder, 'late').phase === 'failed');
  await until('its pods to be gone', 30, () => podsOf(recorder, 'late').length === 0);
  await until('its counters to say so', 30, () => statusOf(recorder, 'late').failed === nodes);
  assert.equal(statusOf(recorder, 'late').active, 0);
  await judged(recorder);
});

test('FailFast ends a job at its first failed pod, keeps that one, and lets no other run on', async () => {
  await using recorder = await begin('fast');
  await apply(aJob('fast', 'sleep 0.5; exit 3', { parallelism: 3 }));
  await until('the job to fail', 60, () => statusOf(recorder, 'fast').phase === 'failed');
  const phases = (): readonly unknown[] =>
    podsOf(recorder, 'fast').map(pod => (pod['status'] as Wire | undefined)?.['phase']);
  await until('no pod to run', 30, () => phases().every(phase => phase === 'Failed'));
  assert.ok(phases().length >= 1 && phases().length <= 3, `${phases().length} pods are kept`);
  await judged(recorder);
});

test('a cordoned node is left out, and served when it is open again', async () => {
  await using recorder = await begin('cordon');
  await cluster.kubectl(['cordon', 'node-7']);
  await apply(aJob('cordon', 'true', { completionPolicy: { type: 'Never' } }));
  await until('the other nodes', 60, () => statusOf(recorder, 'cordon').succeeded === nodes - 1);
  assert.equal(statusOf(recorder, 'cordon').desired, nodes - 1);
  await cluster.kubectl(['uncordon', 'node-7']);
  await until('the last node', 30, () => statusOf(recorder, 'cordon').succeeded === nodes);
  const { executions } = await judged(recorder);
  assert.deepEqual(executionsOf('cordon', executions), once);
});

test('ttlSecondsAfterFinished removes the job and its pods', async () => {
  await using recorder = await begin('ttl');
  await apply(aJob('ttl', 'true', { completionPolicy: { ttlSecondsAfterFinished: 1 } }));
  const isThere = (): boolean => recorder.newest('BroadcastJob').some(({ metadata }) => metadata.name === 'ttl');
  await until('the job to complete', 60, () => statusOf(recorder, 'ttl').phase === 'completed');
  await until('the job to be gone', 30, () => !isThere());
  await until('its pods to be gone', 60, () => podsOf(recorder, 'ttl').length === 0);
  await judged(recorder);
});

test('the webhook refuses a bad job with every cause', async () => {
  const job = aJob('bad', 'true', { parallelism: -1, failurePolicy: { type: 'Sometimes' } });
  const error = await apply(job).then(
    () => assert.fail('it was accepted'),
    (reason: Error) => reason.message,
  );
  assert.match(error, /spec.parallelism/);
  assert.match(error, /spec.failurePolicy.type/);
});
