/** What one pass would write, in words. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject, Plan, Resource, Wire } from '../../kube/contract.ts';
import { Cluster, linesOf } from '../../test/support/cluster/cluster.ts';
import { reasonsIn } from '../../test/support/reasons.ts';
import { aStatefulSet, type SetOptions } from '../../test/support/statefulsets.ts';
import { ControllerRevisions, PersistentVolumeClaims, Pods } from '../../workloads/resources.ts';
import { StatefulSets } from '../../workloads/statefulsets.ts';
import { statefulSets } from './controller.ts';

const key = 'default/web';

/** A set whose pods all run and serve. */
const running = (options: SetOptions = {}): Cluster => {
  const cluster = new Cluster(statefulSets);
  cluster.apply(StatefulSets, aStatefulSet(options));
  cluster.settle(key);
  return cluster;
};

/** The lines of the next pass, without the status. */
const next = (cluster: Cluster): readonly string[] => {
  cluster.seeAll();
  return linesOf(cluster.plan(key));
};

const pass = (cluster: Cluster): Plan | undefined => {
  cluster.seeAll();
  return cluster.pass(key);
};

/** A changed template, and its revision stored. */
const rolling = (cluster: Cluster, options: SetOptions): Cluster => {
  cluster.apply(StatefulSets, aStatefulSet(options));
  pass(cluster);
  return cluster;
};

const reasons = (cluster: Cluster): readonly string[] => {
  cluster.seeAll();
  return reasonsIn(cluster.plan(key))
    .map(({ pod, reason }) => `${pod} ${reason}`)
    .sort();
};

const statusOf = (cluster: Cluster): Wire => (cluster.objects.get(StatefulSets, key)?.['status'] ?? {}) as Wire;

const conditionsOf = (cluster: Cluster): readonly string[] =>
  (statusOf(cluster)['conditions'] as readonly { type: string; status: string; reason: string }[]).map(
    ({ type, status, reason }) => `${type} ${status} ${reason}`,
  );

const podNames = (cluster: Cluster): readonly string[] =>
  cluster.objects
    .list(Pods)
    .flatMap(({ metadata }) => metadata.name ?? [])
    .sort();

const podOf = (cluster: Cluster, name: string): KubeObject => {
  const pod = cluster.objects.get(Pods, `default/${name}`);
  assert.ok(pod, `${name} does not exist`);
  return pod;
};

const imageOf = (cluster: Cluster, name: string): unknown =>
  (podOf(cluster, name)['spec'] as { containers: readonly { image: string }[] }).containers[0]?.image;

/** Somebody else writes to a pod. */
const edit = (cluster: Cluster, name: string, change: (pod: KubeObject) => KubeObject): void =>
  void cluster.objects.put(Pods, change(podOf(cluster, name)));

const annotated = (annotations: Record<string, string>) => (pod: KubeObject) => ({
  ...pod,
  metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, ...annotations } },
});

