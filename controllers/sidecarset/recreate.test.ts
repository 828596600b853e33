/** `updateStrategy.nonInPlace: Recreate`: pods that cannot be changed where they stand are evicted, within the budget. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { Cluster } from '../../test/support/cluster/cluster.ts';
import { reasonsIn } from '../../test/support/reasons.ts';
import { aPod, aSidecarSet, injected, type SetOptions } from '../../test/support/sidecarsets.ts';
import { timestampOf } from '../../workloads/pods/project.ts';
import { Namespaces, Pods } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { controller } from './fixture.ts';

const owned = (kind: string): Wire => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'web', uid: 'owner', controller: true }],
});

const old: SetOptions = { strategy: { nonInPlace: 'Recreate' } };
const wanted = (strategy: Wire = {}, spec: Wire = {}): SetOptions => ({
  container: { env: [{ name: 'LEVEL', value: 'debug' }] },
  strategy: { nonInPlace: 'Recreate', ...strategy },
  spec,
});

/** The pod, with the set's containers in it. */
const create = (cluster: Cluster, options: SetOptions, pod: KubeObject): void =>
  cluster.apply(Pods, injected(pod, [aSidecarSet(options)], cluster.now));

const ofReplicaSet = (name: string): KubeObject => aPod(name, {}, owned('ReplicaSet'));

const fleet = (pods: number): Cluster => {
  const cluster = new Cluster(controller);
  cluster.apply(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  cluster.apply(SidecarSets, aSidecarSet(old));
  for (let i = 0; i < pods; i += 1) create(cluster, old, ofReplicaSet(`web-${i}`));
  cluster.settle('logs');
  return cluster;
};

const names = (cluster: Cluster): readonly string[] =>
  cluster.objects.list(Pods).map(({ metadata }) => metadata.name ?? '');

const isDown = ({ metadata, status }: KubeObject): boolean => {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type: string; status: string }[] };
  return metadata.deletionTimestamp !== undefined || !conditions.some(c => c.type === 'Ready' && c.status === 'True');
};

/** Seconds go by; a controller makes a new pod for each that goes. Returns the most pods that were down at a time. */
const live = (cluster: Cluster, options: SetOptions, rounds = 120): number => {
  const size = cluster.objects.list(Pods).length;
  let made = 0;
  let most = 0;
  for (let round = 0; round < rounds; round += 1) {
    cluster.seeAll();
    cluster.pass('logs');
    const serving = cluster.objects.list(Pods).filter(pod => !isDown(pod)).length;
    most = Math.max(most, size - serving);
    if (round % 2 === 0) cluster.stepAllPods();
    const active = cluster.objects.list(Pods).filter(({ metadata }) => metadata.deletionTimestamp === undefined).length;
    for (let missing = size - active; missing > 0; missing -= 1)
      create(cluster, options, ofReplicaSet(`new-${made++}`));
    cluster.wait(1000);
  }
  return most;
};

const evicted = (cluster: Cluster, options: SetOptions): readonly string[] => {
  cluster.apply(SidecarSets, aSidecarSet(options));
  for (let second = 0; second < 8; second += 1) {
    cluster.seeAll();
    const evictions = (cluster.plan('logs')?.actions ?? []).flatMap(a => (a.do === 'evict' ? [a.target.name] : []));
    if (evictions.length > 0) return evictions;
    cluster.pass('logs');
    cluster.wait(1000);
  }
  return [];
};

describe('Pods that cannot be changed where they stand', () => {
  it('are all made anew, and no more than maxUnavailable are down at a time', () => {
    const cluster = fleet(6);
    cluster.apply(SidecarSets, aSidecarSet(wanted({ maxUnavailable: 2 })));
    const most = live(cluster, wanted());
    assert.deepEqual(
      names(cluster).filter(name => name.startsWith('web')),
      [],
    );
    assert.equal(most, 2);
    const status = cluster.objects.get(SidecarSets, 'logs')?.['status'] as Wire;
    assert.deepEqual([status['matchedPods'], status['updatedReadyPods']], [6, 6]);
  });

  it('cost as long as they are on their way out', () => {
    const cluster = fleet(3);
    cluster.apply(SidecarSets, aSidecarSet(wanted()));
    const [first = ''] = evicted(cluster, wanted());
    const pod = cluster.objects.get(Pods, `default/${first}`);
    assert.ok(pod);
    cluster.objects.put(Pods, {
      ...pod,
      metadata: { ...pod.metadata, deletionTimestamp: timestampOf(cluster.now) },
    });
    assert.deepEqual(evicted(cluster, wanted()), []);
  });

  it('are not evicted before new pods get the spec', () => {
    const cluster = fleet(1);
    cluster.apply(SidecarSets, aSidecarSet(wanted()));
    cluster.seeAll();
    cluster.pass('logs');
    cluster.seeAll();
    assert.deepEqual(
      cluster.plan('logs')?.actions.filter(a => a.do === 'evict'),
      [],
    );
  });

  const rows: readonly (readonly [string, SetOptions, number])[] = [
    ['are evicted one at a time by default', wanted(), 1],
    ['are kept by the partition', wanted({ partition: 3 }), 0],
    ['are kept while paused', wanted({ paused: true }), 0],
    ['are kept if they are not selected', wanted({ selector: { matchLabels: { canary: 'yes' } } }), 0],
    ['are kept under NotUpdate', wanted({ type: 'NotUpdate' }), 0],
    ['are kept if nobody asks for it', wanted({ nonInPlace: 'Keep' }), 0],
    ['are kept while new pods would not get the containers', wanted({}, { injectionStrategy: { paused: true } }), 0],
    [
      'are kept while new pods would get an earlier revision',
      wanted({}, { injectionStrategy: { revision: { customVersion: 'one' } } }),
      0,
    ],
  ];
  for (const [what, options, count] of rows) it(what, () => assert.equal(evicted(fleet(3), options).length, count));

  const alone: readonly (readonly [string, Wire, Wire])[] = [
    ['nobody would make anew', {}, {}],
    ['a kubelet runs from a file', owned('Node'), {}],
    ['run to their end', owned('Job'), { restartPolicy: 'Never' }],
  ];
  for (const [what, metadata, spec] of alone)
    it(`are kept if they are pods that ${what}`, () => {
      const cluster = fleet(0);
      create(cluster, old, aPod('solo', spec, metadata));
      cluster.settle('logs');
      assert.deepEqual(evicted(cluster, wanted()), []);
      assert.deepEqual(
        reasonsIn(cluster.plan('logs')).map(r => r.reason),
        ['NotInPlace'],
      );
    });

  it('stay while their budget refuses the eviction, in its words', () => {
    const words = "Cannot evict pod as it would violate the pod's disruption budget.";
    const cluster = fleet(2);
    cluster.refuse(action => (action.do === 'evict' ? words : undefined));
    cluster.apply(SidecarSets, aSidecarSet(wanted()));
    cluster.settle('logs');
    assert.deepEqual(names(cluster), ['web-0', 'web-1']);
    assert.deepEqual(
      reasonsIn(cluster.plan('logs')).map(r => `${r.reason}: ${r.message}`),
      [0, 1].map(() => `Refused: the apiserver refuses: ${words}`),
    );
  });

  it('are updated where they stand if only the image changes', () => {
    const cluster = fleet(2);
    cluster.apply(SidecarSets, aSidecarSet({ ...old, image: 'log:v2' }));
    cluster.settle('logs');
    assert.deepEqual(names(cluster), ['web-0', 'web-1']);
  });
});
