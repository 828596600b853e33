/**
 * A small cluster in which one job runs: an apiserver that keeps objects, kubelets that end pods, and people who touch
 * both. The controller sees foreign changes only when they are delivered, its own at once, as the store does it.
 */

import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { annotations } from '../../api/names.ts';
import {
  type Action,
  type Instant,
  type KubeObject,
  type Plan,
  seconds,
  type Target,
  type Wire,
} from '../../kube/contract.ts';
import { aJob, aNode, noon, pinnedTo, planFor } from './fixture.ts';

type Objects = Map<string, KubeObject>;

const phaseOf = (pod: KubeObject): unknown => (pod['status'] as Wire | undefined)?.['phase'] ?? 'Pending';
export const isLive = (pod: KubeObject): boolean => phaseOf(pod) !== 'Succeeded' && phaseOf(pod) !== 'Failed';
const isLeaving = (pod: KubeObject): boolean => pod.metadata.deletionTimestamp !== undefined;
const nodeUidOf = (pod: KubeObject): string => pod.metadata.annotations?.[annotations.nodeUid] ?? '';

export class Simulation {
  now: Instant = noon;
  job: KubeObject;
  readonly nodes: Objects = new Map();
  readonly pods: Objects = new Map();
  /** What the controller has been told of the pods. */
  private seen: Objects = new Map();
  private versions = 1;

  constructor(spec: Wire, nodes: number) {
    this.job = aJob(spec);
    for (let i = 0; i < nodes; i += 1) this.setNode(`n${i}`, {});
  }

  get status(): Wire {
    return this.job['status'] as Wire;
  }

  plan(): Plan {
    return planFor({ job: this.job, nodes: [...this.nodes.values()], pods: [...this.seen.values()], now: this.now });
  }

  /** Carries out those actions that `happens` lets through; says whether anything was written. */
  pass(happens: (index: number) => boolean = () => true): boolean {
    const { actions, status } = this.plan();
    const written = actions.filter((_, i) => happens(i)).map(action => this.act(action));
    const isNew = Object.entries(status?.is ?? {}).some(([key, value]) => !isDeepStrictEqual(this.status[key], value));
    const reported = status !== undefined && isNew && happens(actions.length);
    if (reported) this.job = { ...this.job, status: { ...this.status, ...status.is } };
    return reported || written.length > 0;
  }

  private act(action: Action): void {
    if (action.do === 'create') this.create(action.object);
    else if (action.do === 'delete') this.delete(action.target);
    else assert.fail(`a BroadcastJob never does ${action.do}`);
  }

  /** Guarded by the version: what has changed since it was seen stays. */
  private delete({ name, resourceVersion }: Target): void {
    const pod = this.pods.get(name);
    if (pod?.metadata.resourceVersion === resourceVersion) this.seeAlso(this.deleted(pod));
  }

  private create(object: KubeObject): void {
    const name = object.metadata.name ?? '';
    if (this.pods.has(name)) return; // 409
    this.checkCreation(object);
    this.seeAlso(this.put({ ...object, metadata: { ...object.metadata, uid: `uid-${this.versions}` } }));
  }

  /** The invariants that a creation can break, against what is really there. */
  private checkCreation(object: KubeObject): void {
    const node = pinnedTo(object);
    const live = [...this.pods.values()].filter(isLive);
    assert.ok(!live.some(pod => pinnedTo(pod) === node), `once means once: ${node} has a live pod already`);
    const done = [...this.pods.values()].some(p => nodeUidOf(p) === nodeUidOf(object) && phaseOf(p) === 'Succeeded');
    assert.ok(!done, `once means once: ${node} is done already`);
    const { parallelism } = this.job['spec'] as { parallelism: number };
    assert.ok(live.length < parallelism, `parallelism ${parallelism} is used by ${live.length} live pods`);
  }

  private put(pod: KubeObject): KubeObject {
    this.versions += 1;
    const stored = { ...pod, metadata: { ...pod.metadata, resourceVersion: String(this.versions) } };
    this.pods.set(pod.metadata.name ?? '', stored);
    return stored;
  }

  private seeAlso(pod: KubeObject): void {
    this.seen.set(pod.metadata.name ?? '', pod);
  }

  private deleted(pod: KubeObject): KubeObject {
    return this.put({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T12:00:30Z' } });
  }

  // ── What others do ──────────────────────────────────────────────────────────────────────────────────────────────

  deliver(): void {
    this.seen = new Map(this.pods);
  }

  private nth(index: number, which: (pod: KubeObject) => boolean): KubeObject | undefined {
    const found = [...this.pods.values()].filter(which);
    return found[index % Math.max(1, found.length)];
  }

  podBecomes(index: number, phase: 'Running' | 'Succeeded' | 'Failed'): void {
    const pod = this.nth(index, isLive);
    if (pod !== undefined) this.put({ ...pod, status: { ...(pod['status'] as Wire), phase } });
  }

  podRestarts(index: number): void {
    const pod = this.nth(index, isLive);
    if (pod === undefined) return;
    const containerStatuses = [{ name: 'main', restartCount: 1, state: { running: {} } }];
    this.put({ ...pod, status: { phase: 'Running', containerStatuses } });
  }

  /** Only of pods that run: results are kept nowhere but in pods. */
  userDeletesPod(index: number): void {
    const pod = this.nth(index, p => isLive(p) && !isLeaving(p));
    if (pod !== undefined) this.deleted(pod);
  }

  podIsGone(index: number): void {
    const pod = this.nth(index, isLeaving);
    if (pod !== undefined) this.pods.delete(pod.metadata.name ?? '');
  }

  setNode(name: string, wish: Parameters<typeof aNode>[1]): void {
    const uid = this.nodes.get(name)?.metadata.uid ?? `node-uid-${this.versions}-${name}`;
    this.nodes.set(name, aNode(name, { uid, ...wish }));
  }

  nodeIsMadeAnew(name: string): void {
    this.versions += 1;
    this.nodes.delete(name);
    this.setNode(name, {});
  }

  setSpec(change: Wire): void {
    const generation = (this.job.metadata.generation ?? 0) + 1;
    const metadata = { ...this.job.metadata, generation };
    this.job = { ...this.job, metadata, spec: { ...(this.job['spec'] as Wire), ...change } };
  }

  // ── At the end ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Everything is delivered, every pod ends well, whatever terminates goes; until nothing is written any more. */
  settle(): void {
    for (const name of this.nodes.keys()) this.setNode(name, {});
    this.setSpec({ paused: false, parallelism: 2, failurePolicy: { type: 'Continue' } });
    for (let round = 0; round < 100; round += 1) {
      this.deliver();
      const wrote = this.pass();
      for (const pod of [...this.pods.values()]) this.kubelet(pod);
      if (!wrote && ![...this.pods.values()].some(pod => isLive(pod) || isLeaving(pod))) return;
      this.now += seconds(1);
    }
    assert.fail(`still busy after 100 rounds: ${JSON.stringify(this.status)}`);
  }

  nodesNotDone(): readonly string[] {
    const ended = new Set([...this.pods.values()].filter(pod => !isLive(pod)).map(nodeUidOf));
    return [...this.nodes].flatMap(([name, node]) => (ended.has(node.metadata.uid ?? '') ? [] : [name]));
  }

  private kubelet(pod: KubeObject): void {
    if (isLeaving(pod)) this.pods.delete(pod.metadata.name ?? '');
    else if (isLive(pod)) this.put({ ...pod, status: { ...(pod['status'] as Wire), phase: 'Succeeded' } });
  }
}
