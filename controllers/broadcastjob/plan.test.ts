import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { annotations, labels } from '../../api/names.ts';
import { type KubeObject, seconds, type Wire } from '../../kube/contract.ts';
import { reasonsIn } from '../../test/support/reasons.ts';
import { timestampOf } from '../../workloads/pods/project.ts';
import { aJob, aNode, aPod, conditionIn, linesOf, noon, type Objects, planFor, tallyOf, template } from './fixture.ts';

const nodes = (count: number): readonly KubeObject[] => Array.from({ length: count }, (_, i) => aNode(`n${i + 1}`));

const rows: readonly (Objects & {
  readonly says: string;
  readonly lines: readonly string[];
  readonly tally: string;
})[] = [
  {
    says: 'a new job starts on each node',
    job: aJob(),
    nodes: nodes(2),
    lines: ['create on n1', 'create on n2'],
    tally: 'running: 2 desired, 0 active, 0 succeeded, 0 failed',
  },
  {
    says: 'parallelism counts what runs',
    job: aJob({ parallelism: 2 }),
    nodes: nodes(3),
    pods: [aPod('n1')],
    lines: ['create on n2'],
    tally: 'running: 3 desired, 1 active, 0 succeeded, 0 failed',
  },
  {
    says: 'a share of the nodes is rounded up',
    job: aJob({ parallelism: '30%' }),
    nodes: nodes(5),
    lines: ['create on n1', 'create on n2'],
    tally: 'running: 5 desired, 0 active, 0 succeeded, 0 failed',
  },
  {
    says: 'a text without a percent sign is a share too, as in OpenKruise',
    job: aJob({ parallelism: '40' }),
    nodes: nodes(5),
    lines: ['create on n1', 'create on n2'],
    tally: 'running: 5 desired, 0 active, 0 succeeded, 0 failed',
  },
  {
    says: 'ten nodes under a limit of twenty start in one pass',
    job: aJob({ parallelism: 20 }),
    nodes: nodes(10),
    lines: Array.from({ length: 10 }, (_, i) => `create on n${i + 1}`).sort(),
    tally: 'running: 10 desired, 0 active, 0 succeeded, 0 failed',
  },
  {
    says: 'a negative parallelism that slipped through starts nothing',
    job: aJob({ parallelism: -1 }),
    nodes: nodes(1),
    lines: [],
    tally: 'running: 1 desired, 0 active, 0 succeeded, 0 failed',
  },
  {
    says: 'a pod on its way out may still run and counts for parallelism, but for nothing else',
    job: aJob({ parallelism: 1 }),
    nodes: nodes(2),
    pods: [aPod('n1', { deleted: true })],
    lines: [],
    tally: 'running: 2 desired, 0 active, 0 succeeded, 0 failed',
  },
  {
    says: 'a lowered parallelism ends no pod',
    job: aJob({ parallelism: 1 }),
    nodes: nodes(3),
    pods: [aPod('n1'), aPod('n2')],
    lines: [],
    tally: 'running: 3 desired, 2 active, 0 succeeded, 0 failed',
  },
  {
    says: 'a cordoned node does not take part',
    job: aJob(),
    nodes: [aNode('n1'), aNode('n2', { unschedulable: true })],
    lines: ['create on n1'],
    tally: 'running: 1 desired, 0 active, 0 succeeded, 0 failed',
  },
  {
    says: 'neither a cordon nor a NoSchedule taint ends a pod or makes a node run again',
    job: aJob(),
    nodes: [
      aNode('n1', { unschedulable: true }),
      aNode('n2', { taints: [{ key: 'full', effect: 'NoSchedule' }] }),
      aNode('n3', { unschedulable: true }),
    ],
    pods: [aPod('n1'), aPod('n2', { phase: 'Pending' }), aPod('n3', { phase: 'Succeeded' })],
    lines: [],
    tally: 'running: 3 desired, 2 active, 1 succeeded, 0 failed',
  },
  {
    says: 'a NoExecute taint ends a pod that does not tolerate it, and none that has ended',
    job: aJob(),
    nodes: ['n1', 'n2', 'n3'].map(name => aNode(name, { taints: [{ key: 'gone', effect: 'NoExecute' }] })),
    pods: [
      aPod('n1'),
      aPod('n2', { tolerations: [{ key: 'gone', operator: 'Exists' }] }),
      aPod('n3', { phase: 'Succeeded' }),
    ],
    lines: ['delete pod-n1: it does not tolerate a NoExecute taint of its node'],
    tally: 'running: 3 desired, 2 active, 1 succeeded, 0 failed',
  },
  {
    says: 'a pod whose node is gone is removed',
    job: aJob(),
    nodes: nodes(1),
    pods: [aPod('n9'), aPod('n8', { phase: 'Succeeded' })],
    lines: ['create on n1', 'delete pod-n9: its node is gone'],
    tally: 'running: 3 desired, 1 active, 1 succeeded, 0 failed',
  },
  {
    says: 'a node made anew waits for the pod of the one that is gone',
    job: aJob(),
    nodes: [aNode('n1', { uid: 'second' })],
    pods: [aPod('n1')],
    lines: ['delete pod-n1: its node is gone'],
    tally: 'running: 2 desired, 1 active, 0 succeeded, 0 failed',
  },
  {
    says: 'a node made anew runs the job, although the one before it was done',
    job: aJob(),
    nodes: [aNode('n1', { uid: 'second' })],
    pods: [aPod('n1', { phase: 'Succeeded' })],
    lines: ['create on n1'],
    tally: 'running: 2 desired, 0 active, 1 succeeded, 0 failed',
  },
  {
    says: 'a pod that OpenKruise made belongs to the node of its name',
    job: aJob(),
    nodes: nodes(1),
    pods: [aPod('n1', { nodeUid: null })],
    lines: [],
    tally: 'running: 1 desired, 1 active, 0 succeeded, 0 failed',
  },
  {
    says: 'of two pods on a node the older stays',
    job: aJob(),
    nodes: nodes(1),
    pods: [aPod('n1', { name: 'young', createdAt: noon + 1000 }), aPod('n1', { name: 'old' })],
    lines: ['delete young: the job has pod old on this node already'],
    tally: 'running: 1 desired, 1 active, 0 succeeded, 0 failed',
  },
  {
    says: 'a second pod on a node that is done goes',
    job: aJob({}),
    nodes: nodes(2),
    pods: [aPod('n1', { phase: 'Succeeded', createdAt: noon + 1000 }), aPod('n1', { name: 'other' }), aPod('n2')],
    lines: ['delete other: the job has pod pod-n1 on this node already'],
    tally: 'running: 2 desired, 1 active, 1 succeeded, 0 failed',
  },
  {
    says: 'a terminating pod that did not end is not done: its node waits and runs again',
    job: aJob(),
    nodes: nodes(2),
    pods: [aPod('n1', { deleted: true }), aPod('n2', { phase: 'Succeeded' })],
    lines: [],
    tally: 'running: 2 desired, 0 active, 1 succeeded, 0 failed',
  },
  {
    says: 'a pod that its deletion ended has not failed',
    job: aJob(),
    nodes: nodes(1),
    pods: [aPod('n1', { deleted: true, phase: 'Failed' })],
    lines: [],
    tally: 'running: 1 desired, 0 active, 0 succeeded, 0 failed',
  },
  {
    says: 'all nodes done completes the job',
    job: aJob(),
    nodes: nodes(2),
    pods: [aPod('n1', { phase: 'Succeeded' }), aPod('n2', { phase: 'Succeeded', deleted: true })],
    lines: [],
    tally: 'completed: 2 desired, 0 active, 2 succeeded, 0 failed',
  },
  {
    says: 'without a fitting node the job waits for one',
    job: aJob(),
    lines: [],
    tally: 'running: 0 desired, 0 active, 0 succeeded, 0 failed',
  },
  {
    says: 'FailFast ends the job at the first failed pod, and removes nothing before that is written',
    job: aJob({}),
    nodes: nodes(4),
    pods: [aPod('n1', { phase: 'Succeeded' }), aPod('n2', { phase: 'Failed' }), aPod('n3')],
    lines: [],
    tally: 'failed: 4 desired, 1 active, 1 succeeded, 1 failed',
  },
  {
    says: 'FailFast does not end a job that never ends',
    job: aJob({ completionPolicy: { type: 'Never' } }),
    nodes: nodes(2),
    pods: [aPod('n1', { phase: 'Failed' })],
    lines: ['create on n2'],
    tally: 'running: 2 desired, 0 active, 0 succeeded, 1 failed',
  },
  {
    says: 'a job that never ends stays up when all nodes are done',
    job: aJob({ completionPolicy: { type: 'Never' } }),
    nodes: nodes(1),
    pods: [aPod('n1', { phase: 'Succeeded' })],
    lines: [],
    tally: 'running: 1 desired, 0 active, 1 succeeded, 0 failed',
  },
  {
    says: 'Continue goes on after a failure',
    job: aJob({ failurePolicy: { type: 'Continue' } }),
    nodes: nodes(3),
    pods: [aPod('n1', { phase: 'Succeeded' }), aPod('n2', { phase: 'Failed' })],
    lines: ['create on n3'],
    tally: 'running: 3 desired, 0 active, 1 succeeded, 1 failed',
  },
  {
    says: 'under Continue a failed node is done',
    job: aJob({ failurePolicy: { type: 'Continue' } }),
    nodes: nodes(2),
    pods: [aPod('n1', { phase: 'Succeeded' }), aPod('n2', { phase: 'Failed' })],
    lines: [],
    tally: 'completed: 2 desired, 0 active, 1 succeeded, 1 failed',
  },
  {
    says: 'Pause holds the job and lets pods run on',
    job: aJob({ failurePolicy: { type: 'Pause' } }),
    nodes: nodes(3),
    pods: [aPod('n1'), aPod('n2', { phase: 'Failed' })],
    lines: [],
    tally: 'paused: 3 desired, 1 active, 0 succeeded, 1 failed',
  },
  {
    says: 'a pod restarted beyond the limit has failed',
    job: aJob({ failurePolicy: { type: 'Continue', restartLimit: 2 } }),
    nodes: nodes(2),
    pods: [aPod('n1', { restarts: 2 }), aPod('n2', { restarts: 3 })],
    lines: [],
    tally: 'running: 2 desired, 1 active, 0 succeeded, 1 failed',
  },
  {
    says: 'the default limit is no restart at all',
    job: aJob(),
    nodes: nodes(1),
    pods: [aPod('n1', { restarts: 1 })],
    lines: [],
    tally: 'failed: 1 desired, 0 active, 0 succeeded, 1 failed',
  },
  {
    says: 'a paused job does nothing, even to a pod whose node is gone',
    job: aJob({ paused: true }),
    nodes: nodes(3),
    pods: [aPod('n1'), aPod('n9')],
    lines: [],
    tally: 'paused: 4 desired, 2 active, 0 succeeded, 0 failed',
  },
];

