/** Those who wait, in groups that have their turns: a group with thousands does not hold up the others. */

export class Turns<T> {
  /** The group whose turn it is comes first. Thousands may wait, and a set gives up its first at no cost. */
  readonly #groups = new Map<string, Set<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Each member at most once. */
  add(group: string, member: T): void {
    const members = this.#groups.get(group);
    if (members === undefined) this.#groups.set(group, new Set([member]));
    else members.add(member);
    this.#size += 1;
  }

  /** The first of the group whose turn it is; the group goes to the end. */
  next(): T | undefined {
    for (const [group, members] of this.#groups)
      for (const first of members) {
        this.#groups.delete(group);
        members.delete(first);
        if (members.size > 0) this.#groups.set(group, members);
        this.#size -= 1;
        return first;
      }
    return undefined;
  }
}
