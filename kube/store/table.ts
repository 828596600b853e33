/**
 * The views of one resource, fed from three sides that know nothing of each other's order: lists, watch events and the
 * answers to our own writes. Whatever the order, the newest version wins and what is gone stays gone.
 */

import { type Key, type KubeObject, type Resource, type Seen, seenOf } from '../contract.ts';
import { isNewer } from './version.ts';
import { Views } from './views.ts';

export interface Change<V> {
  readonly before: V | undefined;
  readonly after: V | undefined;
}

/** Makes the view of an object; undefined also for one that cannot be read. Never throws. */
export type Project<V extends Seen> = (object: KubeObject) => V | undefined;

/** A relist: the whole state, gathered aside and then put in place at once. */
export interface Replacement {
  changed(object: KubeObject): void;
  deleted(object: KubeObject): void;
  /** `version` is the one of the list, or of the bookmark that ended it. */
  commit(version: string): void;
}

interface Grave {
  readonly uid: string;
  /** The newest that we had seen of it: whatever else bore the name before is older. */
  readonly version: string;
  /** How many relists had begun before. */
  readonly relists: number;
}

export class Table<V extends Seen> {
  readonly views: Views<V>;
  readonly #select: Resource<V>['select'];
  readonly #project: Project<V>;
  readonly #emit: (change: Change<V>) => void;
  /** The newest version that the watch has brought us to. */
  #passed = '';
  /** What a write's answer showed to be gone, until the watch has told so too. */
  readonly #graves = new Map<Key, Grave>();
  #relists = 0;

  constructor(resource: Resource<V>, project: Project<V>, emit: (change: Change<V>) => void) {
    this.views = new Views(resource);
    this.#select = resource.select;
    this.#project = project;
    this.#emit = emit;
  }

  /** Takes over the answer to a write or a GET. */
  put(object: KubeObject): void {
    const { key, resourceVersion } = seenOf(object);
    const current = this.views.get(key);
    if (this.#isOld(seenOf(object))) return;
    if (current === undefined && !this.#mayBeNew(object)) return;
    if (current !== undefined && !isNewer(resourceVersion, current.resourceVersion)) return;
    this.#replace(key, this.#project(object));
  }

  /** An answer showed that the object is gone. Events from before its end must not bring it back. */
  bury(key: Key, uid: string): void {
    const view = this.views.get(key);
    if (view?.uid !== uid) return;
    this.#graves.set(key, { uid, version: view.resourceVersion, relists: this.#relists });
    this.#replace(key, undefined);
  }

  /** A watch event. */
  changed(object: KubeObject): void {
    const { key, resourceVersion } = seenOf(object);
    this.passed(resourceVersion);
    if (this.#isOld(seenOf(object))) return;
    this.#graves.delete(key);
    const current = this.views.get(key);
    if (current !== undefined && !isNewer(resourceVersion, current.resourceVersion)) return;
    this.#replace(key, this.#project(object));
  }

  /** A watch event; the object carries the version of its deletion. */
  deleted(object: KubeObject): void {
    const { key, uid, resourceVersion } = seenOf(object);
    this.passed(resourceVersion);
    if (this.#graves.get(key)?.uid === uid) this.#graves.delete(key);
    const current = this.views.get(key);
    if (current === undefined || isNewer(current.resourceVersion, resourceVersion)) return;
    this.#replace(key, undefined);
  }

  /** The watch has told everything up to this version. */
  passed(version: string): void {
    if (isNewer(version, this.#passed)) this.#passed = version;
  }

  replacement(): Replacement {
    const began = ++this.#relists;
    const views = new Map<Key, V>();
    return {
      changed: object => {
        const view = this.#project(object);
        if (view !== undefined) views.set(view.key, view);
      },
      deleted: object => void views.delete(seenOf(object).key),
      commit: version => this.#swap({ views, version, began }),
    };
  }

  /** For resources of our own that no apiserver has. */
  keep(view: V): void {
    this.#replace(view.key, view);
  }

  drop(key: Key): void {
    this.#replace(key, undefined);
  }

  /** Tells subscribers that something about an object changed that is not in its view. */
  touch(key: Key): void {
    const view = this.views.get(key);
    if (view !== undefined) this.#emit({ before: view, after: view });
  }

  /** Of the object that was buried under this key, or of one before it. */
  #isOld({ key, uid, resourceVersion }: Seen): boolean {
    const grave = this.#graves.get(key);
    return grave !== undefined && (grave.uid === uid || !isNewer(resourceVersion, grave.version));
  }

  /**
   * What the watch has already passed and we do not hold was deleted, or is not selected: such an answer comes late.
   * Where a selector of labels or fields decides, only the server knows, so new objects wait for the watch.
   */
  #mayBeNew({ metadata }: KubeObject): boolean {
    const select = this.#select ?? {};
    if (select.labels !== undefined || select.fields !== undefined) return false;
    if (select.namespace !== undefined && select.namespace !== metadata.namespace) return false;
    return isNewer(metadata.resourceVersion ?? '', this.#passed);
  }

  #replace(key: Key, after: V | undefined): void {
    const before = this.views.get(key);
    if (before === undefined && after === undefined) return;
    if (after === undefined) this.views.delete(key);
    else this.views.set(after);
    this.#emit({ before, after });
  }

  #swap({ views, version, began }: { views: Map<Key, V>; version: string; began: number }): void {
    // A consistent list older than what the watch has told means that etcd was restored from a backup: nothing that we
    // hold is newer in any useful sense.
    const restored = isNewer(this.#passed, version);
    this.#passed = version;
    this.#closeGraves(began);
    const changes = [...this.#differences(views, restored ? '' : version)];
    for (const { before, after } of changes) {
      if (after !== undefined) this.views.set(after);
      else if (before !== undefined) this.views.delete(before.key);
    }
    changes.forEach(this.#emit);
  }

  /** A consistent list that began after a burial tells the truth about it. */
  #closeGraves(began: number): void {
    for (const [key, { relists }] of this.#graves) if (relists < began) this.#graves.delete(key);
  }

  /** `version` empty: nothing is newer than the list. */
  *#differences(listed: Map<Key, V>, version: string): Generator<Change<V>> {
    const keeps = (current: V, than: string): boolean => version !== '' && isNewer(current.resourceVersion, than);
    for (const before of this.views.all()) {
      if (!listed.has(before.key) && !keeps(before, version)) yield { before, after: undefined };
    }
    for (const after of listed.values()) {
      const before = this.views.get(after.key);
      if (this.#isOld(after)) continue;
      if (before === undefined || !(keeps(before, after.resourceVersion) || isSame(before, after)))
        yield { before, after };
    }
  }
}

const isSame = (a: Seen, b: Seen): boolean => a.uid === b.uid && a.resourceVersion === b.resourceVersion;
