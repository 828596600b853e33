import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownChanges, writeIn } from './audit.ts';
import { check } from './checker.ts';
import { invariants } from './invariants.ts';
import { aJob, DbPod, dbSet, jobPod, logSet, Story, update, webPod } from './story.fixture.ts';
import { type Summary, summaryOf } from './summary.ts';

const written = (name: string, verb: string, more: object = {}): unknown => ({
  stage: 'ResponseComplete',
  verb,
  userAgent: 'berth/controller',
  objectRef: { resource: 'pods', namespace: 'default', name },
  responseStatus: { code: 200 },
  ...more,
});

const madeRevision = (revision: number) => ({
  responseObject: { metadata: { resourceVersion: String(revision) } },
});

const summaryIn = (story: Story, events: readonly unknown[] = []): Summary => {
  const chronicle = { ...story.chronicle(), writes: events.flatMap(writeIn) };
  return summaryOf(chronicle, check(chronicle, invariants()));
};

test('the numbers of a run', () => {
  const story = dbSet(new Story().begins(), { replicas: 1 });
  update(new DbPod(story, 'db-0'), 'db:v2', 'v2');
  logSet(story, 1);
  webPod(story, 'a');
  webPod(story, 'a', { image: 'log:v2' });
  webPod(story, 'a', { image: 'log:v2', logRestarts: 1 });
  aJob(story, 4);
  for (const node of ['n1', 'n2']) jobPod(story, `j-${node}`, { node, phase: 'Succeeded' });
  jobPod(story, 'j-n3', { node: 'n3', phase: 'Pending' });
  const summary = summaryIn(story, [
    ...[101, 103, 104, 106].map(revision => written('db-0', 'patch', madeRevision(revision))), // the first before the update
    written('a', 'patch'),
    written('a', 'patch', { responseStatus: { code: 409 } }),
    written('a', 'patch', { userAgent: 'kubectl' }),
    written('a', 'create'),
  ]);
  assert.deepEqual(summary.pods, { kept: 2, of: 2 });
  assert.equal(summary.appRestarts, 0);
  assert.deepEqual(summary.executions, [{ job: 'default/job', nodes: 2, least: 1, greatest: 1 }]);
  assert.deepEqual(summary.writesPerUpdate, { greatest: 3, mean: 2, updates: 2 });
  assert.deepEqual(summary.unavailable, [
    { of: 'StatefulSet default/db', greatest: 1, limit: 1 },
    { of: 'SidecarSet logs', greatest: 1, limit: 1 },
  ]);
  assert.equal(summary.revisions, 20);
  assert.equal(summary.seconds, 1.9);
});

test('a pod that was made anew or moved is not kept', () => {
  const anew = webPod(new Story().begins(), 'a').remove('Pod', 'a');
  anew.write('Pod', 'a', { metadata: { uid: 'second' }, status: { phase: 'Running' } });
  assert.deepEqual(summaryIn(anew).pods, { kept: 0, of: 1 });
  const moved = webPod(webPod(new Story().begins(), 'a'), 'a', { ip: '10.0.0.9' });
  assert.deepEqual(summaryIn(moved).pods, { kept: 0, of: 1 });
});

test('an app container that restarts after its sidecar was changed is counted', () => {
  const story = webPod(webPod(new Story().begins(), 'a'), 'a', { image: 'log:v2' });
  webPod(story, 'a', { image: 'log:v2', appRestarts: 2 });
  assert.equal(summaryIn(story).appRestarts, 2);
});

test('a node on which a job ran twice shows', () => {
  const story = jobPod(aJob(new Story().begins(), 4), 'j1', { node: 'n1', phase: 'Failed' });
  jobPod(story, 'j2', { node: 'n1', phase: 'Succeeded' });
  jobPod(story, 'j3', { node: 'n2', phase: 'Succeeded' });
  assert.deepEqual(summaryIn(story).executions, [{ job: 'default/job', nodes: 2, least: 1, greatest: 2 }]);
});

test('the audit log is read by writer; what was refused, read or of another kind does not count', () => {
  const events = [
    written('a', 'patch'),
    written('a', 'patch', { objectRef: { resource: 'pods', namespace: 'default', name: 'a', subresource: 'status' } }),
    written('a', 'get'),
    written('a', 'patch', { stage: 'ResponseStarted' }),
    written('a', 'patch', { objectRef: { resource: 'nodes', name: 'a' } }),
    written('b', 'create', {
      objectRef: { resource: 'pods', namespace: 'default', name: 'b', subresource: 'eviction' },
      responseStatus: { code: 201 },
    }),
    written('c', 'delete', { responseObject: { metadata: { name: 'c', uid: 'uid-c' } } }),
    null,
    'x',
    {},
  ];
  assert.deepEqual(
    ownChanges(events.flatMap(writeIn)).map(({ name, verb, subresource }) => `${verb} ${name} ${subresource}`.trim()),
    ['patch a', 'patch a status', 'evict b eviction', 'delete c'],
  );
});
