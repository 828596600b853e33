import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { Cluster, linesOf } from '../../test/support/cluster/cluster.ts';
import { aPod } from '../../test/support/sidecarsets.ts';
import { Barriers } from '../../workloads/launch/barriers.ts';
import { Pods } from '../../workloads/resources.ts';
import { launchOrder } from './controller.ts';

const key = 'default/web-0';
const barrierKey = 'default/web-0-barrier';
const order = { proxy: 1, main: 0, tail: -1 };

interface Options {
  readonly ready?: readonly string[];
  readonly ended?: readonly string[];
  readonly restartPolicy?: string;
  readonly uid?: string;
  readonly note?: string;
  readonly phase?: string;
}

/** A pod of three containers that start in turn. */
const pod = ({
  ready = [],
  ended = [],
  restartPolicy = 'Always',
  uid = 'u',
  note,
  phase = 'Pending',
}: Options): KubeObject => {
  const names = Object.keys(order);
  const stateOf = (name: string): Wire => (ended.includes(name) ? { terminated: { exitCode: 0 } } : { waiting: {} });
  return {
    ...aPod(
      'web-0',
      { restartPolicy, containers: names.map(name => ({ name, image: 'x' })) },
      { uid, annotations: { 'berth/launch-order': note ?? JSON.stringify(order) } },
    ),
    status: {
      phase,
      containerStatuses: names.map(name => ({ name, ready: ready.includes(name), state: stateOf(name) })),
    },
  };
};

const cluster = new Cluster(launchOrder);
const inState = (options: Options): Cluster => {
  cluster.objects.put(Pods, pod(options));
  cluster.seeAll();
  return cluster;
};
const fresh = (options: Options = {}): Cluster => {
  for (const resource of [Pods, Barriers])
    for (const o of cluster.objects.list(resource)) cluster.objects.remove(resource, `default/${o.metadata.name}`);
  return inState(options);
};
const keysIn = (in_: Cluster): readonly string[] =>
  Object.keys((in_.objects.get(Barriers, barrierKey)?.['data'] as Wire | undefined) ?? {});

describe('Containers that start in an order', () => {
  it('are let go one after the other, and what was given stays', () => {
    fresh().pass(key);
    assert.deepEqual(keysIn(cluster), ['p_1']);
    inState({ ready: ['proxy'] }).pass(key);
    assert.deepEqual(keysIn(cluster), ['p_1', 'p_0']);
    inState({}).pass(key);
    assert.deepEqual(keysIn(cluster), ['p_1', 'p_0']);
    inState({ ready: ['proxy', 'main'] }).pass(key);
    assert.deepEqual(keysIn(cluster), ['p_1', 'p_0', 'p_-1']);
    cluster.seeAll();
    assert.deepEqual(linesOf(cluster.plan(key)), []);
  });

  it('wait for no container that has done its work, unless it is to run always', () => {
    fresh({ ended: ['proxy'], restartPolicy: 'Never' }).pass(key);
    assert.deepEqual(keysIn(cluster), ['p_1', 'p_0']);
    fresh({ ended: ['proxy'] }).pass(key);
    assert.deepEqual(keysIn(cluster), ['p_1']);
  });

  it('no key comes before everything of a higher priority was ready, and some container may always start', () => {
    const subset = fc.subarray(Object.keys(order));
    fc.assert(
      fc.property(subset, ready => {
        fresh({ ready }).pass(key);
        const given = keysIn(cluster);
        const waiting = Object.entries(order).filter(([name]) => !ready.includes(name));
        for (const [name, priority] of Object.entries(order))
          assert.equal(
            given.includes(`p_${priority}`),
            waiting.every(([, p]) => p <= priority),
            name,
          );
      }),
    );
  });

  it('do not start by the ConfigMap of a former pod of the name: it is removed, and made anew', () => {
    fresh({ ready: ['proxy', 'main'], uid: 'former' }).pass(key);
    inState({ uid: 'u' });
    assert.deepEqual(linesOf(cluster.pass(key)), [
      'delete web-0-barrier: default/web-0-barrier was for a former pod of the name',
    ]);
    cluster.seeAll();
    cluster.pass(key);
    assert.deepEqual(keysIn(cluster), ['p_1']);
  });

  it("leave somebody's own ConfigMap of the name alone, and say so", () => {
    fresh();
    cluster.objects.create(Barriers, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'default', name: 'web-0-barrier' },
    });
    cluster.seeAll();
    const plan = cluster.plan(key);
    assert.deepEqual(plan?.actions, []);
    assert.deepEqual(
      plan?.notices?.map(n => n.reason),
      ['LaunchOrderBlocked'],
    );
  });

  it('take over the ConfigMap that OpenKruise made for the same pod', () => {
    fresh({ ready: ['proxy'] });
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'web-0', uid: 'u' };
    cluster.objects.create(Barriers, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'default', name: 'web-0-barrier', ownerReferences: [owner] },
    });
    cluster.seeAll();
    cluster.pass(key);
    assert.deepEqual(keysIn(cluster), ['p_1', 'p_0']);
  });

  it('are nobody’s business when the pod is over, or its note is not ours', () => {
    assert.equal(fresh({ phase: 'Succeeded' }).plan(key), undefined);
    assert.equal(fresh({ note: 'yes' }).plan(key), undefined);
  });

  it('wake their pod when their ConfigMap changes', () => {
    fresh().pass(key);
    cluster.seeAll();
    const [barrier] = cluster.store.list(Barriers);
    assert.ok(barrier);
    const keys = launchOrder.wakesOn.filter(t => t.on === Barriers).flatMap(t => t.keys(barrier, cluster.store));
    assert.deepEqual(keys, [key]);
  });
});
