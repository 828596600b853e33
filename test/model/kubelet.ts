/**
 * Scheduler and kubelets, as small as the recorded sequences allow (model/kubelet.test.ts holds them to those). A worker
 * looks at its pod: it shows what its former work has come to and what generation it sees, and then works towards what
 * it has seen, without looking up. How long anything takes is open: each look is a step of its own.
 */

import type { Container, ContainerStatus, Pod, PodCondition } from '../../api/kubernetes.ts';
import type { Instant, KubeObject, Wire } from '../../kube/contract.ts';
import { timestampOf } from '../../workloads/pods/project.ts';

/** What a process does when it runs. `may end`: well or badly, when it likes. */
export type Process = 'stays' | 'crashes' | 'ends well' | 'ends badly' | 'may end';
export type ProcessOf = (container: Container) => Process;

/** What a worker knows beyond what the status shows. */
interface Runtime {
  /** Images of the spec at its last look, towards which it works; empty if nothing is to be done. */
  readonly begun: Readonly<Record<string, string>>;
  /** The image of the spec that each container was last started for. */
  readonly asked: Readonly<Record<string, string>>;
  /** How often each container has crashed since. */
  readonly crashes: Readonly<Record<string, number>>;
  readonly stage: 'live' | 'stopping' | 'stopped';
}

export interface Look {
  readonly says: string;
  /** Undefined: the pod is gone. */
  readonly pod: KubeObject | undefined;
  readonly runtime: Wire;
}

/** So often a crash loop flashes Ready before its back-off is longer than anybody looks. */
const flashes = 2;

export const looks = (object: KubeObject, hidden: Wire, processOf: ProcessOf, now: Instant): readonly Look[] => {
  const pod = object as unknown as Pod; // pods of the model are whole
  if (pod.spec?.nodeName === undefined)
    return object.metadata.deletionTimestamp === undefined ? [bound(object)] : [gone];
  const runtime = { ...unborn, ...hidden } as Runtime;
  if (runtime.stage === 'stopped' && object.metadata.deletionTimestamp !== undefined) return [gone];
  const seen = looksAt(object, runtime, processOf, now);
  const former = asLastSeen(object, runtime);
  const behind = former === undefined ? [] : looksAt(former, runtime, processOf, now);
  return [
    ...seen,
    ...behind.map(look => ({ ...look, says: `has not seen the change and ${look.says}`, pod: shownOn(object, look) })),
  ];
};

const looksAt = (object: KubeObject, runtime: Runtime, processOf: ProcessOf, now: Instant): readonly Look[] => {
  const pod = object as unknown as Pod;
  const worker = new Worker(object, pod, runtime, now);
  const own = containersOf(pod).flatMap(container => ends(worker, container, processOf(container)));
  return worker.isDue() ? [worker.look('looks', worker.afterWork()), ...own] : own;
};

/** The pod to a kubelet that has not heard of its last change; undefined if it has, or knows no former one. */
const asLastSeen = (object: KubeObject, { asked, begun }: Runtime): KubeObject | undefined => {
  const pod = object as unknown as Pod;
  const generation = pod.status?.observedGeneration;
  const containers = containersOf(pod);
  if (generation === undefined || generation === object.metadata.generation) return undefined;
  if (containers.some(({ name }) => asked[name] === undefined)) return undefined;
  const { deletionTimestamp: _, ...metadata } = object.metadata;
  const spec = { ...pod.spec, containers: containers.map(c => ({ ...c, image: begun[c.name] ?? asked[c.name] })) };
  return { ...object, metadata: { ...metadata, generation }, spec };
};

const shownOn = (object: KubeObject, { pod }: Look): KubeObject => ({ ...object, status: pod?.['status'] });

const unborn: Runtime = { begun: {}, asked: {}, crashes: {}, stage: 'live' };
const gone: Look = { says: 'is gone', pod: undefined, runtime: {} };

const bound = (pod: KubeObject): Look => {
  const scheduled = { type: 'PodScheduled', status: 'True' };
  const spec = { ...(pod['spec'] as Wire), nodeName: nodeFor(pod) };
  const status = { conditions: [], ...(pod['status'] as Wire) };
  return {
    says: 'is bound',
    pod: { ...pod, spec, status: { ...status, phase: 'Pending', conditions: [...status.conditions, scheduled] } },
    runtime: {},
  };
};

const nodeFor = (object: KubeObject): string => {
  const term = (object as unknown as Pod).spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    ?.nodeSelectorTerms[0];
  return term?.matchFields?.[0]?.values?.[0] ?? `node-of-${object.metadata.name}`;
};

