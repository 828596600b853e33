/** Rules about nodes of jobs and about ends of rollouts: each finds the story that breaks it, and is silent about one that does not. */

import { describe, test } from 'node:test';
import type { Wire } from '../../../kube/contract.ts';
import { aJob, jobPod, logSet, Story, update, webPod } from '../story.fixture.ts';
import { breaks, breaksNothing, newRevision, three } from '../verdict.fixture.ts';

describe('a job on a node that does not fit', () => {
  const on = (node: Wire, pod: Wire = {}): Story => {
    const story = aJob(new Story(), 4).write('Node', 'n1', { spec: node }).begins().wait(10_000);
    return story.write('Pod', 'j1', {
      metadata: {
        ownerReferences: [
          { apiVersion: 'apps.kruise.io/v1beta1', kind: 'BroadcastJob', uid: 'uid-job', controller: true },
        ],
      } as Wire,
      spec: { nodeName: 'n1', ...pod },
    });
  };
  const taint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
  test('a taint', () => {
    breaks(on({ taints: [taint] }), 'once means once', /j1 is made for n1, whose taint gpu it does not tolerate/u);
    breaksNothing(on({ taints: [taint] }, { tolerations: [{ key: 'gpu', operator: 'Exists' }] }));
    breaksNothing(on({ taints: [{ ...taint, effect: 'PreferNoSchedule' }] }));
  });
  test('a cordon', () =>
    breaks(on({ unschedulable: true }), 'once means once', /taint node.kubernetes.io\/unschedulable/u));
  test('a selector', () =>
    breaks(on({}, { nodeSelector: { disk: 'ssd' } }), 'once means once', /whose labels its nodeSelector/u));
  test('no node at all', () =>
    breaks(on({}, { nodeName: 'n9' }), 'once means once', /made for n9, which does not exist/u));
  test('one that was changed a moment ago may not be known yet', () => {
    const story = aJob(new Story(), 4)
      .begins()
      .wait(10_000)
      .write('Node', 'n1', { spec: { unschedulable: true } });
    breaksNothing(jobPod(story, 'j1', { node: 'n1', phase: 'Pending' }));
  });
});

describe('complete means complete', () => {
  test('a StatefulSet says that it is ready, and a pod is behind', () => {
    const { story, pods } = three();
    newRevision(story.wait(10_000));
    for (const pod of pods.slice(1)) update(pod, 'db:v2', 'v2');
    const conditions = [{ type: 'Ready', status: 'True' }];
    const isOver = { status: { conditions, updatedReplicas: 2 } };
    breaks(
      story.write('StatefulSet', 'db', isOver),
      'status never lies',
      /says that it is ready, and default\/db-0 is at v1/u,
    );
  });
  test('a SidecarSet counts all its pods as updated, and one is not', () => {
    const story = logSet(new Story(), 2);
    for (const name of ['a', 'b']) webPod(story, name);
    story.write('SidecarSet', 'logs', {
      metadata: { generation: 2 },
      spec: { containers: [{ name: 'log', image: 'log:v2' }] },
      status: { observedGeneration: 2, matchedPods: 2, updatedPods: 0 },
    });
    webPod(story.begins().wait(10_000), 'a', { image: 'log:v2' });
    story.write('SidecarSet', 'logs', { status: { updatedPods: 1 } });
    breaksNothing(story);
    breaks(
      story.write('SidecarSet', 'logs', { status: { updatedPods: 2 } }),
      'status never lies',
      /and default\/b is not/u,
    );
  });
  test('a job counts a node twice', () => {
    const story = jobPod(aJob(new Story().begins(), 4), 'j1', { node: 'n1', phase: 'Succeeded' });
    breaksNothing(story.write('BroadcastJob', 'job', { status: { succeeded: 1 } }));
    breaks(
      story.write('BroadcastJob', 'job', { status: { succeeded: 2 } }),
      'status never lies',
      /counts 2 nodes as succeeded, and 1 pods have/u,
    );
  });
});