for (const { says, lines, tally, ...objects } of rows)
  test(says, () => {
    const plan = planFor(objects);
    assert.deepEqual(linesOf(plan), lines);
    assert.equal(tallyOf(plan), tally);
  });

/** The job as the apiserver keeps it after the plan's status was written. */
const after = (job: KubeObject, objects: Omit<Objects, 'job'>): KubeObject => ({
  ...job,
  status: { ...(job['status'] as Wire), ...planFor({ job, ...objects }).status?.is },
});

test('a failed job removes what still runs, keeps what has ended, and counts what it ended as failed', () => {
  const world = {
    nodes: nodes(4),
    pods: [
      aPod('n1', { phase: 'Failed' }),
      aPod('n2'),
      aPod('n3', { restarts: 1 }),
      aPod('n4', { phase: 'Succeeded' }),
    ],
  };
  const failed = after(aJob(), world);
  const plan = planFor({ job: failed, ...world });
  assert.deepEqual(linesOf(plan), ['delete pod-n2: the job is over', 'delete pod-n3: the job is over']);
  const gone = { nodes: world.nodes, pods: [aPod('n1', { phase: 'Failed' }), aPod('n4', { phase: 'Succeeded' })] };
  const end = planFor({ job: failed, ...gone });
  assert.deepEqual(linesOf(end), []);
  assert.deepEqual([end.status?.is['active'], end.status?.is['failed'], end.status?.is['succeeded']], [0, 3, 1]);
});

