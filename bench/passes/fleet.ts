/** A store full of pods, as a cluster has them: one SidecarSet looks after some, at rest or in the middle of a roll. */

import type { Controller, Instant, KubeObject, Resource } from '../../kube/contract.ts';
import { Store } from '../../kube/store.ts';
import { Cluster } from '../../test/support/cluster/cluster.ts';
import { aPod, aSidecarSet, injected } from '../../test/support/sidecarsets.ts';
import { ControllerRevisions, Namespaces, Pods } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';

export type Stage = 'at rest' | 'in mid-roll';

export interface FleetOptions {
  readonly stage: Stage;
  /** Of the set. */
  readonly pods: number;
  /** Pods of the cluster that the set has nothing to do with. */
  readonly others: number;
}

export class Fleet {
  readonly store = new Store();
  readonly now: Instant;
  readonly #patterns: Patterns;
  readonly #options: FleetOptions;
  #version = 1_000_000;
  #next = 0;

  constructor(controller: Controller, options: FleetOptions) {
    this.#patterns = patternsBy(controller);
    this.#options = options;
    this.now = this.#patterns.now;
    for (const resource of [Pods, Namespaces, ControllerRevisions, SidecarSets]) this.store.register(resource);
    for (const [resource, object] of this.#patterns.others) this.store.changed(resource, object);
    for (let pod = 0; pod < options.pods; pod += 1) this.#put(`web-${pod}`, this.#patternOf(pod));
    for (let pod = 0; pod < options.others; pod += 1) this.#put(`other-${pod}`, this.#patterns.foreign);
  }

  /** So many pods of the set have new versions. */
  change(count: number): void {
    for (let changed = 0; changed < count; changed += 1) {
      const pod = (this.#next++ * 7919) % this.#options.pods;
      this.#put(`web-${pod}`, this.#patternOf(pod));
    }
  }

  /** In mid-roll half of the pods have moved, and one in two hundred is on its way. */
  #patternOf(pod: number): KubeObject {
    const { old, moving, moved } = this.#patterns;
    if (this.#options.stage === 'at rest' || pod % 2 === 0) return moved;
    return pod % 200 === 1 ? moving : old;
  }

  #put(name: string, { metadata, ...rest }: KubeObject): void {
    this.#version += 1;
    const own = { name, uid: `uid-of-${name}`, resourceVersion: String(this.#version) };
    this.store.changed(Pods, { ...rest, metadata: { ...metadata, ...own } });
  }
}

interface Patterns {
  readonly now: Instant;
  /** At the former revision. */
  readonly old: KubeObject;
  /** Written, and not proven yet. */
  readonly moving: KubeObject;
  readonly moved: KubeObject;
  readonly foreign: KubeObject;
  /** The set, its revisions and the namespace. */
  readonly others: readonly (readonly [Resource, KubeObject])[];
}

/** One pod's way, as the controller itself leads it. */
const patternsBy = (controller: Controller): Patterns => {
  const cluster = new Cluster(controller);
  const pod = (name = 'web'): KubeObject => {
    const found = cluster.objects.get(Pods, `default/${name}`);
    if (found === undefined) throw new Error(`pod ${name} is gone`);
    return found;
  };
  const strategy = { maxUnavailable: '1%' };
  const before = aSidecarSet({ image: 'log:v1', strategy });
  cluster.apply(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  cluster.apply(SidecarSets, before);
  cluster.apply(Pods, injected(aPod('web'), [before], cluster.now));
  cluster.apply(Pods, aPod('other', {}, { labels: { app: 'other' } }));
  cluster.settle('logs');
  const old = pod();
  cluster.apply(SidecarSets, aSidecarSet({ image: 'log:v2', strategy }));
  // The first pass records the revision, the second moves the pod.
  for (const _ of ['record', 'move']) {
    cluster.seeAll();
    cluster.pass('logs');
  }
  const moving = pod();
  cluster.settle('logs');
  const kept: readonly Resource[] = [Namespaces, SidecarSets, ControllerRevisions];
  return {
    ...{ now: cluster.now, old, moving, moved: pod(), foreign: pod('other') },
    others: kept.flatMap(resource => cluster.objects.list(resource).map(object => [resource, object] as const)),
  };
};
