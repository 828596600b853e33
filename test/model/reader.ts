/** Cells as a controller or a webhook reads them. */

import { addressOf, type Claim, type Key, type Reader, type Resource, type Seen } from '../../kube/contract.ts';
import { type Cell, slotNamed } from './cells.ts';

export class CellReader implements Reader {
  readonly #cells: readonly Cell[];
  readonly #claimed: ReadonlySet<string>;

  constructor(cells: readonly Cell[], claimed: ReadonlySet<string> = new Set()) {
    this.#cells = cells;
    this.#claimed = claimed;
  }

  get<V extends Seen>(resource: Resource<V>, key: Key): V | undefined {
    const slot = slotNamed(resource, key);
    return viewIn(
      resource,
      this.#cells.find(cell => cell.slot === slot),
    )[0];
  }

  list<V extends Seen>(resource: Resource<V>): readonly V[] {
    return this.#cells.flatMap(cell =>
      addressOf(cell.resource) === addressOf(resource) ? viewIn(resource, cell) : [],
    );
  }

  by<V extends Seen>(resource: Resource<V>, index: string, value: string): readonly V[] {
    const values = resource.indexes[index];
    if (values === undefined) throw new Error(`${resource.plural} have no index '${index}'`);
    return this.list(resource).filter(view => values.valuesOf(view).includes(value));
  }

  claimOn(uid: string): Claim | undefined {
    return this.#claimed.has(uid) ? { by: 'somebody', since: 0 } : undefined;
  }

  /** What was refused may be refused again: plans ask for the same either way. */
  refusalOn(): undefined {
    return undefined;
  }
}

/** A cell's view was made by the resource that it names. */
const viewIn = <V extends Seen>(_resource: Resource<V>, cell: Cell | undefined): readonly V[] =>
  cell?.view === undefined ? [] : [cell.view as V];
