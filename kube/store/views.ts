/** Views of one resource by key, and by the values of its indexes. */

import type { Key, Resource, Seen } from '../contract.ts';

export class Views<V extends Seen> {
  readonly #resource: Resource<V>;
  readonly #byKey = new Map<Key, V>();
  readonly #indexes: ReadonlyMap<string, Map<string, Map<Key, V>>>;
  #all: readonly V[] | undefined;

  constructor(resource: Resource<V>) {
    this.#resource = resource;
    this.#indexes = new Map(Object.keys(resource.indexes).map(name => [name, new Map()]));
  }

  get(key: Key): V | undefined {
    return this.#byKey.get(key);
  }

  /** The same array until something changes. */
  all(): readonly V[] {
    this.#all ??= [...this.#byKey.values()];
    return this.#all;
  }

  /** @throws Error for an index that the resource has not */
  by(index: string, value: string): readonly V[] {
    const values = this.#indexes.get(index);
    if (values === undefined) throw new Error(`${this.#resource.plural} have no index '${index}'`);
    const found = values.get(value);
    return found === undefined ? [] : [...found.values()];
  }

  set(view: V): void {
    const before = this.#byKey.get(view.key);
    this.#byKey.set(view.key, view);
    for (const [name, values] of this.#indexes) {
      const wanted = this.#valuesOf(name, view);
      // Most changes leave all values as they were: the view then only takes the place of the one before.
      if (before !== undefined)
        for (const value of this.#valuesOf(name, before)) if (!wanted.includes(value)) unlink(values, value, view.key);
      for (const value of wanted) {
        const found = values.get(value);
        if (found === undefined) values.set(value, new Map([[view.key, view]]));
        else found.set(view.key, view);
      }
    }
    this.#all = undefined;
  }

  delete(key: Key): void {
    const view = this.#byKey.get(key);
    if (view === undefined) return;
    for (const [name, values] of this.#indexes)
      for (const value of this.#valuesOf(name, view)) unlink(values, value, key);
    this.#byKey.delete(key);
    this.#all = undefined;
  }

  #valuesOf(name: string, view: V): readonly string[] {
    return this.#resource.indexes[name]?.valuesOf(view) ?? [];
  }
}

const unlink = <V>(values: Map<string, Map<Key, V>>, value: string, key: Key): void => {
  const found = values.get(value);
  found?.delete(key);
  if (found?.size === 0) values.delete(value);
};
