import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { check } from './checker.ts';
import type { Chronicle } from './chronicle.ts';
import { invariants } from './invariants.ts';
import { aJob, jobPod, logSet, Story, update, webPod } from './story.fixture.ts';
import { breaks, newRevision, three, violationsIn } from './verdict.fixture.ts';

test('a good story breaks nothing, at any revision, and its figures are told', () => {
  const { story, pods } = three();
  newRevision(story);
  for (const pod of pods) update(pod, 'db:v2', 'v2');
  story.write('StatefulSet', 'db', { status: { updatedReplicas: 3 } });
  logSet(story, '50%');
  for (const name of ['a', 'b', 'c']) webPod(story, name);
  webPod(story, 'a', { image: 'log:v2' });
  webPod(story, 'b', { image: 'log:v2' });
  webPod(story, 'a', { image: 'log:v2', logRestarts: 1 });
  webPod(story, 'c', { image: 'log:v2' });
  aJob(story, 2);
  jobPod(story, 'j1', { node: 'n1', phase: 'Pending' });
  jobPod(story, 'j2', { node: 'n2', phase: 'Running' });
  jobPod(story, 'j1', { node: 'n1', phase: 'Succeeded' });
  jobPod(story, 'j3', { node: 'n3', phase: 'Pending' });
  const verdict = check(story.chronicle(), invariants());
  assert.deepEqual(verdict.violations, []);
  assert.equal(verdict.revisions, 37);
  assert.deepEqual(verdict.figures, [
    { of: 'StatefulSet default/db', greatest: 1, limit: 1 },
    { of: 'SidecarSet logs', greatest: 2, limit: 2 },
  ]);
});

describe('budget of a StatefulSet', () => {
  test('two drained at a limit of one', () => {
    const { story, pods } = three();
    pods[0].drain();
    pods[1].drain();
    breaks(story, 'budget', /db-1 is taken down, and 2 pods of default\/db are: 1 may be/u);
  });
  test('a deleted pod counts as long as it is missing', () => {
    const { story, pods } = three();
    story.write('Pod', 'db-2', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }).remove('Pod', 'db-2');
    story.wait(5000);
    pods[1].drain();
    breaks(story, 'budget', /db-1 is taken down/u);
  });
  test('a pod that was down already is free', () => {
    const { story, pods } = three();
    pods[0].leaves();
    story.wait(5000);
    pods[0].drain();
    assert.deepEqual(violationsIn(story.chronicle()), []);
  });
  test('what failed by itself uses the budget up, once it could be known', () => {
    const known = three();
    known.pods[0].leaves();
    known.story.wait(5000);
    known.pods[1].drain();
    breaks(known.story, 'budget', /db-1 is taken down/u);
    const unknown = three();
    unknown.pods[0].leaves();
    unknown.pods[1].drain();
    assert.deepEqual(violationsIn(unknown.story.chronicle()), []);
  });
  test('what a user deletes is not ours', () => {
    const { story } = three();
    const gone = { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };
    for (const name of ['db-1', 'db-0'])
      story.write('Pod', name, gone).signed({ verb: 'delete', userAgent: 'kubectl' }).wait(5000);
    assert.deepEqual(violationsIn(story.chronicle()), []);
    story.write('Pod', 'db-2', gone).signed({ verb: 'delete', requestObject: { preconditions: { uid: 'uid-db-2' } } });
    breaks(story, 'budget', /db-2 is taken down/u);
  });
  test('scaling down takes nothing from anybody', () => {
    const { story } = three();
    story.write('StatefulSet', 'db', { metadata: { generation: 2 }, spec: { replicas: 1 } });
    for (const name of ['db-2', 'db-1'])
      story.write('Pod', name, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
    assert.deepEqual(violationsIn(story.chronicle()), []);
  });
  test('a share is rounded down and is one at least; minReadySeconds keep a slot used', () => {
    const half = three({ updateStrategy: { rollingUpdate: { maxUnavailable: '50%' } } });
    half.pods[0].drain();
    half.pods[1].drain();
    breaks(half.story, 'budget', /1 may be/u);
    const slow = three({ updateStrategy: { rollingUpdate: { maxUnavailable: 1, minReadySeconds: 60 } } });
    slow.story.wait(60_000);
    update(slow.pods[0], 'db:v2', 'v2');
    slow.story.wait(10_000);
    slow.pods[1].drain();
    breaks(slow.story, 'budget', /db-1 is taken down/u);
  });
});