/** All that run as long as the pod. */
const containersOf = ({ spec }: Pod): readonly Container[] => spec?.containers ?? [];

/** A process that ends by itself is seen at a look of its own; what the worker has begun goes on meanwhile. */
const ends = (worker: Worker, container: Container, process: Process): readonly Look[] => {
  if (!worker.mayEnd(container.name)) return [];
  const end = (exitCode: number): Look =>
    worker.look(`sees ${container.name} end with ${exitCode}`, worker.afterEnd(container.name, exitCode));
  switch (process) {
    case 'stays':
      return [];
    case 'crashes':
      return worker.runtime.crashes[container.name] === flashes + 1 ? [] : [end(7)];
    case 'ends well':
      return [end(0)];
    case 'ends badly':
      return [end(3)];
    case 'may end':
      return [end(0), end(3)];
  }
};

type Statuses = ReadonlyMap<string, ContainerStatus>;

/** What a look is to show. */
interface Scene {
  readonly statuses: Statuses;
  readonly runtime: Runtime;
}

class Worker {
  readonly runtime: Runtime;
  readonly #object: KubeObject;
  readonly #pod: Pod;
  readonly #now: Instant;
  readonly #statuses: Statuses;

  constructor(object: KubeObject, pod: Pod, runtime: Runtime, now: Instant) {
    this.#object = object;
    this.#pod = pod;
    this.runtime = runtime;
    this.#now = now;
    this.#statuses = new Map(pod.status?.containerStatuses?.map(status => [status.name, status]));
  }

