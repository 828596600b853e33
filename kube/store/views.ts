/** Views of one resource by key, and by the values of its indexes. */

import type { Index, Key, Resource, Seen } from '../contract.ts';

/** Where an object's view is found from everywhere: most changes replace the view, and nothing else. */
interface Place<V> {
  view: V;
}

type Places<V> = Map<string, Set<Place<V>>>;

export class Views<V extends Seen> {
  readonly #resource: Resource<V>;
  readonly #byKey = new Map<Key, Place<V>>();
  readonly #indexes: ReadonlyMap<string, { readonly index: Index<V>; readonly places: Places<V> }>;
  #all: readonly V[] | undefined;

  constructor(resource: Resource<V>) {
    this.#resource = resource;
    const indexes = Object.entries(resource.indexes);
    this.#indexes = new Map(indexes.map(([name, index]) => [name, { index, places: new Map() }]));
  }

  get(key: Key): V | undefined {
    return this.#byKey.get(key)?.view;
  }

  /** The same array until something changes. */
  all(): readonly V[] {
    this.#all ??= viewsIn(this.#byKey.values());
    return this.#all;
  }

  /** @throws Error for an index that the resource has not */
  by(index: string, value: string): readonly V[] {
    const known = this.#indexes.get(index);
    if (known === undefined) throw new Error(`${this.#resource.plural} have no index '${index}'`);
    return viewsIn(known.places.get(value) ?? []);
  }

  set(view: V): void {
    const place = this.#byKey.get(view.key);
    if (place === undefined) this.#add({ view });
    else this.#change(place, view);
    this.#all = undefined;
  }

  delete(key: Key): void {
    const place = this.#byKey.get(key);
    if (place === undefined) return;
    for (const { index, places } of this.#indexes.values())
      for (const value of index.valuesOf(place.view)) unlink(places, value, place);
    this.#byKey.delete(key);
    this.#all = undefined;
  }

  #add(place: Place<V>): void {
    this.#byKey.set(place.view.key, place);
    for (const { index, places } of this.#indexes.values())
      for (const value of index.valuesOf(place.view)) link(places, value, place);
  }

  #change(place: Place<V>, after: V): void {
    const before = place.view;
    place.view = after;
    for (const { index, places } of this.#indexes.values()) {
      if (index.isSame?.(before, after)) continue;
      const [had, has] = [index.valuesOf(before), index.valuesOf(after)];
      for (const value of had) if (!has.includes(value)) unlink(places, value, place);
      for (const value of has) if (!had.includes(value)) link(places, value, place);
    }
  }
}

const viewsIn = <V>(places: Iterable<Place<V>>): readonly V[] => {
  const views: V[] = [];
  for (const { view } of places) views.push(view);
  return views;
};

const link = <V>(places: Places<V>, value: string, place: Place<V>): void => {
  const found = places.get(value);
  if (found === undefined) places.set(value, new Set([place]));
  else found.add(place);
};

const unlink = <V>(places: Places<V>, value: string, place: Place<V>): void => {
  const found = places.get(value);
  found?.delete(place);
  if (found?.size === 0) places.delete(value);
};