describe('Creating', () => {
  it('stores the revision before any pod names it', () => {
    const cluster = new Cluster(statefulSets);
    cluster.apply(StatefulSets, aStatefulSet());
    assert.deepEqual(next(cluster).map(withoutHashes), ['create web-#: revision 1 of the template']);
    pass(cluster);
    assert.deepEqual(next(cluster).map(withoutHashes), [
      'create web-0: web-0 is wanted, at revision web-#',
      'create web-1: web-1 is wanted, at revision web-#',
      'create web-2: web-2 is wanted, at revision web-#',
    ]);
  });

  it('goes one by one in OrderedReady', () => {
    const cluster = new Cluster(statefulSets);
    cluster.apply(StatefulSets, aStatefulSet({ management: 'OrderedReady' }));
    pass(cluster);
    pass(cluster);
    assert.deepEqual(podNames(cluster), ['web-0']);
    assert.deepEqual(reasons(cluster), ['web-0 Unscheduled', 'web-1 OrderedBehind', 'web-2 OrderedBehind']);
    cluster.settle(key);
    assert.deepEqual(podNames(cluster), ['web-0', 'web-1', 'web-2']);
  });

  it('gives pods an identity, and their gates: one of them only if they change in place', () => {
    const inPlace = podOf(running({ spec: { serviceName: 'peers' } }), 'web-1');
    const recreated = podOf(running({ policy: 'ReCreate' }), 'web-1');
    assert.deepEqual(Object.keys(inPlace.metadata.labels ?? {}).sort(), [
      'app',
      'apps.kubernetes.io/pod-index',
      'controller-revision-hash',
      'statefulset.kubernetes.io/pod-name',
    ]);
    const spec = inPlace['spec'] as Wire;
    assert.deepEqual([spec['hostname'], spec['subdomain']], ['web-1', 'peers']);
    const always = { conditionType: 'KruisePodReady' };
    assert.deepEqual(spec['readinessGates'], [{ conditionType: 'InPlaceUpdateReady' }, always]);
    assert.deepEqual((recreated['spec'] as Wire)['readinessGates'], [always]);
  });

  it('leaves reserved ordinals out, from the first that is wanted', () => {
    const cluster = running({ spec: { reserveOrdinals: [3, '5-6'], ordinals: { start: 2 } }, replicas: 4 });
    assert.deepEqual(podNames(cluster), ['web-2', 'web-4', 'web-7', 'web-8']);
  });

  it('makes claims first, and pods when they are there', () => {
    const cluster = new Cluster(statefulSets);
    const claims = ['data', 'logs'].map(name => ({ metadata: { name }, spec: { accessModes: ['ReadWriteOnce'] } }));
    cluster.apply(StatefulSets, aStatefulSet({ replicas: 1, spec: { volumeClaimTemplates: claims } }));
    assert.deepEqual(next(cluster).slice(1), [
      'create data-web-0: volume claim template data',
      'create logs-web-0: volume claim template logs',
    ]);
    assert.deepEqual(reasons(cluster), ['web-0 WaitingForClaims']);
    cluster.settle(key);
    const volumes = (podOf(cluster, 'web-0')['spec'] as { volumes: readonly { name: string }[] }).volumes;
    assert.deepEqual(
      volumes.map(({ name }) => name),
      ['data', 'logs'],
    );
    assert.deepEqual(cluster.objects.get(PersistentVolumeClaims, 'default/data-web-0')?.metadata.labels, {
      app: 'web',
    });
  });

  it('adopts a selected pod of nobody that stands in a place, and keeps its other owners', () => {
    const cluster = new Cluster(statefulSets);
    const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x-uid' };
    cluster.apply(StatefulSets, aStatefulSet({ replicas: 1 }));
    cluster.objects.create(Pods, aPod('web-0', { app: 'web' }, [other]));
    assert.deepEqual(next(cluster).slice(1), ['patch web-0: a pod of nobody that the selector matches']);
    pass(cluster);
    const owners = podOf(cluster, 'web-0').metadata.ownerReferences ?? [];
    assert.deepEqual(
      owners.map(({ kind }) => kind),
      ['ConfigMap', 'StatefulSet'],
    );
  });

  it('leaves a place to a stranger and says so, without writing again and again', () => {
    const cluster = new Cluster(statefulSets);
    cluster.apply(StatefulSets, aStatefulSet());
    cluster.objects.create(Pods, aPod('web-1', { app: 'other' }, []));
    cluster.settle(key);
    assert.deepEqual(next(cluster), []);
    assert.deepEqual(reasons(cluster), ['web-1 NameTaken']);
    assert.ok(conditionsOf(cluster).includes('Stalled True NameTaken'));
  });

  it('releases a pod whose labels were changed', () => {
    const cluster = running();
    edit(cluster, 'web-1', pod => ({ ...pod, metadata: { ...pod.metadata, labels: {} } }));
    assert.deepEqual(next(cluster), ['patch web-1: the selector does not match it any more']);
    pass(cluster);
    assert.deepEqual(podOf(cluster, 'web-1').metadata.ownerReferences, []);
  });
});