test('a pod that succeeds although its job has failed is counted as succeeded, and nothing twice', () => {
  const world = { nodes: nodes(3), pods: [aPod('n1', { phase: 'Failed' }), aPod('n2'), aPod('n3')] };
  const failed = after(aJob(), world);
  const pods = [aPod('n1', { phase: 'Failed' }), aPod('n2', { phase: 'Succeeded', deleted: true })];
  const { active, succeeded, failed: number } = planFor({ job: failed, nodes: nodes(3), pods }).status?.is ?? {};
  assert.deepEqual([active, succeeded, number], [0, 1, 2]);
});

test('a job that is over counts no more, whatever becomes of nodes and pods', () => {
  const world = { nodes: nodes(2), pods: [aPod('n1', { phase: 'Succeeded' }), aPod('n2', { phase: 'Succeeded' })] };
  const complete = after(aJob(), world);
  const later = planFor({ job: complete, nodes: [...nodes(2), aNode('n3')], pods: [] });
  assert.deepEqual(later.actions, []);
  assert.deepEqual([later.status?.is['desired'], later.status?.is['succeeded']], [2, 2]);
});

test('the deadline is an absolute time: it wakes the pass that enforces it, also after a restart', () => {
  const startTime = timestampOf(noon - seconds(7));
  const job = aJob({ completionPolicy: { activeDeadlineSeconds: 10 } }, { startTime });
  const world = { nodes: nodes(1), pods: [aPod('n1')] };
  assert.equal(planFor({ job, ...world }).wakeAfter, seconds(3));
  const late = planFor({ job, ...world, now: noon + seconds(3) });
  assert.equal(conditionIn(late, 'Failed'), 'True DeadlineExceeded');
  assert.equal(conditionIn(late, 'Stalled'), 'True DeadlineExceeded');
  assert.equal(late.notices?.[0]?.reason, 'DeadlineExceeded');
});

