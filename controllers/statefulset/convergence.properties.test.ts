/** Whatever users do to a set and its pods, in whatever order it is told: in the end everything is as was asked last. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { Cluster, linesOf } from '../../test/support/cluster/cluster.ts';
import { aStatefulSet, type SetOptions } from '../../test/support/statefulsets.ts';
import { Pods } from '../../workloads/resources.ts';
import { StatefulSets } from '../../workloads/statefulsets.ts';
import { statefulSets } from './controller.ts';

const key = 'default/web';

type Deed =
  | { readonly do: 'controller'; readonly lost: readonly boolean[] }
  | { readonly do: 'tell'; readonly resource: number; readonly changes: number }
  | { readonly do: 'kubelets' }
  | { readonly do: 'kubelet'; readonly pod: number }
  | { readonly do: 'time'; readonly seconds: number }
  | { readonly do: 'template'; readonly image: string; readonly tier: string }
  | { readonly do: 'settings'; readonly replicas: number; readonly rolling: Wire }
  | { readonly do: 'delete pod'; readonly pod: number }
  | { readonly do: 'fail pod'; readonly pod: number }
  | { readonly do: 'set image'; readonly pod: number; readonly image: string };

const of = <D extends Deed['do']>(what: D): { readonly do: fc.Arbitrary<D> } => ({ do: fc.constant(what) });
const pod = fc.nat(5);
const image = fc.constantFrom('app:v1', 'app:v2', 'app:v2again', 'app:bad', 'app:crash');

const rolling = fc.record(
  {
    partition: fc.nat(4),
    maxUnavailable: fc.integer({ min: 1, max: 3 }),
    paused: fc.boolean(),
    podUpdatePolicy: fc.constantFrom('ReCreate', 'InPlaceIfPossible', 'InPlaceOnly'),
    inPlaceUpdateStrategy: fc.constantFrom({ gracePeriodSeconds: 0 }, { gracePeriodSeconds: 5 }),
  },
  { noNullPrototype: true },
);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ ...of('controller'), lost: fc.array(fc.boolean(), { maxLength: 4 }) }) },
  { weight: 8, arbitrary: fc.record({ ...of('tell'), resource: fc.nat(3), changes: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 6, arbitrary: fc.record(of('kubelets')) },
  { weight: 4, arbitrary: fc.record({ ...of('kubelet'), pod }) },
  { weight: 4, arbitrary: fc.record({ ...of('time'), seconds: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ ...of('template'), image, tier: fc.constantFrom('a', 'b') }) },
  { weight: 2, arbitrary: fc.record({ ...of('settings'), replicas: fc.nat(5), rolling }) },
  { weight: 1, arbitrary: fc.record({ ...of('delete pod'), pod }) },
  { weight: 1, arbitrary: fc.record({ ...of('fail pod'), pod }) },
  { weight: 2, arbitrary: fc.record({ ...of('set image'), pod, image }) },
);

class Story {
  readonly cluster = new Cluster(statefulSets);
  #options: SetOptions;

  constructor(options: SetOptions) {
    this.#options = options;
    this.cluster.apply(StatefulSets, aStatefulSet(options));
  }

  /** The user changes the set. */
  wants(change: SetOptions): void {
    this.#options = { ...this.#options, ...change };
    this.cluster.apply(StatefulSets, aStatefulSet(this.#options));
  }

  happens(deed: Deed): void {
    const { cluster } = this;
    switch (deed.do) {
      case 'controller':
        cluster.pass(key, (_, i) => deed.lost[i] === true);
        return;
      case 'tell': {
        const resource = cluster.resources[deed.resource % cluster.resources.length];
        if (resource !== undefined) cluster.see(resource, deed.changes);
        return;
      }
      case 'kubelets':
        cluster.stepAllPods();
        return;
      case 'kubelet':
        cluster.stepPod(`default/web-${deed.pod}`);
        return;
      case 'time':
        cluster.wait(deed.seconds * 1000);
        return;
      case 'template':
        this.wants({ image: deed.image, podMetadata: { labels: { app: 'web', tier: deed.tier } } });
        return;
      case 'settings':
        this.wants({ replicas: deed.replicas, rolling: deed.rolling });
        return;
      case 'delete pod':
        if (this.#pod(deed.pod) !== undefined) cluster.objects.delete(Pods, `default/web-${deed.pod}`);
        return;
      case 'fail pod':
        this.#edit(deed.pod, p => ({ ...p, status: { ...(p['status'] as Wire), phase: 'Failed', reason: 'Evicted' } }));
        return;
      case 'set image':
        this.#edit(deed.pod, p => wished(p, deed.image));
    }
  }

  #pod(ordinal: number): KubeObject | undefined {
    return this.cluster.objects.get(Pods, `default/web-${ordinal}`);
  }

  #edit(ordinal: number, change: (pod: KubeObject) => KubeObject): void {
    const there = this.#pod(ordinal);
    if (there !== undefined) this.cluster.objects.put(Pods, change(there));
  }
}

/** As the webhook writes it down. */
const wished = (object: KubeObject, to: string): KubeObject => {
  const revision = object.metadata.labels?.['controller-revision-hash'];
  const wish = JSON.stringify({ revision, containerImages: { main: to } });
  const annotations = { ...object.metadata.annotations, 'apps.kruise.io/inplace-update-grace': wish };
  return { ...object, metadata: { ...object.metadata, annotations } };
};

const stateOf = (object: KubeObject): readonly unknown[] => {
  const { metadata, spec, status } = object as KubeObject & {
    readonly spec: { readonly containers: readonly Wire[] };
    readonly status: { readonly conditions: readonly Wire[] };
  };
  const ready = status.conditions.find(c => c['type'] === 'Ready')?.['status'];
  return [metadata.name, spec.containers[0]?.['image'], metadata.labels?.['tier'], ready];
};

for (const management of ['Parallel', 'OrderedReady'] as const)
  describe(`A set in ${management}`, () => {
    it('ends as was asked last, quiet and with nothing left to say', () => {
      fc.assert(
        fc.property(fc.array(deed, { minLength: 10, maxLength: 150 }), deeds => {
          const story = new Story({ management });
          for (const each of deeds) story.happens(each);
          const last = { image: 'app:v9', podMetadata: { labels: { app: 'web', tier: 'z' } }, replicas: 3 };
          story.wants({ ...last, rolling: {}, policy: 'InPlaceIfPossible' });
          const { cluster } = story;
          cluster.settle(key);
          const pods = cluster.objects.list(Pods).map(stateOf);
          const expected = [0, 1, 2].map(i => [`web-${i}`, 'app:v9', 'z', 'True']);
          assert.deepEqual(
            pods.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
            expected,
          );
          const status = cluster.objects.get(StatefulSets, key)?.['status'] as Wire;
          assert.deepEqual([status['pods'], status['updatedReplicas'], status['readyReplicas']], [[], 3, 3]);
          assert.equal(status['currentRevision'], status['updateRevision']);
          cluster.wait(3_600_000);
          cluster.seeAll();
          assert.deepEqual(linesOf(cluster.pass(key)), []);
        }),
        { numRuns: 60 },
      );
    });
  });
