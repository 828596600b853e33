/** Invariants of a rollout over random fleets: kubelets that dawdle, watches that lag, writes that are lost. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Pod } from '../../api/kubernetes.ts';
import type { KubeObject } from '../../kube/contract.ts';
import { Cluster } from '../../test/support/cluster/cluster.ts';
import { reasonsIn } from '../../test/support/reasons.ts';
import { aPod, aSidecarSet, injected, type SetOptions, usable } from '../../test/support/sidecarsets.ts';
import { Namespaces, Pods } from '../../workloads/resources.ts';
import { readMarks } from '../../workloads/sidecars/marks.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { controller } from './fixture.ts';

/** What happens next; numbers choose among what there is. */
type Move =
  | { readonly do: 'roll'; readonly image: string }
  | { readonly do: 'edit' } // a change that no running pod can take
  | { readonly do: 'plan'; readonly lost: number; readonly informed: boolean }
  | { readonly do: 'kubelet'; readonly pod: number }
  | { readonly do: 'see'; readonly count: number }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'breakPod'; readonly pod: number };

const images = ['log:v1', 'log:v2', 'log:v3', 'log:bad', 'log:crash', 'log:v2again'];
const number = fc.nat({ max: 20 });
const informed = fc.integer({ min: 0, max: 4 }).map(n => n > 0);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('roll' as const), image: fc.constantFrom(...images) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'edit' as const }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('plan' as const), lost: fc.nat({ max: 3 }), informed }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('kubelet' as const), pod: number }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('see' as const), count: number }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.nat({ max: 10 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('breakPod' as const), pod: number }) },
);