describe('Scaling', () => {
  it('deletes all pods beyond the wanted ones in Parallel', () => {
    const cluster = rolling(running(), { replicas: 1 });
    cluster.settle(key);
    assert.deepEqual(podNames(cluster), ['web-0']);
  });

  it('deletes the highest first, one at a time, in OrderedReady', () => {
    const cluster = running({ management: 'OrderedReady' });
    cluster.apply(StatefulSets, aStatefulSet({ management: 'OrderedReady', replicas: 1 }));
    assert.deepEqual(next(cluster), ['delete web-2: 2 is not among the 1 ordinals that are wanted']);
    assert.deepEqual(reasons(cluster), ['web-1 OrderedBehind', 'web-2 Taken']);
    pass(cluster);
    assert.deepEqual(next(cluster), []);
    cluster.settle(key);
    assert.deepEqual(podNames(cluster), ['web-0']);
  });

  it('replaces pods that have ended', () => {
    const cluster = running();
    edit(cluster, 'web-1', pod => ({
      ...pod,
      status: { ...(pod['status'] as Wire), phase: 'Failed', reason: 'Evicted' },
    }));
    assert.deepEqual(next(cluster), ['delete web-1: it has ended (Failed: Evicted) and is replaced']);
  });

  it('costs nothing by a range of two thousand million reserved ordinals', () => {
    const cluster = running({ replicas: 2, spec: { reserveOrdinals: ['1-2000000000'] } });
    assert.deepEqual(podNames(cluster), ['web-0', 'web-2000000001']);
  });

  it('knows the pods of any ordinal that it gives as its own', () => {
    const options = {
      replicas: 2,
      spec: { ordinals: { start: 2_147_483_647 }, reserveOrdinals: ['2147483648-99999999999999'] },
    };
    const cluster = running(options);
    assert.deepEqual(podNames(cluster), ['web-100000000000000', 'web-2147483647']);
    assert.deepEqual(next(cluster), []);
  });

  it('plans a bounded number of pods for an unbounded number of replicas', () => {
    const cluster = new Cluster(statefulSets);
    cluster.apply(StatefulSets, aStatefulSet({ replicas: 2_000_000_000 }));
    pass(cluster);
    assert.equal(next(cluster).length, 500);
  });

  it('does nothing to the pods of a set that is being deleted', () => {
    const cluster = running();
    const set = cluster.objects.get(StatefulSets, key);
    assert.ok(set);
    cluster.objects.put(StatefulSets, {
      ...set,
      metadata: { ...set.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['foregroundDeletion'] },
    });
    cluster.objects.remove(Pods, 'default/web-1');
    assert.deepEqual(next(cluster), []);
  });
});

