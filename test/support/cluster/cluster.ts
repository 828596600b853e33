/**
 * A cluster in memory around one controller: an apiserver, kubelets, and the product's own store between them and the
 * controller. Nothing happens by itself: tests say who moves next, and so can delay, drop and reorder what is told.
 */

import type { Action, Controller, Instant, Key, KubeObject, Millis, Plan, Resource } from '../../../kube/contract.ts';
import { addressOf, subjectOf } from '../../../kube/contract.ts';
import { statusAction } from '../../../kube/loop/status.ts';
import { Store } from '../../../kube/store.ts';
import { timestampOf } from '../../../workloads/pods/project.ts';
import { Pods } from '../../../workloads/resources.ts';
import { frozen } from '../frozen.ts';
import { Kubelets } from './kubelet.ts';
import { Objects } from './objects.ts';

export class Cluster {
  readonly objects: Objects;
  readonly store = new Store({ seal: frozen, report: ({ error }) => assertNever(error) });
  readonly #kubelets: Kubelets;
  readonly #controller: Controller;
  readonly #resources: readonly Resource[];
  /** How much of the log has been told of each resource. */
  readonly #told = new Map<string, number>();
  #now: Instant = Date.UTC(2026, 0, 1);
  #refusal: (action: Action) => string | undefined = () => undefined;

  constructor(controller: Controller) {
    this.#controller = controller;
    const all = [controller.reconciles, ...controller.reads, ...controller.wakesOn.map(trigger => trigger.on)];
    this.#resources = [...new Set(all)];
    for (const resource of this.#resources) this.store.register(resource);
    this.objects = new Objects(() => timestampOf(this.#now));
    this.#kubelets = new Kubelets(() => timestampOf(this.#now));
  }

  get now(): Instant {
    return this.#now;
  }

  get resources(): readonly Resource[] {
    return this.#resources;
  }

  wait(time: Millis): void {
    this.#now += time;
  }

  /** A user creates an object, or replaces its spec. */
  apply(resource: Resource, object: KubeObject): void {
    const { namespace = '', name = '' } = object.metadata;
    const key = namespace === '' ? name : `${namespace}/${name}`;
    const there = this.objects.get(resource, key);
    if (there === undefined) this.objects.create(resource, object);
    else this.objects.put(resource, { ...there, spec: object['spec'] });
  }

  /** What the cluster's policies, quotas and budgets say from now on to the writes that they refuse. */
  refuse(refusal: (action: Action) => string | undefined): void {
    this.#refusal = refusal;
  }

  // ── The store learns ──

  /** Tells the store the next changes of one resource: `count` of them, or all. */
  see(resource: Resource, count = Number.POSITIVE_INFINITY): void {
    const address = addressOf(resource);
    for (let told = 0; told < count; told += 1) {
      const at = this.objects.log.findIndex(
        (c, i) => i >= (this.#told.get(address) ?? 0) && c.resource.plural === resource.plural,
      );
      const change = this.objects.log[at];
      if (change === undefined) return;
      this.#told.set(address, at + 1);
      if (change.is === 'there') this.store.changed(resource, change.object);
      else this.store.deleted(resource, change.object);
    }
  }

  seeAll(): void {
    for (const resource of this.#resources) this.see(resource);
  }

  // ── The kubelets move ──

  /** One state further for one pod; whether it was possible. */
  stepPod(key: Key): boolean {
    const pod = this.objects.get(Pods, key);
    const stepped = pod === undefined ? undefined : this.#kubelets.step(pod);
    if (stepped?.is === 'gone') this.objects.remove(Pods, key);
    if (stepped?.is === 'changed') this.objects.put(Pods, stepped.pod);
    return stepped !== undefined && stepped.is !== 'same';
  }

  stepAllPods(): boolean {
    const keys = this.objects.list(Pods).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    return keys.filter(key => this.stepPod(key)).length > 0;
  }

  // ── The controller moves ──

  plan(key: Key): Plan | undefined {
    return this.#controller.pass(key, this.store, this.#now);
  }

  /** One pass as the machine makes it; writes for which `lost` says so never leave. Returns what was planned. */
  pass(key: Key, lost: (action: Action, index: number) => boolean = () => false): Plan | undefined {
    const plan = this.plan(key);
    if (plan === undefined) return undefined;
    const status = plan.status === undefined ? undefined : statusAction(plan.status);
    const actions = status === undefined ? plan.actions : [...plan.actions, status];
    const sent = actions.filter((action, i) => !lost(action, i));
    const claims = sent.map(({ disrupts }) =>
      disrupts === undefined ? () => {} : this.store.claim(disrupts, this.#controller.name, this.#now),
    );
    for (const action of sent) this.#carryOut(key, action);
    for (const release of claims) release();
    return { ...plan, actions };
  }

  #carryOut(key: Key, action: Action): void {
    const { resource, object: written, uid } = subjectOf(action);
    const message = this.#refusal(action);
    if (message !== undefined) {
      const refused = { uid, why: action.why, message, at: this.#now, by: this.#controller.name, key };
      this.store.refused(resource, written, refused);
      return;
    }
    this.store.accepted(resource, written);
    const { outcome, object } = this.objects.act(action);
    if (outcome.is === 'refused' || outcome.is === 'failed') throw new Error(`${action.do}: ${outcome.message}`);
    if (object !== undefined) this.store.put(resource, object);
  }

  /** Everybody moves in turn, a second each, until nothing changes for a minute. Throws when that does not happen. */
  settle(key: Key, rounds = 2000): void {
    let quiet = 0;
    for (let round = 0; round < rounds; round += 1) {
      this.seeAll();
      const planned = this.pass(key)?.actions.filter(action => this.#refusal(action) === undefined).length ?? 0;
      const moved = this.stepAllPods();
      quiet = planned === 0 && !moved ? quiet + 1 : 0;
      if (quiet > 60) return;
      this.wait(1000);
    }
    throw new Error(`not quiet after ${rounds} rounds: ${describe(this.plan(key))}`);
  }
}

/** A plan in lines such as `patch web-2: drained before main=app:v2`. */
export const linesOf = (plan: Plan | undefined): readonly string[] =>
  (plan?.actions ?? []).map(action => {
    const name = action.do === 'create' ? action.object.metadata.name : action.target.name;
    return `${action.do} ${name}: ${action.why}`;
  });

const describe = (plan: Plan | undefined): string =>
  JSON.stringify({ lines: linesOf(plan), reasons: plan?.reasons?.slice(0, 5) });

const assertNever = (error: unknown): never => {
  throw error;
};
