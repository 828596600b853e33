/**
 * The objects of the model, each state of each object kept once. What no decision depends on is taken away, so that
 * states of the whole are equal as often as they can be: versions, uids of former lives, ids of containers beyond
 * whether they are equal, and all of a time but how long ago it was, in steps that no planner can tell apart.
 */

import {
  addressOf,
  type Instant,
  type KubeObject,
  keyOf,
  type Millis,
  type Resource,
  type Seen,
  seconds,
  type Wire,
} from '../../kube/contract.ts';
import { isRecord } from '../../kube/wire.ts';
import { timestampOf } from '../../workloads/pods/project.ts';
import { frozen } from '../support/frozen.ts';

/** It is always the same instant: the past moves away instead. */
export const now: Instant = Date.UTC(2026, 0, 1, 12);

/** Ages in seconds at which some planner decides anew; any other counts as the next lower one. */
const ages = [0, 1, 2, 3, 5, 6, 31, 60, 120];

/** One object in one state. The same state of the same object is the same cell. */
export interface Cell {
  readonly id: number;
  /** e.g. `pods/default/web-0` */
  readonly slot: string;
  readonly resource: Resource;
  readonly object: KubeObject;
  /** What a pod's kubelet knows of it and does not show; {} for all other objects. */
  readonly runtime: Wire;
  readonly view: Seen | undefined;
}

export const slotOf = (resource: Resource, { metadata }: KubeObject): string =>
  slotNamed(resource, keyOf(metadata.namespace ?? '', metadata.name ?? ''));

export const slotNamed = (resource: Resource, key: string): string => `${resource.plural}/${key}`;

export class Cells {
  readonly #byText = new Map<string, Cell>();
  readonly #aged = new Map<string, Cell>();

  get count(): number {
    return this.#byText.size;
  }

  of(resource: Resource, object: KubeObject, runtime: Wire = {}): Cell {
    const slot = slotOf(resource, object);
    const text = textOf(slot, resource, object, runtime);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const [, state, hidden] = JSON.parse(text) as [string, KubeObject, Wire];
    const made = {
      id: this.#byText.size,
      slot,
      resource,
      object: frozen(state),
      runtime: frozen(hidden),
      view: frozen(resource.view(state)),
    };
    this.#byText.set(text, made);
    return made;
  }

  /** The same object when so much time has passed. */
  aged(cell: Cell, by: Millis): Cell {
    const key = `${cell.id}+${by}`;
    const known = this.#aged.get(key);
    if (known !== undefined) return known;
    const older = JSON.parse(withTimes(JSON.stringify([cell.object, cell.runtime]), at => at - by)) as [
      KubeObject,
      Wire,
    ];
    const made = this.of(cell.resource, ...older);
    this.#aged.set(key, made);
    return made;
  }
}

const textOf = (slot: string, resource: Resource, object: KubeObject, runtime: Wire): string => {
  const metadata = { ...object.metadata, resourceVersion: '1' };
  const isPod = addressOf(resource) === '/v1/pods';
  const plain = isPod ? withoutCounts({ ...object, metadata }) : { ...object, metadata };
  return withTimes(
    withIds(JSON.stringify(sorted([slot, plain, runtime]))),
    at => now - seconds(stepOf((now - at) / 1000)),
  );
};

const stepOf = (age: number): number => ages.findLast(step => step <= age) ?? 0;

const withTimes = (text: string, change: (at: Instant) => Instant): string =>
  text.replaceAll(/2026-01-01T1[12]:\d\d:\d\dZ/gu, time => timestampOf(change(Date.parse(time))));

/** Named in the order in which they stand. */
const withIds = (text: string): string => {
  const names = new Map<string, string>();
  return text.replaceAll(/containerd:\/\/[\w-]+/gu, id => {
    const name = names.get(id) ?? `containerd://k${names.size}`;
    names.set(id, name);
    return name;
  });
};

/** Of a generation only matters how far the kubelet is behind it; of conditions no order. */
const withoutCounts = (pod: KubeObject): KubeObject => {
  const status = isRecord(pod['status']) ? pod['status'] : {};
  const { observedGeneration: observed, conditions } = status;
  const behind = typeof observed === 'number' ? Math.min(3, (pod.metadata.generation ?? 0) - observed) : undefined;
  return {
    ...pod,
    metadata: { ...pod.metadata, generation: 9 },
    status: {
      ...status,
      ...(behind === undefined ? {} : { observedGeneration: 9 - behind }),
      ...(Array.isArray(conditions) ? { conditions: conditions.toSorted(byType) } : {}),
    },
  };
};

const byType = (a: Wire, b: Wire): number => (String(a['type']) < String(b['type']) ? -1 : 1);

/** Keys in one order. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, sorted(value[key])]),
  );
};