test('the time to live is absolute, too, and zero removes at once', () => {
  const over = { conditions: [{ type: 'Complete', status: 'True' }], completionTime: timestampOf(noon) };
  const job = (ttl: number): KubeObject => aJob({ completionPolicy: { ttlSecondsAfterFinished: ttl } }, over);
  assert.equal(planFor({ job: job(60), now: noon + seconds(20) }).wakeAfter, seconds(40));
  const removal = ['delete job: ttlSecondsAfterFinished has passed since the job ended'];
  assert.deepEqual(linesOf(planFor({ job: job(60), now: noon + seconds(60) })), removal);
  assert.deepEqual(linesOf(planFor({ job: job(0) })), removal);
  assert.deepEqual(planFor({ job: aJob({}, over) }).actions, []);
});

test('a job that is being deleted starts nothing', () => {
  const job = aJob();
  const leaving = { ...job, metadata: { ...job.metadata, deletionTimestamp: timestampOf(noon) } };
  assert.deepEqual(planFor({ job: leaving, nodes: nodes(2) }), { actions: [] });
});

test('a stored job that cannot be read is reported and left alone', () => {
  const plan = planFor({ job: aJob({ parallelism: 'abc' }), nodes: nodes(2) });
  assert.deepEqual(plan.actions, []);
  assert.equal(conditionIn(plan, 'Stalled'), 'True InvalidSpec');
});

test('a pod is named after job, node and attempt, labelled, owned, and pinned by affinity in place of the required terms', () => {
  const term = { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] };
  const preferred = [{ weight: 1, preference: term }];
  const affinity = {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] },
      preferredDuringSchedulingIgnoredDuringExecution: preferred,
    },
  };
  const node = aNode('n1');
  const labelled = { ...node, metadata: { ...node.metadata, labels: { zone: 'a' } } };
  const spec = { template: { metadata: { labels: { app: 'x' } }, spec: { ...template.spec, affinity, unknown: 1 } } };
  const [action] = planFor({ job: aJob(spec), nodes: [labelled] }).actions;
  assert.ok(action?.do === 'create');
  const { metadata, ...pod } = action.object;
  assert.match(metadata.name ?? '', /^job-[0-9a-f]{12}$/);
  assert.deepEqual(metadata.labels, {
    app: 'x',
    [labels.broadcastJobName]: 'job',
    [labels.broadcastJobUid]: 'job-uid',
  });
  assert.deepEqual(metadata.annotations, { [annotations.nodeUid]: 'uid-n1' });
  assert.deepEqual(metadata.ownerReferences?.[0]?.uid, 'job-uid');
  const pin = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] };
  assert.deepEqual(pod['spec'], {
    ...template.spec,
    unknown: 1,
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [pin] },
        preferredDuringSchedulingIgnoredDuringExecution: preferred,
      },
    },
    readinessGates: [{ conditionType: 'KruisePodReady' }],
  });
  assert.equal((term.matchExpressions[0] ?? assert.fail()).key, 'zone');
});