  /** Something is to be shown or seen. */
  isDue(): boolean {
    if (this.runtime.stage === 'stopped') return false;
    if (Object.keys(this.runtime.begun).length > 0 || this.runtime.stage === 'stopping') return true;
    if (this.#pod.status?.observedGeneration !== this.#object.metadata.generation) return true;
    return this.#conditionOf('Ready') !== this.#readiness(this.#statuses);
  }

  mayEnd(name: string): boolean {
    const { state } = this.#statuses.get(name) ?? {};
    return state?.running !== undefined && this.runtime.stage === 'live';
  }

  /** The containers when what was begun is done. */
  afterWork(): Scene {
    if (this.runtime.stage === 'stopping') return this.#stopped();
    let scene: Scene = { statuses: this.#statuses, runtime: this.runtime };
    for (const [name, image] of Object.entries(this.runtime.begun)) scene = this.#started(scene, name, image);
    return scene;
  }

  afterEnd(name: string, exitCode: number): Scene {
    const { crashes } = this.runtime;
    const runtime = { ...this.runtime, crashes: { ...crashes, [name]: (crashes[name] ?? 0) + 1 } };
    return { statuses: new Map([...this.#statuses, ...this.#ended(name, exitCode)]), runtime };
  }

  /** The status that the worker shows, and what it goes about then. */
  look(says: string, { statuses, runtime }: Scene): Look {
    const begun = this.#begin(statuses, runtime);
    const pod = { ...this.#object, status: this.#statusOf(statuses, runtime, begun.stage) };
    return { says, pod, runtime: { ...runtime, ...begun } };
  }

  #stopped(): Scene {
    const statuses = new Map([...this.#statuses].flatMap(([name]) => this.#ended(name, 0)));
    return { statuses, runtime: { ...this.runtime, stage: 'stopped' } };
  }

  #ended(name: string, exitCode: number): [string, ContainerStatus][] {
    const status = this.#statuses.get(name);
    if (status === undefined) return [];
    const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt: timestampOf(this.#now) };
    return [
      [
        name,
        status.state?.running === undefined
          ? status
          : { ...status, ready: false, started: false, state: { terminated } },
      ],
    ];
  }

  #started({ statuses, runtime }: Scene, name: string, image: string): Scene {
    const before = statuses.get(name);
    const isAnother = runtime.asked[name] !== image;
    const crashes = isAnother ? 0 : (runtime.crashes[name] ?? 0);
    const known = {
      ...runtime,
      asked: { ...runtime.asked, [name]: image },
      crashes: { ...runtime.crashes, [name]: crashes },
    };
    return { statuses: new Map([...statuses, [name, this.#run(name, image, before, crashes)]]), runtime: known };
  }

  #run(name: string, image: string, before: ContainerStatus | undefined, crashes: number): ContainerStatus {
    const { image: shown = image, imageID: former = '', containerID = '', restartCount = 0 } = before ?? {};
    const stopped = { name, image: shown, imageID: former, containerID, restartCount, ready: false, started: false };
    if (/bad|missing|none/u.test(image))
      return { ...stopped, state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } };
    if (crashes > flashes) return { ...stopped, state: { waiting: { reason: 'CrashLoopBackOff' } } };
    const imageID = `docker.io/library/any@sha256:${Buffer.from(image.replace('again', '')).toString('hex')}`;
    return {
      name,
      image: imageID === former ? shown : image,
      imageID,
      containerID: `containerd://new-${name}`,
      restartCount: containerID === '' ? 0 : restartCount + 1,
      ready: true,
      started: true,
      state: { running: { startedAt: timestampOf(this.#now) } },
    };
  }

  #begin(statuses: Statuses, runtime: Runtime): Pick<Runtime, 'begun' | 'stage'> {
    if (runtime.stage === 'stopped') return { begun: {}, stage: 'stopped' };
    if (this.#object.metadata.deletionTimestamp !== undefined) return { begun: {}, stage: 'stopping' };
    if (this.#isOver(statuses)) return { begun: {}, stage: runtime.stage === 'live' ? 'stopping' : 'stopped' };
    const todo = containersOf(this.#pod).filter(c => this.#needsStart(c, statuses.get(c.name), runtime));
    return { begun: Object.fromEntries(todo.map(({ name, image = '' }) => [name, image])), stage: 'live' };
  }

  #needsStart({ name, image = '' }: Container, status: ContainerStatus | undefined, { asked }: Runtime): boolean {
    if (asked[name] !== image || status === undefined) return true;
    return status.state?.terminated !== undefined;
  }

  /** A pod that is never restarted is over when its containers have ended. */
  #isOver(statuses: Statuses): boolean {
    return (
      this.#pod.spec?.restartPolicy === 'Never' &&
      statuses.size > 0 &&
      [...statuses.values()].every(({ state }) => state?.terminated !== undefined)
    );
  }

  #statusOf(statuses: Statuses, runtime: Runtime, stage: Runtime['stage']) {
    const all = containersOf(this.#pod).map(container => shownOf(container, statuses.get(container.name)));
    const mine = ['ContainersReady', 'Ready'];
    const foreign = (this.#pod.status?.conditions ?? []).filter(({ type }) => !mine.includes(type));
    return {
      ...this.#pod.status,
      phase: this.#phaseOf(statuses, runtime, stage),
      observedGeneration: this.#object.metadata.generation,
      conditions: [...foreign, ...this.#conditionsOf(statuses)],
      containerStatuses: all,
    };
  }

  #phaseOf(statuses: Statuses, runtime: Runtime, stage: Runtime['stage']): string {
    const all = [...statuses.values()];
    if (stage === 'stopped' || runtime.stage === 'stopped')
      return all.every(({ state }) => state?.terminated?.exitCode === 0) && all.length > 0 ? 'Succeeded' : 'Failed';
    const hasRun = all.length > 0 && all.every(({ containerID }) => containerID !== undefined && containerID !== '');
    return hasRun ? 'Running' : 'Pending';
  }

  #conditionsOf(statuses: Statuses): readonly PodCondition[] {
    const containersReady = this.#allReady(statuses) ? 'True' : 'False';
    return [this.#condition('ContainersReady', containersReady), this.#condition('Ready', this.#readiness(statuses))];
  }

  #allReady(statuses: Statuses): boolean {
    return containersOf(this.#pod).every(({ name }) => statuses.get(name)?.ready === true);
  }

  #readiness(statuses: Statuses): 'True' | 'False' {
    const gates = this.#pod.spec?.readinessGates?.map(({ conditionType }) => conditionType) ?? [];
    return this.#allReady(statuses) && gates.every(gate => this.#conditionOf(gate) === 'True') ? 'True' : 'False';
  }

  #conditionOf(type: string): string | undefined {
    return this.#pod.status?.conditions?.find(c => c.type === type)?.status;
  }

  #condition(type: string, status: 'True' | 'False'): PodCondition {
    const before = this.#pod.status?.conditions?.find(c => c.type === type);
    return before?.status === status ? before : { type, status, lastTransitionTime: timestampOf(this.#now) };
  }
}

/** One that never ran is shown by the spec's image. */
const shownOf = (container: Container, status: ContainerStatus | undefined): ContainerStatus => {
  if (status === undefined) return waiting(container);
  return status.containerID ? status : { ...status, image: container.image ?? '' };
};

const waiting = ({ name, image = '' }: Container): ContainerStatus => ({
  name,
  image,
  imageID: '',
  ready: false,
  started: false,
  restartCount: 0,
  state: { waiting: { reason: 'ContainerCreating' } },
});