describe('Rolling', () => {
  it('drains, changes and lets rejoin the highest pod first', () => {
    const cluster = rolling(running(), { image: 'app:v2' });
    const lines: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      lines.push(...next(cluster).map(withoutHashes));
      pass(cluster);
      cluster.stepAllPods();
      cluster.wait(100);
    }
    assert.deepEqual(lines, [
      'patch web-2: drained before main=app:v2: from revision web-# to web-#',
      'patch web-2: main=app:v2: from revision web-# to web-#',
      'patch web-2: its containers run what they should',
    ]);
  });

  it('takes as many as the budget leaves', () => {
    const cluster = rolling(running({ replicas: 10 }), {
      replicas: 10,
      image: 'app:v2',
      rolling: { maxUnavailable: '25%' },
    });
    assert.deepEqual(
      next(cluster).map(line => line.split(':')[0]),
      ['patch web-9', 'patch web-8'],
    );
    assert.equal(reasons(cluster).filter(line => line.endsWith('BudgetUsed')).length, 8);
  });

  it('rounds a share of maxUnavailable down, to one at least', () => {
    for (const [share, pods] of [
      ['10%', 1],
      ['50%', 2],
      ['79%', 3],
    ] as const) {
      const options: SetOptions = { replicas: 5, rolling: { maxUnavailable: share } };
      assert.equal(next(rolling(running(options), { ...options, image: 'app:v2' })).length, pods, share);
    }
  });

  it('charges a place whose pod is gone', () => {
    const cluster = rolling(running(), { image: 'app:v2' });
    cluster.objects.remove(Pods, 'default/web-0');
    assert.deepEqual(
      next(cluster).map(line => line.split(':')[0]),
      ['create web-0'],
    );
    assert.deepEqual(reasons(cluster), ['web-0 Creating', 'web-1 BudgetUsed', 'web-2 BudgetUsed']);
  });

  it('charges a pod that somebody claims, and takes no other beside it', () => {
    const cluster = rolling(running(), { image: 'app:v2' });
    cluster.store.claim(podOf(cluster, 'web-0').metadata.uid ?? '', 'sidecarset', cluster.now);
    assert.deepEqual(
      next(cluster).map(line => line.split(':')[0]),
      ['patch web-0'],
    );
  });

  it('takes a pod without the gate as it is', () => {
    const cluster = running({ policy: 'ReCreate' });
    rolling(cluster, { image: 'app:v2' });
    assert.match(next(cluster)[0] ?? '', /^patch web-2: main=app:v2/);
  });

  it('waits for the grace period between drain and change', () => {
    const grace = { rolling: { inPlaceUpdateStrategy: { gracePeriodSeconds: 10 } } };
    const cluster = rolling(running(grace), { ...grace, image: 'app:v2' });
    pass(cluster);
    cluster.stepAllPods();
    cluster.seeAll();
    const plan = cluster.plan(key);
    assert.deepEqual([linesOf(plan), plan?.wakeAfter], [[], 11_000]);
    cluster.wait(11_000);
    assert.equal(next(cluster).length, 1);
  });

  it('keeps as many pods old as the partition says', () => {
    const cluster = rolling(running({ replicas: 4 }), { replicas: 4, image: 'app:v2', rolling: { partition: 3 } });
    cluster.settle(key);
    assert.deepEqual(
      ['web-0', 'web-1', 'web-2', 'web-3'].map(name => imageOf(cluster, name)),
      ['app:v1', 'app:v1', 'app:v1', 'app:v2'],
    );
    assert.deepEqual(reasons(cluster), ['web-0 Partition', 'web-1 Partition', 'web-2 Partition']);
    assert.ok(conditionsOf(cluster).includes('Ready True AllPodsReady'));
  });

  it('brings a deleted pod below the partition back at the old revision', () => {
    const cluster = rolling(running({ replicas: 4 }), { replicas: 4, image: 'app:v2', rolling: { partition: 3 } });
    cluster.settle(key);
    cluster.objects.delete(Pods, 'default/web-1');
    cluster.objects.delete(Pods, 'default/web-3');
    cluster.settle(key);
    assert.deepEqual([imageOf(cluster, 'web-1'), imageOf(cluster, 'web-3')], ['app:v1', 'app:v2']);
  });

  it('stops while it is paused, but finishes the pod that it drained', () => {
    const cluster = rolling(running(), { image: 'app:v2' });
    pass(cluster);
    cluster.apply(StatefulSets, aStatefulSet({ image: 'app:v2', rolling: { paused: true } }));
    cluster.settle(key);
    assert.deepEqual(
      ['web-0', 'web-1', 'web-2'].map(name => imageOf(cluster, name)),
      ['app:v1', 'app:v1', 'app:v2'],
    );
    assert.deepEqual(reasons(cluster), ['web-0 Paused', 'web-1 Paused']);
    assert.ok(conditionsOf(cluster).includes('Ready False Paused'));
  });

  it('leaves pods to their users with OnDelete', () => {
    const onDelete = { spec: { updateStrategy: { type: 'OnDelete' } } };
    const cluster = rolling(running(onDelete), { ...onDelete, image: 'app:v2' });
    cluster.objects.delete(Pods, 'default/web-1');
    cluster.settle(key);
    assert.deepEqual(
      ['web-0', 'web-1', 'web-2'].map(name => imageOf(cluster, name)),
      ['app:v1', 'app:v2', 'app:v1'],
    );
    assert.deepEqual(reasons(cluster), ['web-0 OnDelete', 'web-2 OnDelete']);
  });

  it('recreates, and says which field forced it', () => {
    const cluster = rolling(running(), { image: 'app:v2', pod: { hostNetwork: true } });
    assert.deepEqual(next(cluster).map(withoutHashes), [
      'delete web-2: from revision web-# to web-#, not in place because of spec.hostNetwork',
    ]);
  });

  it('recreates nothing with InPlaceOnly, and says so', () => {
    const only: SetOptions = { policy: 'InPlaceOnly' };
    const cluster = rolling(running(only), { ...only, pod: { hostNetwork: true } });
    cluster.settle(key);
    assert.deepEqual(reasons(cluster), ['web-0 NotInPlace', 'web-1 NotInPlace', 'web-2 NotInPlace']);
    assert.ok(conditionsOf(cluster).includes('Stalled True NotInPlace'));
  });

  it('changes labels without touching a container', () => {
    const cluster = rolling(running(), { podMetadata: { labels: { app: 'web', tier: 'front' } } });
    assert.deepEqual(next(cluster).map(withoutHashes), [
      'patch web-2: no container changes: from revision web-# to web-#',
    ]);
    cluster.settle(key);
    assert.equal(podOf(cluster, 'web-0').metadata.labels?.['tier'], 'front');
    assert.ok(conditionsOf(cluster).includes('Ready True AllPodsReady'));
  });

  it('opens no gate on a label change while an image change is still to be proven', () => {
    const cluster = rolling(running({ replicas: 1 }), { replicas: 1, image: 'app:v2' });
    const isClosed = () => JSON.stringify(podOf(cluster, 'web-0')['status']).includes('StartInPlaceUpdate');
    while (imageOf(cluster, 'web-0') === 'app:v1') {
      pass(cluster);
      if (isClosed()) cluster.stepAllPods();
    }
    rolling(cluster, { replicas: 1, image: 'app:v2', podMetadata: { labels: { app: 'web', tier: 'front' } } });
    for (let i = 0; i < 3; i += 1) pass(cluster);
    assert.equal(podOf(cluster, 'web-0').metadata.labels?.['tier'], 'front');
    assert.ok(isClosed(), 'back in its Services while the former container still runs');
    cluster.settle(key);
    assert.ok(conditionsOf(cluster).includes('Ready True AllPodsReady'));
  });

  it('takes broken pods first, beyond the budget, and whole ones when they are repaired', () => {
    const cluster = rolling(running({ replicas: 4 }), { replicas: 4, image: 'app:bad' });
    for (let i = 0; i < 10; i += 1) {
      pass(cluster);
      cluster.stepAllPods();
      cluster.wait(1000);
    }
    assert.ok(reasons(cluster).includes('web-3 ImageError'));
    cluster.apply(StatefulSets, aStatefulSet({ replicas: 4, image: 'app:v3' }));
    pass(cluster);
    assert.deepEqual(
      next(cluster).map(line => line.split(':')[0]),
      ['patch web-3'],
    );
    cluster.settle(key);
    assert.deepEqual(
      podNames(cluster).map(name => imageOf(cluster, name)),
      ['app:v3', 'app:v3', 'app:v3', 'app:v3'],
    );
  });

  for (const management of ['Parallel', 'OrderedReady'] as const)
    it(`gets out of a crash loop by the next template in ${management}`, () => {
      const options = { management };
      const cluster = rolling(running(options), { ...options, image: 'app:crash' });
      for (let i = 0; i < 40; i += 1) {
        pass(cluster);
        cluster.stepAllPods();
        cluster.wait(1000);
      }
      assert.deepEqual(
        podNames(cluster).filter(name => imageOf(cluster, name) === 'app:crash'),
        ['web-2'],
      );
      cluster.apply(StatefulSets, aStatefulSet({ ...options, image: 'app:v3' }));
      cluster.settle(key);
      assert.deepEqual(
        podNames(cluster).map(name => imageOf(cluster, name)),
        ['app:v3', 'app:v3', 'app:v3'],
      );
    });

  it('uses the old revision again after a rollback', () => {
    const cluster = rolling(running(), { image: 'app:v2' });
    cluster.settle(key);
    cluster.apply(StatefulSets, aStatefulSet());
    assert.match(next(cluster)[0] ?? '', /^patch web-\w+: the template of revision 1 is wanted again$/);
    cluster.settle(key);
    assert.deepEqual(revisionsOf(cluster), [2, 3]);
    assert.deepEqual(
      podNames(cluster).map(name => imageOf(cluster, name)),
      ['app:v1', 'app:v1', 'app:v1'],
    );
  });

  it('backs out of a drain that nobody wants any more', () => {
    const cluster = rolling(running(), { image: 'app:v2' });
    pass(cluster);
    cluster.stepAllPods();
    cluster.apply(StatefulSets, aStatefulSet());
    pass(cluster);
    const lines = [next(cluster).at(-1)];
    cluster.settle(key);
    assert.deepEqual(lines, ['patch web-2: its containers run what they should']);
    assert.equal(imageOf(cluster, 'web-2'), 'app:v1');
    assert.equal(reasons(cluster).length, 0);
  });

  it('rolls nothing when the template gains only defaults', () => {
    const cluster = running();
    cluster.apply(StatefulSets, aStatefulSet({ pod: { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always' } }));
    assert.deepEqual(next(cluster), []);
  });

  it('keeps as many unused revisions as it is told to', () => {
    const limit = { spec: { revisionHistoryLimit: 2 } };
    const cluster = running(limit);
    for (const image of ['app:v2', 'app:v3', 'app:v4', 'app:v5']) {
      cluster.apply(StatefulSets, aStatefulSet({ ...limit, image }));
      cluster.settle(key);
    }
    assert.deepEqual(revisionsOf(cluster), [3, 4, 5]);
  });
});

describe('An image set on the pod itself', () => {
  const wish = (image: string, revision: string): Record<string, string> => ({
    'apps.kruise.io/inplace-update-grace': JSON.stringify({ revision, containerImages: { main: image } }),
  });
  const revisionOf = (cluster: Cluster): string =>
    podOf(cluster, 'web-1').metadata.labels?.['controller-revision-hash'] ?? '';

  it('is drained for, applied and completed, and the set says that the pod deviates', () => {
    const cluster = running();
    edit(cluster, 'web-1', annotated(wish('app:hot', revisionOf(cluster))));
    assert.deepEqual(next(cluster), [
      'patch web-1: drained before main=app:hot: its images were set on the pod itself',
    ]);
    cluster.settle(key);
    assert.equal(imageOf(cluster, 'web-1'), 'app:hot');
    assert.deepEqual(statusOf(cluster)['pods'], [{ reason: 'DeviatesFromTemplate', count: 1, pods: ['web-1'] }]);
    assert.ok(conditionsOf(cluster).includes('DeviatesFromTemplate True ImagesSetOnPods'));
  });

  it('a pod that somebody claims is not taken with it while the kubelet still shows a drained one as Ready', () => {
    const cluster = running({ replicas: 2 });
    edit(cluster, 'web-0', annotated(wish('app:hot', revisionOf(cluster))));
    pass(cluster);
    rolling(cluster, { replicas: 2, image: 'app:v2' });
    cluster.seeAll();
    cluster.store.claim(podOf(cluster, 'web-1').metadata.uid ?? '', 'sidecarset', cluster.now);
    assert.deepEqual(next(cluster), []);
    assert.deepEqual(reasons(cluster), ['web-0 Draining', 'web-1 BudgetUsed']);
  });

  it('waits for the budget like a rollout', () => {
    const cluster = running();
    edit(cluster, 'web-1', annotated(wish('app:hot', revisionOf(cluster))));
    edit(cluster, 'web-0', annotated(wish('app:hot', revisionOf(cluster))));
    assert.equal(next(cluster).length, 1);
    assert.deepEqual(reasons(cluster), ['web-0 BudgetUsed', 'web-1 Draining']);
  });

  it('is taken along by the next rollout', () => {
    const cluster = running();
    edit(cluster, 'web-1', annotated(wish('app:hot', revisionOf(cluster))));
    cluster.settle(key);
    rolling(cluster, { image: 'app:v2' }).settle(key);
    assert.equal(imageOf(cluster, 'web-1'), 'app:v2');
    assert.deepEqual(statusOf(cluster)['pods'], []);
    assert.ok(conditionsOf(cluster).includes('DeviatesFromTemplate False AsTemplate'));
  });

  it('is left alone when nobody recorded it', () => {
    const cluster = running();
    edit(cluster, 'web-1', pod => ({
      ...pod,
      spec: { ...(pod['spec'] as Wire), containers: [{ name: 'main', image: 'app:hot' }] },
    }));
    cluster.settle(key);
    assert.equal(imageOf(cluster, 'web-1'), 'app:hot');
    assert.ok(conditionsOf(cluster).includes('DeviatesFromTemplate True ImagesSetOnPods'));
  });

  it('means nothing when it cannot be read', () => {
    const cluster = running();
    edit(cluster, 'web-1', annotated({ 'apps.kruise.io/inplace-update-grace': '{"containerImages"' }));
    assert.deepEqual(next(cluster), []);
  });
});

describe('The status', () => {
  it('counts from scratch, with zeros', () => {
    const cluster = new Cluster(statefulSets);
    cluster.apply(StatefulSets, aStatefulSet());
    pass(cluster);
    const { conditions: _, pods: __, currentRevision, updateRevision, ...counts } = statusOf(cluster);
    assert.deepEqual(counts, {
      observedGeneration: 1,
      replicas: 0,
      readyReplicas: 0,
      availableReplicas: 0,
      currentReplicas: 0,
      updatedReplicas: 0,
      updatedReadyReplicas: 0,
      updatedAvailableReplicas: 0,
      collisionCount: 0,
      labelSelector: 'app=web',
    });
    assert.equal(currentRevision, updateRevision);
  });

  it('keeps the time of a condition whose status did not change', () => {
    const cluster = rolling(running(), { image: 'app:v2' });
    const since = timesOf(cluster);
    cluster.wait(5000);
    pass(cluster);
    assert.deepEqual(timesOf(cluster), since);
  });

  it('names the field of a spec that cannot be read, and nothing is done', () => {
    const cluster = running();
    const set = cluster.objects.get(StatefulSets, key);
    assert.ok(set);
    cluster.objects.put(StatefulSets, { ...set, spec: { ...(set['spec'] as Wire), replicas: 'many' } });
    const plan = pass(cluster);
    assert.deepEqual(linesOf(plan), ['patch web: status: observedGeneration, conditions']);
    assert.ok(conditionsOf(cluster).includes('Stalled True InvalidSpec'));
    assert.match(JSON.stringify(statusOf(cluster)['conditions']), /spec\.replicas/);
    assert.equal(statusOf(cluster)['replicas'], 3);
  });
});

const timesOf = (cluster: Cluster): unknown =>
  (statusOf(cluster)['conditions'] as readonly Wire[]).map(c => c['lastTransitionTime']);

const revisionsOf = (cluster: Cluster): readonly unknown[] =>
  cluster.objects
    .list(ControllerRevisions)
    .map(r => Number(r['revision']))
    .sort((a, b) => a - b);

const withoutHashes = (line: string): string => line.replaceAll(/web-[a-z0-9]{8,11}\b/g, 'web-#');

const aPod = (
  name: string,
  labels: Record<string, string>,
  ownerReferences: KubeObject['metadata']['ownerReferences'],
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels, ...(ownerReferences === undefined ? {} : { ownerReferences }) },
  spec: { containers: [{ name: 'main', image: 'app:v1' }] },
});

describe('A write that the apiserver refuses', () => {
  const messages = (cluster: Cluster): readonly string[] => {
    cluster.seeAll();
    return reasonsIn(cluster.plan(key))
      .map(({ pod, message }) => `${pod}: ${message}`)
      .sort();
  };
  const stalled = (cluster: Cluster): string | undefined => conditionsOf(cluster).find(c => c.startsWith('Stalled'));
  const rows: readonly (readonly [string, Resource, SetOptions])[] = [
    ['of a pod', Pods, {}],
    ['of its claim', PersistentVolumeClaims, { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } }],
    ['of its revision', ControllerRevisions, {}],
  ];
  for (const [what, resource, options] of rows)
    it(`${what} leaves the set stalled with the words, until the cause is gone`, () => {
      const cluster = new Cluster(statefulSets);
      cluster.refuse(action => (action.do === 'create' && action.resource === resource ? 'exceeded quota' : undefined));
      cluster.apply(StatefulSets, aStatefulSet({ replicas: 2, ...options }));
      cluster.settle(key);
      assert.deepEqual(
        messages(cluster),
        [0, 1].map(i => `web-${i}: the apiserver refuses: exceeded quota`),
      );
      assert.equal(stalled(cluster), 'Stalled True Refused');
      cluster.refuse(() => undefined);
      cluster.settle(key);
      assert.deepEqual(messages(cluster), []);
      assert.equal(stalled(cluster), 'Stalled False AllPodsReady');
    });

  it('of an update in place is told of the pod', () => {
    const cluster = running();
    cluster.refuse(action => (action.do === 'patch' && action.target.name === 'web-2' ? 'no' : undefined));
    rolling(cluster, { image: 'app:v2' });
    pass(cluster);
    assert.ok(messages(cluster).includes('web-2: the apiserver refuses: no'));
  });
});