test("a name that is somebody else's gives way to the next attempt, and the same attempt always has the same name", () => {
  const nameOf = (pods: readonly KubeObject[]): string => {
    const [action] = planFor({ job: aJob(), nodes: nodes(1), pods }).actions;
    return action?.do === 'create' ? (action.object.metadata.name ?? '') : '';
  };
  const first = nameOf([]);
  assert.equal(nameOf([]), first);
  const pod = aPod('n1', { name: first });
  const foreign = { ...pod, metadata: { ...pod.metadata, ownerReferences: [] } };
  const second = nameOf([foreign]);
  assert.match(second, /^job-[0-9a-f]{12}$/);
  assert.notEqual(second, first);
});

test('each node without a pod has one reason, and the status counts them', () => {
  const plan = planFor({
    job: aJob({ parallelism: 3 }),
    nodes: [...nodes(4), aNode('n5', { unschedulable: true }), aNode('n6')],
    pods: [aPod('n1'), aPod('n6', { deleted: true })],
  });
  assert.deepEqual(
    reasonsIn(plan)
      .map(({ pod, reason }) => `${pod} ${reason}`)
      .sort(),
    [
      'node/n2 Starting',
      'node/n3 ParallelismUsed',
      'node/n4 ParallelismUsed',
      'node/n5 Unschedulable',
      'node/n6 FormerPodLeaving',
    ],
  );
  const counted = plan.status?.is['pods'];
  assert.ok(Array.isArray(counted));
  assert.deepEqual(counted[1], { reason: 'ParallelismUsed', count: 2, pods: ['node/n3', 'node/n4'] });
});

test('conditions follow kstatus', () => {
  const of = (job: KubeObject, pods: readonly KubeObject[]): readonly (string | undefined)[] => {
    const plan = planFor({ job, nodes: nodes(2), pods });
    return ['Ready', 'Reconciling', 'Stalled'].map(type => conditionIn(plan, type));
  };
  const done = ['n1', 'n2'].map(node => aPod(node, { phase: 'Succeeded' }));
  const never = aJob({ completionPolicy: { type: 'Never' } });
  assert.deepEqual(of(aJob(), []), ['False Running', 'True Running', 'False Running']);
  assert.deepEqual(of(aJob(), done), ['True Complete', 'False Complete', 'False Complete']);
  assert.deepEqual(of(never, done), ['True UpToDate', 'False UpToDate', 'False UpToDate']);
  const broken = [aPod('n1', { phase: 'Failed' }), aPod('n2', { phase: 'Succeeded' })];
  assert.deepEqual(of(never, broken), ['False PodFailed', 'False PodFailed', 'True PodFailed']);
  assert.deepEqual(of(aJob(), broken), ['False PodFailed', 'False PodFailed', 'True PodFailed']);
  assert.deepEqual(of(aJob({ paused: true }), []), ['False Paused', 'False Paused', 'False Paused']);
});

test('a change of phase is told once', () => {
  const paused = aJob({ paused: true });
  assert.equal(planFor({ job: paused, nodes: nodes(1) }).notices?.length, 1);
  const known = after(paused, { nodes: nodes(1) });
  assert.deepEqual(planFor({ job: known, nodes: nodes(1) }).notices, []);
  const resumed = { ...known, spec: aJob()['spec'] };
  assert.equal(planFor({ job: resumed, nodes: nodes(1) }).notices?.[0]?.reason, 'Continue');
});

describe('Pods that the apiserver refuses', () => {
  const refused = 'pods "job" is forbidden: exceeded quota';

  it('stall the job with its words when nothing else runs', () => {
    const plan = planFor({ job: aJob(), nodes: [aNode('a'), aNode('b')], refused });
    assert.deepEqual(
      reasonsIn(plan).map(r => `${r.pod} ${r.reason}: ${r.message}`),
      ['a', 'b'].map(node => `node/${node} Refused: the apiserver refuses its pod: ${refused}`),
    );
    assert.equal(conditionIn(plan, 'Stalled'), 'True Refused');
    assert.deepEqual(linesOf(plan), ['create on a', 'create on b'], 'they are tried again all the same');
  });

  it('are only told of while others run', () => {
    const plan = planFor({ job: aJob(), nodes: [aNode('a'), aNode('b')], pods: [aPod('a')], refused });
    assert.equal(conditionIn(plan, 'Reconciling'), 'True Running');
    assert.match(JSON.stringify(plan.status?.is), /the apiserver refuses 1 pod: pods/);
  });
});