test('budget of a SidecarSet: a third pod under way at a limit of two', () => {
  const story = logSet(new Story(), 2);
  for (const name of ['a', 'b', 'c', 'd']) webPod(story, name);
  webPod(story, 'd', { isReady: false }).begins();
  webPod(story, 'd', { image: 'log:v2', isReady: false }); // was not Ready: free
  webPod(story, 'a', { image: 'log:v2' });
  webPod(story, 'b', { image: 'log:v2' });
  webPod(story, 'a', { image: 'log:v2', logRestarts: 1, isReady: false });
  assert.deepEqual(violationsIn(story.chronicle()), []);
  webPod(story, 'c', { image: 'log:v2' });
  breaks(story, 'budget', /default\/c is taken, and 3 pods of SidecarSet logs are under way: 2 may be/u);
});

describe('in place means in place', () => {
  const begun = (): Story => webPod(logSet(new Story(), 1), 'a').begins();
  test('another container restarts', () => {
    const story = webPod(begun(), 'a', { image: 'log:v2' });
    webPod(story, 'a', { image: 'log:v2', appRestarts: 1 });
    breaks(story, 'in place means in place', /container app of default\/a restarted while log was replaced/u);
  });
  test('an app that crashes before or afterwards is another matter', () => {
    const story = webPod(begun(), 'a', { appRestarts: 1 });
    webPod(story, 'a', { appRestarts: 1, image: 'log:v2' });
    webPod(story, 'a', { appRestarts: 1, image: 'log:v2', logRestarts: 1 });
    webPod(story, 'a', { appRestarts: 2, image: 'log:v2', logRestarts: 1 });
    assert.deepEqual(violationsIn(story.chronicle()), []);
  });
  test('node or address change', () => {
    breaks(webPod(begun(), 'a', { node: 'n2' }), 'in place means in place', /moved from n1 to n2/u);
    breaks(webPod(begun(), 'a', { ip: '10.0.0.9' }), 'in place means in place', /had address 10.0.0.2/u);
  });
});

describe('gate before patch', () => {
  test('the image changes before the gate is closed', () => {
    const { story, pods } = three();
    pods[0].setImage('db:v2', 'v2');
    breaks(story, 'gate before patch', /changed before its gate was closed/u);
  });
  test('the image changes while the pod still serves', () => {
    const { story, pods } = three();
    pods[0].drain().setImage('db:v2', 'v2');
    breaks(story, 'gate before patch', /while it was still Ready/u);
  });
  test('the gate opens before the new container runs', () => {
    const { story, pods } = three();
    pods[0].drain().leaves().setImage('db:v2', 'v2').rejoin();
    breaks(story, 'gate before patch', /opened before the new container db ran/u);
  });
  test('the container of an intermediate image does not count', () => {
    const { story, pods } = three();
    pods[0].drain().leaves().setImage('db:v2', 'v2').restarts().setImage('db:v1', 'v1').rejoin();
    breaks(story, 'gate before patch', /opened before the new container db ran/u);
  });
});

