/** Writes that wait: what moves pods goes before statuses, statuses before events; within each, namespaces have their turns. */

import { Turns } from '../turns.ts';

export type Rank = 'work' | 'status' | 'event';

export interface Place {
  readonly rank: Rank;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
}

/** A rank lets those behind it go once after so many of its own: behind, but never starved. */
const turnsInARow = 7;

interface Row {
  readonly turns: Turns<() => void>;
  /** Since those behind had their turn. */
  inARow: number;
}

const newRow = (): Row => ({ turns: new Turns(), inARow: 0 });

export class Ranks {
  readonly #rows: { readonly [rank in Rank]: Row } = { work: newRow(), status: newRow(), event: newRow() };
  /** First to last. */
  readonly #order: readonly Row[] = [this.#rows.work, this.#rows.status, this.#rows.event];

  get size(): number {
    return this.#order.reduce((sum, { turns }) => sum + turns.size, 0);
  }

  add({ rank, namespace }: Place, begin: () => void): void {
    this.#rows[rank].turns.add(namespace, begin);
  }

  next(): (() => void) | undefined {
    return this.#from(0);
  }

  #from(index: number): (() => void) | undefined {
    const row = this.#order[index];
    if (row === undefined) return undefined;
    if (row.inARow >= turnsInARow) {
      row.inARow = 0;
      const behind = this.#from(index + 1);
      if (behind !== undefined) return behind;
    }
    const own = row.turns.next();
    if (own === undefined) return this.#from(index + 1);
    row.inARow += 1;
    return own;
  }
}
