/** Invariants of a rollout, whatever is delayed, dropped or told late. Judged on every state that the apiserver ever had. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { KubeObject, Plan, Wire } from '../../kube/contract.ts';
import { Cluster } from '../../test/support/cluster/cluster.ts';
import type { Change } from '../../test/support/cluster/objects.ts';
import { reasonsIn } from '../../test/support/reasons.ts';
import { aStatefulSet, type SetOptions } from '../../test/support/statefulsets.ts';
import { standingOf } from '../../workloads/pods/availability.ts';
import { podView } from '../../workloads/pods/project.ts';
import { isActive } from '../../workloads/pods/view.ts';
import { Pods } from '../../workloads/resources.ts';
import { StatefulSets } from '../../workloads/statefulsets.ts';
import { statefulSets } from './controller.ts';

const key = 'default/web';

// ── What may happen, in any order ───────────────────────────────────────────────────────────────────────────────────

type Move =
  | { readonly do: 'pass'; readonly lost: readonly boolean[] }
  | { readonly do: 'tell'; readonly resource: number; readonly changes: number }
  | { readonly do: 'kubelet'; readonly pod: number }
  | { readonly do: 'time'; readonly seconds: number }
  | { readonly do: 'template'; readonly image: string };

const images = ['app:v1', 'app:v2', 'app:v2again', 'app:v3'];

const move = (tags: readonly string[]): fc.Arbitrary<Move> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('pass' as const), lost: fc.array(fc.boolean(), { maxLength: 6 }) }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('tell' as const),
        resource: fc.nat(3),
        changes: fc.integer({ min: 1, max: 9 }),
      }),
    },
    { weight: 12, arbitrary: fc.record({ do: fc.constant('kubelet' as const), pod: fc.nat(9) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('time' as const), seconds: fc.integer({ min: 1, max: 40 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('template' as const), image: fc.constantFrom(...tags) }) },
  );

/** One pod that changes its mind all the time, every move of which is seen. */
const changeOfMind: fc.Arbitrary<Story> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant<Move>({ do: 'pass', lost: [] }) },
      { weight: 4, arbitrary: fc.constant<Move>({ do: 'kubelet', pod: 0 }) },
      {
        weight: 6,
        arbitrary: fc.record({ do: fc.constant('tell' as const), resource: fc.nat(3), changes: fc.constant(99) }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('template' as const), image: fc.constantFrom(...images) }) },
    ),
    { minLength: 40, maxLength: 150 },
  )
  .map(moves => ({ options: { replicas: 1 }, limit: 1, moves }));

interface Story {
  readonly options: SetOptions & { readonly replicas: number };
  readonly limit: number;
  readonly moves: readonly Move[];
}

const story = (policy: SetOptions['policy'], tags = images): fc.Arbitrary<Story> =>
  fc
    .record({
      replicas: fc.integer({ min: 1, max: 6 }),
      limit: fc.integer({ min: 1, max: 4 }),
      moves: fc.array(move(tags), { minLength: 20, maxLength: 120 }),
    })
    .map(({ replicas, limit, moves }) => ({
      options: { replicas, ...(policy === undefined ? {} : { policy }), rolling: { maxUnavailable: limit } },
      limit,
      moves,
    }));

interface Told {
  readonly cluster: Cluster;
  /** Where the log stood when all pods had been created and served. */
  readonly from: number;
  readonly plans: readonly Plan[];
}

/** Plays a story on a set that runs; `check` sees each plan with the store that it was made on. */
const play = ({ options, moves }: Story, check: (plan: Plan, cluster: Cluster) => void = () => {}): Told => {
  const cluster = new Cluster(statefulSets);
  cluster.apply(StatefulSets, aStatefulSet(options));
  cluster.settle(key);
  const from = cluster.objects.log.length;
  cluster.apply(StatefulSets, aStatefulSet({ ...options, image: 'app:v2' }));
  const plans: Plan[] = [];
  for (const move of moves) {
    const plan = make(cluster, options, move, check);
    if (plan !== undefined) plans.push(plan);
  }
  return { cluster, from, plans };
};

const make = (
  cluster: Cluster,
  options: SetOptions,
  move: Move,
  check: (plan: Plan, cluster: Cluster) => void,
): Plan | undefined => {
  switch (move.do) {
    case 'pass': {
      const plan = cluster.plan(key);
      if (plan !== undefined) check(plan, cluster);
      return cluster.pass(key, (_, i) => move.lost[i] === true);
    }
    case 'tell': {
      const resource = cluster.resources[move.resource % cluster.resources.length];
      if (resource !== undefined) cluster.see(resource, move.changes);
      return undefined;
    }
    case 'kubelet':
      cluster.stepPod(`default/web-${move.pod}`);
      return undefined;
    case 'time':
      cluster.wait(move.seconds * 1000);
      return undefined;
    case 'template':
      cluster.apply(StatefulSets, aStatefulSet({ ...options, image: move.image }));
      return undefined;
  }
};

// ── What is judged ──────────────────────────────────────────────────────────────────────────────────────────────────

/** After each change of a pod: all pods by name, and the pod's state before. */
const podStates = (log: readonly Change[], from: number) => {
  const pods = new Map<string, KubeObject>();
  return log.flatMap((change, i) => {
    if (change.resource.plural !== 'pods') return [];
    const before = pods.get(change.key);
    if (change.is === 'there') pods.set(change.key, change.object);
    else pods.delete(change.key);
    return i < from ? [] : [{ before, change, pods: [...pods.values()] }];
  });
};

const conditionOf = (pod: KubeObject, type: string): string =>
  podView(pod).managed?.conditions.find(c => c.type === type)?.status ?? 'Absent';

