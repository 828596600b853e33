/** Plays a recorded scenario in virtual time: one pod in a small model of the API server, and the fake kubelet's `step`. */

import type { KubeObject, Wire } from '../../../kube/contract.ts';
import { podView } from './pod.ts';
import type { Act, Observed, Recording } from './recording.ts';
import { newSandbox } from './sandbox.ts';
import type { Settings } from './settings.ts';
import { step, type Write } from './step.ts';
import { objectIn, objectsIn, textIn, textsIn } from './wire.ts';

/** From the call of kubectl to the change in the API, as recorded. */
const kubectl = 100;
/** One write of the kubelet. */
const round = 5;

/** What is done to a pod, and until when (ms) it is watched. */
export type Script = Pick<Recording, 'pod' | 'acts' | 'end'>;

export interface Played {
  readonly events: readonly Observed[];
  /** The object at the end; undefined once it is gone. */
  readonly pod: KubeObject | undefined;
}

export const play = ({ pod, acts, end }: Script, settings: Settings): Played => {
  const api = new ApiModel(pod);
  const todo = acts.map(act => ({ ...act, ms: act.ms + kubectl }));
  let sandbox = newSandbox('uid', '10.77.0.2');
  let now = 0;
  while (now < end && api.pod !== undefined) {
    while (todo[0] !== undefined && todo[0].ms <= now) perform(api, todo.shift());
    const view = api.pod === undefined ? undefined : podView(api.pod);
    const next = view === undefined ? undefined : step(sandbox, view, now, settings);
    sandbox = next?.sandbox ?? sandbox;
    if (next?.write !== undefined) write(api, next.write);
    const wake = next?.write === undefined ? (next?.wakeAfter ?? Infinity) : round;
    now = Math.min(now + Math.max(1, wake), todo[0]?.ms ?? Infinity, end);
  }
  return { events: api.events, pod: api.pod };
};

const write = (api: ApiModel, asked: Write): void => {
  if (asked.do === 'delete') api.delete(0);
  else api.patchStatus(objectIn(asked.body['status']));
};

const perform = (api: ApiModel, act: Act | undefined): void => {
  const [verb = '', what = '', ...words] = act?.act.split(' ') ?? [];
  const run = acts(api, what, words).get(verb);
  if (run === undefined) throw new Error(`no such act: ${verb}`);
  run();
};

const acts = (api: ApiModel, what: string, [last = '', ...words]: readonly string[]): ReadonlyMap<string, () => void> =>
  new Map([
    ['create', () => api.createAndBind()],
    ['gate', () => api.patchStatus({ conditions: [{ type: 'InPlaceUpdateReady', status: what }] })],
    ['image', () => api.setImages(what.split(','), imageOf(last))],
    // More than the node has is refused by the API server: nothing reaches the kubelet.
    ['resize', () => words[0] !== '400' && api.setCpu(what, words[0] ?? '')],
    ['delete', () => api.delete(2)],
    ['remove', () => api.removeFinalizers()],
  ]);

const imageOf = (change: string): string => {
  const tag = change.split('->')[1] ?? '';
  return tag === 'missing' ? 'local.test/none:v9' : `local.test/app:${tag}`;
};

/** What an API server, its defaults and the scheduler do to one pod. */
class ApiModel {
  readonly events: Observed[] = [];
  pod: KubeObject | undefined;
  constructor(pod: KubeObject) {
    const metadata = { ...pod.metadata, uid: 'uid', generation: 1 };
    this.pod = { ...pod, metadata, status: { phase: 'Pending', qosClass: qosOf(pod) } };
  }

  createAndBind(): void {
    this.#tell('ADDED');
    this.#changeSpec({ nodeName: 'node-0' }, 0);
    this.patchStatus({ conditions: [{ type: 'PodScheduled', status: 'True' }] });
  }

  /** A strategic merge: conditions by type, everything else replaced. */
  patchStatus(patch: Wire): void {
    if (this.pod === undefined) return;
    const status = objectIn(this.pod['status']);
    const patched = objectsIn(patch['conditions']);
    const kept = objectsIn(status['conditions']).filter(c => !patched.some(p => p['type'] === c['type']));
    const before = (type: unknown) => objectsIn(status['conditions']).find(c => c['type'] === type) ?? {};
    const merged = patched.filter(p => p['$patch'] !== 'delete').map(p => withoutNulls({ ...before(p['type']), ...p }));
    this.pod = { ...this.pod, status: { ...status, ...patch, conditions: [...kept, ...merged] } };
    this.#tell('MODIFIED');
  }

  setImages(names: readonly string[], image: string): void {
    this.#changeContainers(c => (names.includes(textIn(c['name'])) ? { ...c, image } : c));
  }

  setCpu(name: string, cpu: string): void {
    this.#changeContainers(c => {
      if (c['name'] !== name) return c;
      const resources = objectIn(c['resources']);
      return { ...c, resources: { ...resources, requests: { ...objectIn(resources['requests']), cpu } } };
    });
  }

  delete(graceSeconds: number): void {
    const metadata = this.pod?.metadata;
    if (this.pod === undefined || metadata === undefined) return;
    const generation = (metadata.generation ?? 0) + (metadata.deletionTimestamp === undefined ? 1 : 0);
    const deleted = { ...metadata, generation, deletionTimestamp: 'now', deletionGracePeriodSeconds: graceSeconds };
    this.pod = { ...this.pod, metadata: deleted };
    this.#tell('MODIFIED');
    if (!this.#isHeld({ ...deleted })) this.#end();
  }

  /** What ends an object is told with the object as it was before. */
  removeFinalizers(): void {
    if (this.pod === undefined) return;
    const { finalizers: _, ...metadata } = this.pod.metadata;
    if (this.#isHeld(metadata)) this.pod = { ...this.pod, metadata };
    else this.#end();
  }

  #isHeld(metadata: Wire): boolean {
    return metadata['deletionGracePeriodSeconds'] !== 0 || textsIn(metadata['finalizers']).length > 0;
  }

  #end(): void {
    this.#tell('DELETED');
    this.pod = undefined;
  }

  #changeContainers(change: (container: Wire) => Wire): void {
    const spec = objectIn(this.pod?.['spec']);
    const changed = (key: string) => (spec[key] === undefined ? {} : { [key]: objectsIn(spec[key]).map(change) });
    this.#changeSpec({ ...changed('initContainers'), ...changed('containers') }, 1);
    this.#tell('MODIFIED');
  }

  #changeSpec(fields: Wire, generations: number): void {
    if (this.pod === undefined) return;
    const { metadata } = this.pod;
    const spec = { ...objectIn(this.pod['spec']), ...fields };
    this.pod = { ...this.pod, metadata: { ...metadata, generation: (metadata.generation ?? 0) + generations }, spec };
  }

  #tell(event: string): void {
    const spec = objectIn(this.pod?.['spec']);
    const containers = [...objectsIn(spec['initContainers']), ...objectsIn(spec['containers'])];
    const images = Object.fromEntries(containers.map(c => [textIn(c['name']), c['image']]));
    this.events.push({ event, metadata: { ...this.pod?.metadata }, images, status: objectIn(this.pod?.['status']) });
  }
}

const qosOf = (pod: KubeObject): string =>
  objectsIn(objectIn(pod['spec'])['containers']).some(c => c['resources'] !== undefined) ? 'Burstable' : 'BestEffort';

const withoutNulls = (wire: Wire): Wire =>
  Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== null));
