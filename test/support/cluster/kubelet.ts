/**
 * All kubelets of a cluster, small: each `step` takes one pod one state further, as recorded on real ones.
 *
 * An image change is observed first, then the container is stopped, then the image that was *observed* is started; a tag
 * with `bad` cannot be pulled, one with `crash` runs for a moment and ends, and `again` is a second tag of the same content.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Container, Pod, PodCondition } from '../../../api/kubernetes.ts';
import type { KubeObject } from '../../../kube/contract.ts';

interface Runtime {
  observed: number;
  /** Images of the spec as it was observed. */
  wanted: ReadonlyMap<string, string>;
  readonly containers: Map<string, Running>;
  node: string;
}

interface Running {
  /** The image of the spec that it was started for. */
  readonly asked: string;
  readonly image: string;
  readonly imageID: string;
  readonly id: string;
  readonly restarts: number;
  readonly startedAt: string;
  readonly state: 'running' | 'ended' | 'cannot pull';
}

export type Stepped =
  | { readonly is: 'same' }
  | { readonly is: 'changed'; readonly pod: KubeObject }
  | { readonly is: 'gone' };

export class Kubelets {
  readonly #runtimes = new Map<string, Runtime>();
  readonly #now: () => string;
  #ids = 0;

  constructor(now: () => string) {
    this.#now = now;
  }

  step(object: KubeObject): Stepped {
    const uid = object.metadata.uid ?? '';
    if (object.metadata.deletionTimestamp !== undefined) {
      this.#runtimes.delete(uid);
      return { is: 'gone' };
    }
    const pod = object as unknown as Pod;
    const runtime = this.#runtimeOf(uid, object.metadata.name ?? '');
    this.#advance(pod, object.metadata.generation ?? 1, runtime);
    const next = { ...object, spec: { ...pod.spec, nodeName: runtime.node }, status: this.#statusOf(pod, runtime) };
    return isDeepStrictEqual(next, object) ? { is: 'same' } : { is: 'changed', pod: next };
  }

  #runtimeOf(uid: string, name: string): Runtime {
    const known = this.#runtimes.get(uid);
    if (known !== undefined) return known;
    const made = {
      observed: 0,
      wanted: new Map<string, string>(),
      containers: new Map(),
      node: `node-of-${name}-${uid}`,
    };
    this.#runtimes.set(uid, made);
    return made;
  }

  /** One transition: what was observed comes to pass before anything new is observed. */
  #advance(pod: Pod, generation: number, runtime: Runtime): void {
    const wanted = [...runtime.wanted];
    const changed = wanted.find(([name, image]) => runtime.containers.get(name)?.asked !== image);
    if (changed === undefined && runtime.observed !== generation) {
      runtime.observed = generation;
      runtime.wanted = new Map(running(pod).map(({ name, image }) => [name, image ?? '']));
      return;
    }
    const [name, image] = changed ?? wanted.find(([, asked]) => asked.includes('crash')) ?? [];
    if (name !== undefined && image !== undefined)
      runtime.containers.set(name, this.#next(runtime.containers.get(name), image));
  }

  #next(before: Running | undefined, asked: string): Running {
    if (asked.includes('bad')) {
      const { image = asked, imageID = '', id = '', restarts = 0 } = before ?? {};
      return { asked, image, imageID, id, restarts, startedAt: '', state: 'cannot pull' };
    }
    if (before?.asked === asked && before.state === 'running') return { ...before, state: 'ended' };
    const content = asked.replace('again', '');
    const imageID = `docker.io/library/any@sha256:${Buffer.from(content).toString('hex')}`;
    return {
      asked,
      image: before?.imageID === imageID ? before.image : asked,
      imageID,
      id: `containerd://${++this.#ids}`,
      restarts: before === undefined || before.id === '' ? 0 : before.restarts + 1,
      startedAt: this.#now(),
      state: 'running',
    };
  }

  #statusOf(pod: Pod, runtime: Runtime) {
    const names = running(pod).map(({ name }) => name);
    const isUp = names.every(name => runtime.containers.get(name)?.state === 'running');
    const status = (type: string): string | undefined => pod.status?.conditions?.find(c => c.type === type)?.status;
    const gates = pod.spec?.readinessGates?.map(({ conditionType }) => conditionType) ?? [];
    const ready = isUp && gates.every(gate => status(gate) === 'True');
    const started = names.every(name => runtime.containers.has(name));
    const mine = ['PodScheduled', 'ContainersReady', 'Ready'];
    return {
      phase: started ? 'Running' : 'Pending',
      observedGeneration: runtime.observed,
      conditions: [
        ...(pod.status?.conditions ?? []).filter(c => !mine.includes(c.type)),
        this.#condition(pod, 'PodScheduled', true),
        this.#condition(pod, 'ContainersReady', isUp),
        this.#condition(pod, 'Ready', ready),
      ],
      containerStatuses: statusesOf(pod.spec?.containers, runtime),
      ...(pod.spec?.initContainers && { initContainerStatuses: statusesOf(pod.spec.initContainers, runtime) }),
    };
  }

  #condition(pod: Pod, type: string, is: boolean): PodCondition {
    const status = is ? 'True' : 'False';
    const before = pod.status?.conditions?.find(c => c.type === type);
    return before?.status === status ? before : { type, status, lastTransitionTime: this.#now() };
  }
}

/** Containers that run as long as the pod: init containers are over before anything is looked at, but for native sidecars. */
const running = ({ spec }: Pod): readonly Container[] => [
  ...(spec?.initContainers?.filter(c => c.restartPolicy === 'Always') ?? []),
  ...(spec?.containers ?? []),
];

const statusesOf = (containers: readonly Container[] | undefined, runtime: Runtime) =>
  (containers ?? []).flatMap(({ name }) => {
    const container = runtime.containers.get(name);
    return container === undefined ? [] : [statusOf(name, container)];
  });

const statusOf = (name: string, { image, imageID, id, restarts, startedAt, state }: Running) => ({
  name,
  image,
  imageID,
  containerID: id,
  ready: state === 'running',
  started: state === 'running',
  restartCount: restarts,
  state: stateOf(state, startedAt),
});

const stateOf = (state: Running['state'], startedAt: string) => {
  switch (state) {
    case 'running':
      return { running: { startedAt } };
    case 'ended':
      return { terminated: { exitCode: 7, reason: 'Error' } };
    case 'cannot pull':
      return { waiting: { reason: 'ErrImagePull', message: 'no such image' } };
  }
};