const imagesOf = (pod: KubeObject): unknown =>
  (pod['spec'] as { containers: readonly Wire[] }).containers.map(c => c['image']);

const serves = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  conditionOf(pod, 'Ready') === 'True' &&
  conditionOf(pod, 'InPlaceUpdateReady') !== 'False';

const runs = { numRuns: 60 };

for (const policy of ['InPlaceIfPossible', 'ReCreate'] as const)
  describe(`A rollout with ${policy}`, () => {
    it('never passes its budget', () => {
      fc.assert(
        fc.property(story(policy), told => {
          const { cluster, from } = play(told);
          for (const { pods } of podStates(cluster.objects.log, from)) {
            const down = told.options.replicas - pods.filter(serves).length;
            assert.ok(down <= Math.min(told.limit, told.options.replicas), `${down} pods are down`);
          }
        }),
        runs,
      );
    });

    it('never passes its budget with images that cannot be pulled', () => {
      fc.assert(
        fc.property(story(policy, ['app:bad', 'app:v3', 'app:worse-bad']), told => {
          const { cluster, from } = play(told);
          for (const { pods } of podStates(cluster.objects.log, from)) {
            const down = told.options.replicas - pods.filter(serves).length;
            assert.ok(down <= told.limit, `${down} pods are down`);
          }
        }),
        runs,
      );
    });

    it('converges, and is quiet then', () => {
      fc.assert(
        fc.property(story(policy, [...images, 'app:bad']), told => {
          const { cluster } = play(told);
          cluster.apply(StatefulSets, aStatefulSet({ ...told.options, image: 'app:v9' }));
          cluster.settle(key);
          const pods = cluster.objects.list(Pods);
          assert.equal(pods.length, told.options.replicas);
          for (const pod of pods) assert.deepEqual([imagesOf(pod), serves(pod)], [['app:v9'], true]);
          const status = cluster.objects.get(StatefulSets, key)?.['status'] as Wire;
          assert.equal(status['currentRevision'], status['updateRevision']);
          assert.deepEqual(status['pods'], []);
        }),
        runs,
      );
    });

    it('gives every pod that is not moved or not whole exactly one reason', () => {
      fc.assert(
        fc.property(story(policy), told => {
          play(told, (plan, { store, now }) => {
            const given = reasonsIn(plan).map(({ pod }) => pod);
            assert.equal(new Set(given).size, given.length);
            const set = store.get(StatefulSets, key);
            const target = (plan.status?.is as Wire | undefined)?.['updateRevision'];
            const open = store.by(Pods, 'owner', set?.uid ?? '').filter(pod => {
              const isThere = isActive(pod) && standingOf(pod, 0, now).isWhole;
              return !isThere || pod.labels['controller-revision-hash'] !== target;
            });
            for (const pod of open) assert.ok(given.includes(pod.name), `${pod.name} has no reason`);
          });
        }),
        runs,
      );
    });

    it('writes each object at most once in a plan', () => {
      fc.assert(
        fc.property(story(policy), told => {
          for (const plan of play(told).plans) {
            const names = plan.actions.map(a => (a.do === 'create' ? a.object.metadata.name : a.target.name));
            assert.equal(new Set(names).size, names.length);
          }
        }),
        runs,
      );
    });
  });

describe('An update in place', () => {
  it('keeps uid, node and every field but images, labels and records', () => {
    fc.assert(
      fc.property(story('InPlaceIfPossible'), told => {
        const { cluster, from } = play(told);
        for (const { before, change } of podStates(cluster.objects.log, from)) {
          assert.equal(change.is, 'there');
          assert.equal(change.object.metadata.uid, before?.metadata.uid);
          const rest = (pod: KubeObject | undefined) => ({ ...(pod?.['spec'] as Wire), containers: [] });
          assert.deepEqual(rest(change.object), rest(before));
        }
      }),
      runs,
    );
  });

  it('has its gate closed, and Ready taken back, before an image is written', () => {
    fc.assert(
      fc.property(story('InPlaceIfPossible'), told => {
        const { cluster, from } = play(told);
        for (const { before, change } of podStates(cluster.objects.log, from)) {
          if (before === undefined || JSON.stringify(imagesOf(before)) === JSON.stringify(imagesOf(change.object)))
            continue;
          assert.deepEqual(
            [conditionOf(before, 'InPlaceUpdateReady'), conditionOf(before, 'Ready')],
            ['False', 'False'],
          );
        }
      }),
      runs,
    );
  });

  it('opens its gate only on the image that the spec asks for', () => {
    fc.assert(
      fc.property(changeOfMind, told => {
        const { cluster, from } = play(told);
        for (const { before, change } of podStates(cluster.objects.log, from)) {
          if (before === undefined || conditionOf(before, 'InPlaceUpdateReady') !== 'False') continue;
          if (conditionOf(change.object, 'InPlaceUpdateReady') !== 'True') continue;
          const [container] = podView(before).managed?.containers ?? [];
          const running = Buffer.from(container?.status?.imageID.split(':').at(-1) ?? '', 'hex').toString();
          assert.equal(running, container?.image.replace('again', ''));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('costs at most four writes a pod', () => {
    const { cluster, from } = play({ options: { replicas: 5 }, limit: 1, moves: [] });
    cluster.settle(key);
    const ours = podStates(cluster.objects.log, from).filter(({ before, change }) => {
      const of = (pod: KubeObject | undefined) => [
        pod?.metadata.annotations,
        pod && conditionOf(pod, 'InPlaceUpdateReady'),
      ];
      return JSON.stringify(of(before)) !== JSON.stringify(of(change.object));
    });
    assert.ok(ours.length <= 4 * 5, `${ours.length} writes`);
  });
});
