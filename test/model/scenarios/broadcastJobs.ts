/** BroadcastJobs: runs on a few nodes, with pods that fail, are deleted, and nodes that change. */

import { broadcastJobs } from '../../../controllers/broadcastjob/controller.ts';
import { aJob, aNode, type NodeWish } from '../../../controllers/broadcastjob/fixture.ts';
import { podName } from '../../../controllers/broadcastjob/podFor.ts';
import type { Wire } from '../../../kube/contract.ts';
import { BroadcastJobs } from '../../../workloads/broadcastjobs.ts';
import { Nodes, Pods } from '../../../workloads/resources.ts';
import { counts, ends, onceMeansOnce } from '../judges/broadcastJob.ts';
import { wellFormed } from '../judges/plans.ts';
import type { Edit, Scenario } from '../scenario.ts';

interface Story {
  readonly nodes: number;
  readonly spec: Wire;
  readonly edits: readonly Edit[];
  readonly end: 'completed' | 'failed' | 'either';
  readonly always?: 'ends well';
  readonly promptStatus?: true;
}

const story = (name: string, { nodes, spec, edits, end, always, promptStatus }: Story): Scenario => ({
  name: `BroadcastJob: ${name}`,
  controllers: [{ controller: broadcastJobs, key: 'default/job' }],
  objects: [
    { resource: BroadcastJobs, object: { ...aJob(spec), metadata: { name: 'job', namespace: 'default' } } },
    ...Array.from({ length: nodes }, (_, i) => ({ resource: Nodes, object: aNode(`n${i}`) })),
  ],
  settled: false,
  script: edits,
  processOf: () => always ?? 'may end',
  judges: [onceMeansOnce(), counts(), wellFormed(), ends(end)],
  lagging: ['pods', 'nodes', 'broadcastjobs'],
  lags: 1,
  crashes: 1,
  ...(promptStatus ? { promptStatus } : {}),
});

const nodeEdit = (says: string, name: string, make: Edit['make']): Edit => ({
  says: `${says} ${name}`,
  slot: `nodes/${name}`,
  resource: Nodes,
  make,
});

const becoming = (says: string, name: string, wish: NodeWish): Edit =>
  nodeEdit(says, name, there =>
    there === undefined ? 'nothing' : { ...there.object, spec: aNode(name, wish)['spec'] },
  );

const jobEdit = (says: string, change: Wire): Edit => ({
  says,
  slot: 'broadcastjobs/default/job',
  resource: BroadcastJobs,
  make: there =>
    there === undefined ? 'nothing' : { ...there.object, spec: { ...(there.object['spec'] as Wire), ...change } },
});

/** The first pod that the job makes on a node. */
const deletingPodOn = (node: string): Edit => ({
  says: `deletes the pod on ${node}`,
  slot: `pods/default/${podName({ name: 'job', uid: 'uid-broadcastjobs/default/job' }, `uid-${node}`, 0)}`,
  resource: Pods,
  make: there =>
    there === undefined || there.object.metadata.deletionTimestamp !== undefined
      ? 'nothing'
      : { ...there.object, metadata: { ...there.object.metadata, deletionTimestamp: '2026-01-01T12:00:00Z' } },
});

const two = { parallelism: 2 };
const goOn = { failurePolicy: { type: 'Continue' } };

export const broadcastJobScenarios: readonly Scenario[] = [
  story('a run on three nodes, two at a time', {
    nodes: 3,
    spec: { ...two, ...goOn },
    edits: [],
    end: 'completed',
    promptStatus: true,
  }),
  story('the first failure ends it', {
    nodes: 2,
    spec: { ...two, failurePolicy: { type: 'FailFast' } },
    edits: [],
    end: 'either',
  }),
  story('a failure holds it, and is let go', {
    nodes: 2,
    spec: { parallelism: 1, failurePolicy: { type: 'Pause' } },
    edits: [jobEdit('lets failures go', goOn)],
    end: 'completed',
  }),
  story('a pod is deleted', { nodes: 2, spec: { ...two, ...goOn }, edits: [deletingPodOn('n0')], end: 'completed' }),
  story('a node is cordoned, and is not any more', {
    nodes: 2,
    spec: { parallelism: 1, ...goOn },
    edits: [becoming('cordons', 'n1', { unschedulable: true }), becoming('uncordons', 'n1', {})],
    end: 'completed',
    always: 'ends well',
  }),
  story('a node is made anew', {
    nodes: 2,
    spec: { parallelism: 1, ...goOn },
    edits: [
      nodeEdit('removes', 'n1', () => undefined),
      nodeEdit('makes anew', 'n1', () => aNode('n1', { uid: 'uid-n1-anew' })),
    ],
    end: 'completed',
    always: 'ends well',
  }),
  story('paused, and resumed', {
    nodes: 2,
    spec: { ...two, ...goOn },
    edits: [jobEdit('pauses it', { paused: true }), jobEdit('resumes it', { paused: false })],
    end: 'completed',
    always: 'ends well',
  }),
];