describe('once means once', () => {
  const running = (): Story => jobPod(aJob(new Story(), 2).begins(), 'j1', { node: 'n1', phase: 'Running' });
  test('two live pods on one node', () => {
    const story = jobPod(running(), 'j2', { node: 'n1', phase: 'Pending' });
    breaks(story, 'once means once', /j2 and default\/j1 of one job are live on n1/u);
  });
  test('a node that was done runs again, even after its pod is gone', () => {
    const story = jobPod(running(), 'j1', { node: 'n1', phase: 'Succeeded' }).remove('Pod', 'j1');
    jobPod(story, 'j2', { node: 'n1', phase: 'Pending' });
    breaks(story, 'once means once', /j2 runs the job again on n1/u);
  });
  test('more than parallelism at a time, as a number and as a share', () => {
    const beyond = (story: Story): void => {
      for (const node of ['n2', 'n3']) jobPod(story, `j-${node}`, { node, phase: 'Pending' });
      breaks(story, 'once means once', /is the 3th live pod of default\/job: parallelism is 2/u);
    };
    beyond(running());
    beyond(jobPod(aJob(new Story(), '50%').begins(), 'j1', { node: 'n1', phase: 'Running' }));
  });
  test('a node that was made anew under the same name is another', () => {
    const story = jobPod(running(), 'j1', { node: 'n1', phase: 'Succeeded' }).remove('Pod', 'j1');
    jobPod(story, 'j2', { node: 'n1', phase: 'Pending', nodeUid: 'second' });
    assert.deepEqual(violationsIn(story.chronicle()), []);
  });
  test('a node that failed may run again', () => {
    const story = jobPod(running(), 'j1', { node: 'n1', phase: 'Failed' });
    jobPod(story, 'j2', { node: 'n1', phase: 'Pending' });
    assert.deepEqual(violationsIn(story.chronicle()), []);
  });
});

describe('status never lies', () => {
  test('observedGeneration falls or runs ahead', () => {
    const { story } = three();
    newRevision(story).write('StatefulSet', 'db', { status: { observedGeneration: 1 } });
    breaks(story, 'status never lies', /fell from 2 to 1/u);
    const ahead = three().story.write('StatefulSet', 'db', { status: { observedGeneration: 7 } });
    breaks(ahead, 'status never lies', /has observed generation 7 and is at 1/u);
  });
  test('a counter is negative', () => {
    const story = aJob(new Story(), 2)
      .begins()
      .write('BroadcastJob', 'job', { status: { active: -1 } });
    breaks(story, 'status never lies', /active of default\/job is -1/u);
  });
  test('more pods are said to be updated than are', () => {
    const { story, pods } = three();
    newRevision(story);
    update(pods[0], 'db:v2', 'v2');
    story.write('StatefulSet', 'db', { status: { updatedReplicas: 2 } });
    breaks(story, 'status never lies', /says that 2 pods are updated, and 1 are/u);
  });
  test('a pod that has just gone may still have been counted', () => {
    const { story, pods } = three();
    newRevision(story);
    update(pods[0], 'db:v2', 'v2');
    story.remove('Pod', 'db-0').write('StatefulSet', 'db', { status: { updatedReplicas: 1 } });
    assert.deepEqual(violationsIn(story.chronicle()), []);
  });
  test('a job is complete while a pod of it runs', () => {
    const story = jobPod(aJob(new Story(), 2).begins(), 'j1', { node: 'n1', phase: 'Running' });
    story.write('BroadcastJob', 'job', { status: { conditions: [{ type: 'Complete', status: 'True' }] } });
    breaks(story, 'status never lies', /is complete while default\/j1 runs/u);
  });
});

test('what happened before recording began is not judged', () => {
  const { story, pods } = three();
  pods[0].drain();
  pods[1].drain();
  assert.deepEqual(violationsIn(story.begins().chronicle()), []);
});

test('a hole leaves what it concerns unjudged, and nothing else', () => {
  const { story } = three();
  const without = (kind: string): Chronicle => ({ ...story.chronicle(), holes: [{ kind, after: 1, before: 9 }] });
  const verdict = check(without('SidecarSet'), invariants());
  const unjudged = verdict.unjudged.map(({ invariant }) => invariant);
  assert.deepEqual([unjudged.includes('status never lies'), unjudged.includes('gate before patch')], [true, false]);
  const leases = check(without('Event'), invariants());
  assert.deepEqual(leases.unjudged, []);
});