const scenario = fc.record({
  pods: fc.integer({ min: 1, max: 6 }),
  maxUnavailable: fc.constantFrom<number | string>(1, 2, '50%'),
  moves: fc.array(move, { minLength: 20, maxLength: 80, size: 'max' }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

class Story {
  readonly cluster = new Cluster(controller);
  readonly specs: SetOptions[] = [];
  readonly #strategy: { readonly maxUnavailable: number | string };
  #edits = 0;

  constructor({ pods, maxUnavailable }: Scenario) {
    this.#strategy = { maxUnavailable };
    this.cluster.apply(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
    this.roll('log:v1');
    for (let i = 0; i < pods; i += 1)
      this.cluster.apply(Pods, injected(aPod(`web-${i}`), [aSidecarSet(this.spec)], this.cluster.now));
    this.cluster.settle('logs');
  }

  get spec(): SetOptions {
    return this.specs.at(-1) ?? {};
  }

  roll(image: string): void {
    const container = this.#edits === 0 ? {} : { env: [{ name: 'EDIT', value: String(this.#edits) }] };
    const spec = { image, strategy: this.#strategy, container };
    this.specs.push(spec);
    this.cluster.apply(SidecarSets, aSidecarSet(spec));
  }

  edit(): void {
    this.#edits += 1;
    this.roll(this.spec.image ?? '');
  }

  /** Everything that was changed beside images is taken back. */
  revert(image: string): void {
    this.#edits = 0;
    this.roll(image);
  }

  move(next: Move): void {
    switch (next.do) {
      case 'roll':
        this.roll(next.image);
        break;
      case 'edit':
        this.edit();
        break;
      case 'plan':
        if (next.informed) this.cluster.seeAll();
        this.cluster.pass('logs', (_, index) => next.lost > 0 && index % (next.lost + 1) === 0);
        break;
      case 'kubelet':
        this.cluster.stepPod(this.#key(next.pod));
        break;
      case 'see':
        for (const resource of this.cluster.resources) this.cluster.see(resource, next.count);
        break;
      case 'wait':
        this.cluster.wait(next.seconds * 1000);
        break;
      case 'breakPod':
        this.#break(this.#key(next.pod));
        break;
    }
  }

  /** The app fails its probe; the kubelet's next step finds it well again. */
  #break(key: string): void {
    const pod = this.cluster.objects.get(Pods, key);
    if (pod === undefined) return;
    const status = pod['status'] as { conditions: readonly { type: string }[] };
    const conditions = status.conditions.map(c => (c.type === 'Ready' ? { ...c, status: 'False' } : c));
    this.cluster.objects.put(Pods, { ...pod, status: { ...status, conditions } });
  }

  #key(choice: number): string {
    const pods = this.cluster.objects.list(Pods);
    return `default/${pods[choice % pods.length]?.metadata.name}`;
  }
}

const imageOf = (pod: KubeObject): string | undefined =>
  (pod as unknown as Pod).spec?.containers.find(c => c.name === 'log')?.image;
const isReady = (pod: KubeObject): boolean =>
  (pod as unknown as Pod).status?.conditions?.find(c => c.type === 'Ready')?.status === 'True';
const statusOfLog = (pod: KubeObject) => (pod as unknown as Pod).status?.containerStatuses?.find(c => c.name === 'log');

/** Walks all states of all pods that the apiserver ever held. */
const histories = (cluster: Cluster): readonly (readonly [KubeObject | undefined, KubeObject])[] => {
  const last = new Map<string, KubeObject>();
  return cluster.objects.log.flatMap(({ resource, object, is }) => {
    if (resource !== Pods || is === 'gone') return [];
    const uid = object.metadata.uid ?? '';
    const before = last.get(uid);
    last.set(uid, object);
    return [[before, object] as const];
  });
};

describe('A rollout of a SidecarSet', () => {
  it('budget: of pods that served when they were taken, no more than maxUnavailable are under way [§11.6 d]', () => {
    fc.assert(
      fc.property(scenario, s => {
        const story = new Story(s);
        for (const next of s.moves) story.move(next);
        const limit = typeof s.maxUnavailable === 'number' ? s.maxUnavailable : Math.ceil(s.pods / 2);
        // By uid: the container that is to be replaced, and whether the pod served when it was first taken. One that was
        // broken then may recover before its kubelet acts; taking it again takes down nothing more.
        const taken = new Map<string, { readonly former: string; readonly served: boolean }>();
        for (const [before, pod] of histories(story.cluster)) {
          const uid = pod.metadata.uid ?? '';
          const log = statusOfLog(pod);
          const earlier = taken.get(uid);
          if (earlier !== undefined && isReady(pod) && log?.containerID !== earlier.former) taken.delete(uid);
          if (before === undefined || imageOf(before) === imageOf(pod)) continue;
          const served = taken.get(uid)?.served ?? isReady(before);
          taken.set(uid, { former: statusOfLog(before)?.containerID ?? '', served });
          const underWay = [...taken.values()].filter(pods => pods.served).length;
          assert.ok(underWay <= limit, `${underWay} of at most ${limit} pods are under way`);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('atomic revision: the image and the mark of a pod are always those of one spec', () => {
    fc.assert(
      fc.property(scenario, s => {
        const story = new Story(s);
        for (const next of s.moves) story.move(next);
        const known = story.specs.map(spec => ({
          image: spec.image,
          hash: usable(aSidecarSet(spec)).injection.hashes.hash,
        }));
        for (const [, pod] of histories(story.cluster)) {
          const hash = readMarks(pod.metadata.annotations?.['kruise.io/sidecarset-hash'])?.get('logs')?.hash;
          assert.ok(known.some(spec => spec.hash === hash && spec.image === imageOf(pod)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('one reason: a pod that is not where it should be has exactly one, and no other pod has any', () => {
    fc.assert(
      fc.property(scenario, s => {
        const story = new Story(s);
        for (const next of s.moves) {
          story.move(next);
          const reasons = reasonsIn(story.cluster.plan('logs'));
          assert.equal(new Set(reasons.map(r => r.pod)).size, reasons.length);
          const { hash } = usable(
            story.cluster.store.get(SidecarSets, 'logs') === undefined ? aSidecarSet() : seenSet(story),
          ).injection.hashes;
          for (const pod of story.cluster.store.list(Pods)) {
            const mark = readMarks(pod.managed?.annotations['kruise.io/sidecarset-hash'])?.get('logs');
            if (mark?.hash !== hash)
              assert.ok(
                reasons.some(r => r.pod === pod.key),
                `${pod.key} has no reason`,
              );
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('converges and is quiet: after any history, a good image reaches every pod, and then nothing is written [§11.2 #8]', () => {
    fc.assert(
      fc.property(scenario, s => {
        const story = new Story(s);
        for (const next of s.moves) story.move(next);
        story.revert('log:v9');
        story.cluster.settle('logs');
        for (const pod of story.cluster.objects.list(Pods)) {
          assert.equal(imageOf(pod), 'log:v9');
          assert.equal(statusOfLog(pod)?.image, 'log:v9');
          assert.ok(isReady(pod));
        }
        story.cluster.seeAll();
        assert.deepEqual(story.cluster.pass('logs')?.actions, []);
      }),
      { numRuns: 100 },
    );
  });
});

/** The set as the store has it, which may lag. */
const seenSet = (story: Story): KubeObject => {
  const version = story.cluster.store.get(SidecarSets, 'logs')?.resourceVersion;
  const change = story.cluster.objects.log.find(
    c => c.resource === SidecarSets && c.object.metadata.resourceVersion === version,
  );
  assert.ok(change);
  return change.object;
};
