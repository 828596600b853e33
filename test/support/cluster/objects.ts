/** An apiserver's memory, small: objects by address and key, versions that only rise, and a log of every change. */

import { conditions } from '../../../api/names.ts';
import { completed, requestFor } from '../../../kube/act/request.ts';
import {
  type Action,
  addressOf,
  type Key,
  type KubeObject,
  keyOf,
  type Outcome,
  type Resource,
  seenOf,
  type Wire,
} from '../../../kube/contract.ts';
import { isRecord } from '../../../kube/wire.ts';
import { patched } from '../apiserver/patch.ts';

export interface Change {
  readonly resource: Resource;
  readonly key: Key;
  /** The object with the version of this change; its last state when it is gone. */
  readonly object: KubeObject;
  readonly is: 'there' | 'gone';
}

/** What a write was answered: the outcome, and the object as the answer showed it. */
export interface Answered {
  readonly outcome: Outcome;
  readonly object?: KubeObject;
}

export class Objects {
  readonly log: Change[] = [];
  readonly #tables = new Map<string, Map<Key, KubeObject>>();
  readonly #now: () => string;
  #version = 100;
  #uids = 0;

  constructor(now: () => string) {
    this.#now = now;
  }

  get(resource: Resource, key: Key): KubeObject | undefined {
    return this.#table(resource).get(key);
  }

  list(resource: Resource): readonly KubeObject[] {
    return [...this.#table(resource).values()];
  }

  create(resource: Resource, object: KubeObject): KubeObject {
    const made = {
      ...object,
      metadata: { ...object.metadata, uid: `uid-${++this.#uids}`, generation: 1, creationTimestamp: this.#now() },
    };
    return this.put(resource, { ...made, ...openedStatus(made) });
  }

  /** Stores a new state under the next version; a changed spec is a new generation. */
  put(resource: Resource, object: KubeObject): KubeObject {
    const key = seenOf(object).key;
    const before = this.get(resource, key);
    const isNewSpec = before !== undefined && JSON.stringify(before['spec']) !== JSON.stringify(object['spec']);
    const generation = (object.metadata.generation ?? 1) + (isNewSpec ? 1 : 0);
    const stored = {
      ...object,
      metadata: { ...object.metadata, generation, resourceVersion: String(++this.#version) },
    };
    this.#table(resource).set(key, stored);
    this.log.push({ resource, key, object: stored, is: 'there' });
    return stored;
  }

  remove(resource: Resource, key: Key): void {
    const object = this.get(resource, key);
    if (object === undefined) return;
    this.#table(resource).delete(key);
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } };
    this.log.push({ resource, key, object: last, is: 'gone' });
  }

  /** Carries one write out as an apiserver would. */
  act(action: Action): Answered {
    switch (action.do) {
      case 'create':
        return this.#create(action);
      case 'patch':
        return this.#patch(action);
      case 'delete':
        return this.#delete(action);
      case 'evict':
        return this.#evict(action);
    }
  }

  #create({ resource, object }: Extract<Action, { do: 'create' }>): Answered {
    const there = this.get(resource, seenOf(object).key);
    return there === undefined
      ? { outcome: { is: 'done' }, object: this.create(resource, object) }
      : { outcome: { is: 'stale' }, object: there };
  }

  #patch(action: Extract<Action, { do: 'patch' }>): Answered {
    const { resource, namespace, name } = action.target;
    const current = this.get(resource, keyOf(namespace, name));
    if (current === undefined) return { outcome: { is: 'stale' } };
    const { contentType, body } = requestFor(completed(action, current));
    const result = patched(current, contentType ?? '', withOwners(current, JSON.parse(String(body))));
    if ('object' in result)
      return { outcome: { is: 'done' }, object: this.put(resource, only(action.part, current, result.object)) };
    return result.refused === 409 || current.metadata.uid !== action.target.uid
      ? { outcome: { is: 'stale' }, object: current }
      : { outcome: { is: 'refused', message: 'the patch cannot be applied' }, object: current };
  }

  #delete({ target }: Extract<Action, { do: 'delete' }>): Answered {
    const key = keyOf(target.namespace, target.name);
    const current = this.get(target.resource, key);
    if (current === undefined) return { outcome: { is: 'done' } };
    const { uid, resourceVersion } = current.metadata;
    if (uid !== target.uid || resourceVersion !== target.resourceVersion)
      return { outcome: { is: 'stale' }, object: current };
    return this.delete(target.resource, key);
  }

  /** As a deletion, by a server that keeps no disruption budgets. */
  #evict({ target, why }: Extract<Action, { do: 'evict' }>): Answered {
    return this.#delete({ do: 'delete', target, why });
  }

  /** Pods are only marked: their kubelet ends them. */
  delete(resource: Resource, key: Key): Answered {
    const current = this.get(resource, key);
    if (current === undefined || resource.plural !== 'pods') {
      this.remove(resource, key);
      return { outcome: { is: 'done' } };
    }
    const metadata = { deletionTimestamp: this.#now(), ...current.metadata };
    return { outcome: { is: 'done' }, object: this.put(resource, { ...current, metadata }) };
  }

  #table(resource: Resource): Map<Key, KubeObject> {
    const address = addressOf(resource);
    const known = this.#tables.get(address);
    if (known !== undefined) return known;
    const table = new Map<Key, KubeObject>();
    this.#tables.set(address, table);
    return table;
  }
}

/** A write to the main resource does not touch the status, one to the status not the spec. */
const only = (part: string, before: KubeObject, after: KubeObject): KubeObject => {
  const kept = part === 'status' ? 'spec' : 'status';
  return before[kept] === undefined ? after : { ...after, [kept]: before[kept] };
};

/** Strategic merge adds owner references to those that are there, by uid. */
const withOwners = (current: KubeObject, body: unknown): unknown => {
  if (!isRecord(body) || !isRecord(body['metadata'])) return body;
  const given: unknown = body['metadata']['ownerReferences'];
  if (!Array.isArray(given)) return body;
  const uids = new Set(given.map((ref: Wire) => ref['uid']));
  const kept = (current.metadata.ownerReferences ?? []).filter(({ uid }) => !uids.has(uid));
  return { ...body, metadata: { ...body['metadata'], ownerReferences: [...kept, ...given] } };
};

/** The controller of the gate KruisePodReady is always in time. */
const openedStatus = ({ spec, status }: Wire): Wire => {
  const gates = isRecord(spec) && Array.isArray(spec['readinessGates']) ? spec['readinessGates'] : [];
  if (status !== undefined || !gates.some(g => isRecord(g) && g['conditionType'] === conditions.kruisePodReady))
    return {};
  return { status: { conditions: [{ type: conditions.kruisePodReady, status: 'True' }] } };
};
