/** Which objects belong to a run, and what they are called in every run. */

/** Where one run of a scenario takes place. */
export interface Place {
  /** Unique among the runs in one cluster; part of the names of its cluster-scoped objects. */
  readonly id: string;
  readonly namespace: string;
}

export const placeFor = (id: string): Place => ({ id, namespace: `run-${id}` });

/** The name of a cluster-scoped object of a run. */
export const clusterScoped = (name: string, { id }: Place): string => `${name}-${id}`;

export const belongsTo = ({ id, namespace: ours }: Place, namespace: string, name: string): boolean =>
  namespace === ours || name === ours || name.includes(id);

const ordinal = /^[a-z]+-[0-9]{1,3}$/u;
const plain = /^[a-z]+$/u;

/** `db` of `db-2` and of `db~2`. */
export const familyOf = (name: string): string => /^[a-z]+/u.exec(name)?.[0] ?? name;

/** Names of one run. Scenarios call their objects by one word, so that the rest of a name is known to be random. */
export class Names {
  readonly #place: Place;
  readonly #numbers = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  constructor(place: Place) {
    this.#place = place;
  }

  has(namespace: string, name: string): boolean {
    return belongsTo(this.#place, namespace, name);
  }

  of(plural: string, name: string): string {
    const own = name.replace(`-${this.#place.id}`, '');
    if (plain.test(own) || ordinal.test(own)) return own;
    const key = `${plural} ${name}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const family = `${plural} ${familyOf(own)}`;
    const count = (this.#counts.get(family) ?? 0) + 1;
    this.#counts.set(family, count);
    const given = `${familyOf(own)}~${count}`;
    this.#numbers.set(key, given);
    return given;
  }
}
