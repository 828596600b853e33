/** One state of the whole model: a value, equal to another if and only if their texts are. */

import type { Action, Wire } from '../../kube/contract.ts';
import { seenOf } from '../../kube/contract.ts';
import { type Cell, slotNamed, slotOf } from './cells.ts';

export interface State {
  /** What the apiserver keeps, in the order of slots. */
  readonly cells: readonly Cell[];
  /** Writes that have left and are not answered. */
  readonly flights: readonly Flight[];
  /** Events that the watch of one resource holds back, in order. */
  readonly untold: readonly Event[];
  /** What the store shows of the objects that are in `untold`. */
  readonly believed: readonly Event[];
  /** How much of the script has been done, and what may still go wrong. */
  readonly edits: number;
  readonly crashes: number;
  readonly lags: number;
  /** What each judge remembers. */
  readonly memories: readonly string[];
}

export interface Event {
  readonly slot: string;
  /** Undefined: it is gone. */
  readonly cell: Cell | undefined;
}

export interface Flight {
  readonly write: Write;
  /** Which controller sent it. */
  readonly by: number;
  /** The object is still in the state that the write was decided on. */
  readonly current: boolean;
  /** `unanswered`: carried out, and whoever sent it does not know. `orphan`: whoever sent it is gone. */
  readonly is: 'sent' | 'unanswered' | 'orphan';
  /** What judges noted when it was decided. */
  readonly saw: readonly string[];
}

/** An action, each kept once. */
export interface Write {
  readonly id: number;
  readonly action: Action;
  readonly slot: string;
}

export class Writes {
  readonly #byText = new Map<string, Write>();

  of(action: Action): Write {
    const text = JSON.stringify(action, (key, value: unknown) =>
      key === 'resource' ? (value as Wire)['plural'] : value,
    );
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const made = { id: this.#byText.size, action, slot: slotOfAction(action) };
    this.#byText.set(text, made);
    return made;
  }
}

const slotOfAction = (action: Action): string =>
  action.do === 'create'
    ? slotOf(action.resource, action.object)
    : slotNamed(action.target.resource, seenOf({ apiVersion: '', kind: '', metadata: action.target }).key);

export const textOf = (state: State): string =>
  [
    state.cells.map(({ id }) => id).join(),
    state.flights.map(flightText).join(),
    state.untold.map(eventText).join(),
    state.believed.map(eventText).join(),
    `${state.edits}/${state.crashes}/${state.lags}`,
    state.memories.join(';'),
  ].join('|');

const flightText = ({ write, by, current, is, saw }: Flight): string =>
  `${write.id}.${by}.${current ? 1 : 0}.${is}.${saw.join('.')}`;
const eventText = ({ slot, cell }: Event): string => `${slot}=${cell?.id ?? ''}`;

export const cellAt = (cells: readonly Cell[], slot: string): Cell | undefined =>
  cells.find(cell => cell.slot === slot);

/** The cells with one of them changed, new or gone. */
export const withCell = (cells: readonly Cell[], { slot, cell }: Event): readonly Cell[] => {
  const others = cells.filter(c => c.slot !== slot);
  if (cell === undefined) return others;
  const at = others.findIndex(c => c.slot > slot);
  return at < 0 ? [...others, cell] : [...others.slice(0, at), cell, ...others.slice(at)];
};

/** What the store shows. */
export const seenIn = ({ cells, believed }: State): readonly Cell[] => believed.reduce(withCell, cells);

/** The resource whose watch lags. */
export const laggingIn = ({ untold }: State): string | undefined => untold[0]?.slot.split('/')[0];

/** Uids of pods that somebody who is alive is taking down. */
export const claimsIn = ({ flights }: State): ReadonlySet<string> =>
  new Set(
    flights.flatMap(({ write: { action }, is }) =>
      action.disrupts === undefined || is === 'orphan' ? [] : [action.disrupts],
    ),
  );

export const inOrder = (flights: readonly Flight[]): readonly Flight[] =>
  flights.toSorted((a, b) => (flightText(a) < flightText(b) ? -1 : 1));
