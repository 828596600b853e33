/** Everything the machine knows of the cluster, as immutable views. Synchronous; one process has one. */

import {
  type Claim,
  collectionOf,
  type Instant,
  type Key,
  type KubeObject,
  type Reader,
  type Refusal,
  type Resource,
  type Seen,
  seenOf,
} from './contract.ts';
import { Claims } from './store/claims.ts';
import { Refusals, type Refused } from './store/refusals.ts';
import { type Replacement, Table } from './store/table.ts';

export type { Replacement } from './store/table.ts';

/** Told of every change, after the store shows it. `before` and `after` are the same view for a touch. */
export type Subscriber = (resource: Resource, before: Seen | undefined, after: Seen | undefined) => void;

export interface StoreOptions {
  /** A `view()` or a subscriber threw: the object is left out, the others go on. */
  readonly report?: (fault: StoreFault) => void;
  /** Called with each new view; tests pass a deep freeze. */
  readonly seal?: <V extends Seen>(view: V) => V;
}

export interface StoreFault {
  readonly what: 'view' | 'subscriber';
  readonly resource: Resource;
  /** The object that it happened with. */
  readonly seen: Seen;
  readonly error: unknown;
}

export class Store implements Reader {
  readonly #tables = new Map<string, { readonly resource: Resource; readonly table: Table<Seen> }>();
  readonly #subscribers = new Set<Subscriber>();
  readonly #claims = new Claims();
  readonly #refusals = new Refusals();
  readonly #report: (fault: StoreFault) => void;
  readonly #seal: <V extends Seen>(view: V) => V;

  constructor({ report = () => {}, seal = view => view }: StoreOptions = {}) {
    this.#report = report;
    this.#seal = seal;
  }

  /**
   * Makes room for a resource; again for the same one is fine.
   * @throws Error if another definition already uses its address and selection
   */
  register(resource: Resource): void {
    const collection = collectionOf(resource);
    const known = this.#tables.get(collection);
    if (known?.resource === resource) return;
    if (known !== undefined) throw new Error(`two definitions of ${collection} in one store`);
    const table = new Table<Seen>(
      resource,
      object => this.#project(resource, object),
      ({ before, after }) => this.#tell(resource, before, after),
    );
    this.#tables.set(collection, { resource, table });
  }

  // ── Reading ──

  get<V extends Seen>(resource: Resource<V>, key: Key): V | undefined {
    return this.#table(resource).views.get(key);
  }

  list<V extends Seen>(resource: Resource<V>): readonly V[] {
    return this.#table(resource).views.all();
  }

  by<V extends Seen>(resource: Resource<V>, index: string, value: string): readonly V[] {
    return this.#table(resource).views.by(index, value);
  }

  claimOn(uid: string): Claim | undefined {
    return this.#claims.on(uid);
  }

  refusalOn(resource: Resource, key: Key): Refusal | undefined {
    return this.#refusals.on(resource, key);
  }

  // ── From the watch ──

  changed(resource: Resource, object: KubeObject): void {
    this.#table(resource).changed(object);
  }

  deleted(resource: Resource, object: KubeObject): void {
    this.#table(resource).deleted(object);
  }

  /** The watch has told everything up to this version. */
  passed(resource: Resource, version: string): void {
    this.#table(resource).passed(version);
  }

  /** Gathers a whole new state beside the present one. */
  replacement(resource: Resource): Replacement {
    return this.#table(resource).replacement();
  }

  // ── From our own writes ──

  /** Write-through of an answer. Resources that nobody reads are ignored. */
  put(resource: Resource, object: KubeObject): void {
    this.#tables.get(collectionOf(resource))?.table.put(object);
  }

  /** An answer showed that this object is gone. */
  bury(resource: Resource, key: Key, uid: string): void {
    this.#tables.get(collectionOf(resource))?.table.bury(key, uid);
  }

  /** Returns the function that ends the claim. */
  claim(uid: string, by: string, since: Instant): () => void {
    return this.#claims.add(uid, { by, since });
  }

  /** Returns whether nobody knew of it yet. It is dropped by itself when the object comes, goes or is another. */
  refused(resource: Resource, key: Key, refused: Refused): boolean {
    return this.#refusals.note(resource, key, refused);
  }

  /** A write of ours to the object has succeeded. */
  accepted(resource: Resource, key: Key): void {
    this.#refusals.drop(resource, key);
  }

  /** Forgets what was refused to a controller: all of it, or what was planned for one key. */
  forgetRefusals(by: string, key?: Key): void {
    this.#refusals.forget(by, key);
  }

  /** Wakes whoever the object concerns although its view is as it was: a claim on it has ended. */
  touch(resource: Resource, key: Key): void {
    this.#tables.get(collectionOf(resource))?.table.touch(key);
  }

  // ── Views of our own, which no apiserver has ──

  keep<V extends Seen>(resource: Resource<V>, view: V): void {
    this.#table(resource).keep(this.#seal(view));
  }

  drop(resource: Resource, key: Key): void {
    this.#table(resource).drop(key);
  }

  /** Returns the function that ends the subscription. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  #table<V extends Seen>(resource: Resource<V>): Table<V> {
    const known = this.#tables.get(collectionOf(resource));
    if (known === undefined) throw new Error(`${collectionOf(resource)} was not registered: name it in 'reads'`);
    if (known.resource !== resource) throw new Error(`two definitions of ${collectionOf(resource)} in one store`);
    // The table was made for this very resource, so its views are the resource's.
    return known.table as unknown as Table<V>;
  }

  #project(resource: Resource, object: KubeObject): Seen | undefined {
    try {
      const view = resource.view(object);
      if (view === undefined) return undefined;
      // An index that throws does so here, for this one object, and not while the tables are being changed.
      for (const index of Object.values(resource.indexes)) index.valuesOf(view);
      return this.#seal(view);
    } catch (error) {
      this.#report({ what: 'view', resource, seen: seenOf(object), error });
      return undefined;
    }
  }

  #tell(resource: Resource, before: Seen | undefined, after: Seen | undefined): void {
    if (before?.uid !== after?.uid) this.#refusals.drop(resource, (after ?? before)?.key ?? '');
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(resource, before, after);
      } catch (error) {
        const seen = after ?? before;
        if (seen === undefined) throw error;
        this.#report({ what: 'subscriber', resource, seen, error });
      }
    }
  }
}
