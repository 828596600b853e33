/** What is told as an event: once, when it begins. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Plan, Wire } from '../../kube/contract.ts';
import type { Cluster } from '../../test/support/cluster/cluster.ts';
import { aPod, aSidecarSet, injected } from '../../test/support/sidecarsets.ts';
import { Namespaces, Pods } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { fleet, settled, statusOf } from './fixture.ts';

const told = (plan: Plan | undefined): readonly string[] =>
  (plan?.notices ?? []).map(n => `${n.type} ${n.about.resource.kind} ${n.about.name}: ${n.reason}: ${n.message}`);

/** All that is told until nothing changes. */
const story = (cluster: Cluster): readonly string[] => {
  const notices: string[] = [];
  for (let second = 0; second < 120; second += 1) {
    cluster.seeAll();
    notices.push(...told(cluster.pass('logs')));
    cluster.stepAllPods();
    cluster.wait(1000);
  }
  return notices;
};

const owned = (name: string, owner: string, metadata: Wire = {}) =>
  aPod(
    name,
    {},
    {
      labels: { app: 'web' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }],
      ...metadata,
    },
  );

describe('Events of a set', () => {
  it('tell a reason when it begins, with how many pods it has and some of their names', () => {
    const cluster = fleet(7);
    cluster.apply(SidecarSets, aSidecarSet({ image: 'log:v2', strategy: { maxUnavailable: 0 } }));
    assert.deepEqual(story(cluster), [
      'Normal SidecarSet logs: BudgetUsed: 7 pods: maxUnavailable 0 leaves none to be taken (default/web-0, default/web-1, default/web-2, default/web-3, default/web-4 and 2 more)',
    ]);
  });

  it('tell of a whole roll in few words', () => {
    const cluster = fleet(5);
    cluster.apply(SidecarSets, aSidecarSet({ image: 'log:v2' }));
    assert.deepEqual(
      story(cluster).map(line => line.split(': ')[1]),
      ['BudgetUsed', 'UpToDate'],
    );
  });

  it('tell once that something is refused, and once that nothing else moves', () => {
    const cluster = fleet(3);
    cluster.refuse(action => (action.do === 'patch' && action.part === 'object' ? 'no' : undefined));
    cluster.apply(SidecarSets, aSidecarSet({ image: 'log:v2' }));
    const lines = story(cluster).filter(line => line.includes('Refused'));
    assert.deepEqual(
      lines.map(line => line.replace(/web-\d/, 'web-N')),
      [
        'Warning SidecarSet logs: Refused: 1 pod: the apiserver refuses: no (default/web-N)',
        'Warning SidecarSet logs: Refused: 0 of 3 pods are up to date; the apiserver refuses: no (default/web-N, default/web-1, default/web-2)',
      ],
    );
  });
});

describe('The time of a rollout', () => {
  it('runs from the first pod that is behind, and is told once', () => {
    const cluster = fleet(3);
    cluster.apply(SidecarSets, aSidecarSet({ image: 'log:v2' }));
    const times: number[] = [];
    const began = cluster.now;
    let over = 0;
    for (let second = 0; second < 120; second += 1) {
      cluster.seeAll();
      const took = cluster.pass('logs')?.rolledOut;
      if (took !== undefined) over = cluster.now;
      times.push(...(took === undefined ? [] : [took]));
      cluster.stepAllPods();
      cluster.wait(1000);
    }
    assert.deepEqual(times, [over - began]);
    assert.ok(over > began);
  });
});

describe('Pods without the containers', () => {
  it('are told of on their owner, once for all of its pods', () => {
    const cluster = fleet(1);
    for (const name of ['a', 'b']) cluster.apply(Pods, owned(name, 'web-1'));
    const lines = story(cluster);
    const message =
      'was created without the containers while the webhook was away or the set did not select it, and gets them when it is made anew';
    assert.deepEqual(lines, [
      `Warning SidecarSet logs: NotInjected: 2 pods: ${message} (default/a, default/b)`,
      `Warning ReplicaSet web-1: NotInjected: a pod without the containers of SidecarSet logs: ${message}`,
    ]);
    cluster.apply(Pods, owned('c', 'web-2'));
    assert.deepEqual(
      story(cluster).map(line => line.split(':')[0]),
      ['Warning ReplicaSet web-1', 'Warning ReplicaSet web-2'],
    );
  });

  it('of many owners are told of on some', () => {
    const cluster = fleet(1);
    for (let i = 0; i < 30; i += 1) cluster.apply(Pods, owned(`p-${i}`, `web-${i}`));
    assert.equal(story(cluster).filter(line => line.includes('ReplicaSet')).length, 20);
  });

  const reasonOf = (cluster: Cluster): string | undefined =>
    (statusOf(cluster)['pods'] as readonly { reason: string }[])[0]?.reason;

  it('have a reason each', () => {
    const old = fleet(0);
    const paused = fleet(0, { spec: { injectionStrategy: { paused: true } } });
    const away = fleet(0);
    const outside = fleet(0);
    outside.apply(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } });
    outside.apply(Pods, owned('late', 'web-1', { namespace: 'kube-system' }));
    for (const cluster of [paused, away]) cluster.apply(Pods, owned('late', 'web-1'));
    old.objects.remove(SidecarSets, 'logs');
    old.apply(Pods, owned('late', 'web-1'));
    old.wait(60_000);
    old.apply(SidecarSets, aSidecarSet());
    const all = [old, outside, paused, away];
    for (const cluster of all) cluster.settle('logs');
    assert.deepEqual(all.map(reasonOf), ['OlderThanSet', 'NamespaceExcluded', 'InjectionPaused', 'NotInjected']);
  });

  it('are none of a base set whose canary they carry', () => {
    const cluster = fleet(0);
    const canary = aSidecarSet({
      name: 'logs-canary',
      strategy: { type: 'NotUpdate' },
      metadata: {
        annotations: { 'apps.kruise.io/sidecarset-canary': 'true', 'apps.kruise.io/sidecarset-base': 'logs' },
      },
    });
    cluster.apply(SidecarSets, canary);
    cluster.apply(Pods, injected(aPod('late'), [canary], cluster.now));
    cluster.settle('logs');
    assert.equal(statusOf(cluster)['uninjectedPods'], 0);
  });

  it('are told again of nobody when nothing is new', () => {
    const cluster = fleet(1);
    cluster.apply(Pods, owned('a', 'web-1'));
    settled(cluster, {});
    assert.deepEqual(story(cluster), []);
  });
});
