/** A chronicle as it unfolds: what was there after each revision. */

import type { KubeObject } from '../../kube/contract.ts';
import type { Write } from './audit.ts';
import type { Entry } from './chronicle.ts';
import { type Pod, podIn } from './objects.ts';

/** One revision, with the object before and after it. */
export interface Change {
  readonly entry: Entry;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
  /** Present if the object is a pod. */
  readonly pod: { readonly before: Pod | undefined; readonly after: Pod | undefined } | undefined;
  /** Who made it, where the audit log says so. */
  readonly by: Write | undefined;
}

/** The objects as they were after one revision. */
export class World {
  readonly pods = new Map<string, Pod>();
  readonly #owned = new Map<string, Map<string, Pod>>();
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #last = new Map<string, KubeObject>();

  /** By uid. */
  of(kind: string): ReadonlyMap<string, KubeObject> {
    return this.#kind(kind);
  }

  /** As it was last seen, also if it is gone. */
  last(uid: string): KubeObject | undefined {
    return this.#last.get(uid);
  }

  gone(kind: string): readonly KubeObject[] {
    return [...this.#last].flatMap(([uid, object]) =>
      object.kind === kind && !this.#kind(kind).has(uid) ? [object] : [],
    );
  }

  podsOwnedBy(uid: string): readonly Pod[] {
    return [...(this.#owned.get(uid)?.values() ?? [])];
  }

  apply(entry: Entry, by?: Write): Change {
    const { kind, object, type } = entry;
    const uid = object.metadata.uid ?? '';
    const objects = this.#kind(kind);
    const before = objects.get(uid);
    const after = type === 'DELETED' ? undefined : object;
    if (after === undefined) objects.delete(uid);
    else objects.set(uid, after);
    if (kind !== 'Event') this.#last.set(uid, object);
    return { entry, before, after, pod: kind === 'Pod' ? this.#applyPod(uid, after) : undefined, by };
  }

  #applyPod(uid: string, object: KubeObject | undefined): Change['pod'] {
    const before = this.pods.get(uid);
    const after = object === undefined ? undefined : podIn(object);
    if (before !== undefined) this.#ownedBy(before).delete(uid);
    if (after === undefined) this.pods.delete(uid);
    else {
      this.pods.set(uid, after);
      this.#ownedBy(after).set(uid, after);
    }
    return { before, after };
  }

  #ownedBy({ owner }: Pod): Map<string, Pod> {
    return entryOf(this.#owned, owner?.uid ?? '');
  }

  #kind(kind: string): Map<string, KubeObject> {
    return entryOf(this.#objects, kind);
  }
}

const entryOf = <V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> => {
  const known = maps.get(key) ?? new Map<string, V>();
  maps.set(key, known);
  return known;
};
