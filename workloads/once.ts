/** What follows from an object that never changes: found once, and kept as long as the object is. */

export const once = <K extends object, V extends NonNullable<unknown>>(find: (of: K) => V): ((of: K) => V) => {
  const known = new WeakMap<K, V>();
  return of => {
    const before = known.get(of);
    if (before !== undefined) return before;
    const found = find(of);
    known.set(of, found);
    return found;
  };
};
