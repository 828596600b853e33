/** What is judged while the model moves. A judge remembers in a text, which is part of the state. */

import type { Plan } from '../../kube/contract.ts';
import type { Cell } from './cells.ts';
import type { Flight } from './state.ts';

/** One object changed in the apiserver. */
export interface Change {
  readonly slot: string;
  readonly before: Cell | undefined;
  readonly after: Cell | undefined;
  /** The write that did it, if it was one of ours. */
  readonly flight: Flight | undefined;
  /** Name of the controller that sent it; empty for others. */
  readonly by: string;
  /** What the judge noted when that was decided. */
  readonly saw: string;
  /** All objects after it. */
  readonly cells: readonly Cell[];
}

export interface Judge {
  readonly invariant: string;
  readonly memory: string;
  /** What it must know of the state that a plan was made on. */
  saw(seen: readonly Cell[]): string;
  change(memory: string, change: Change): { readonly memory: string; readonly wrong: readonly string[] };
  /** `by`: name of the controller. */
  plan(plan: Plan, seen: readonly Cell[], by: string): readonly string[];
  /** Nothing can happen any more. */
  end(cells: readonly Cell[], plans: readonly Plan[]): readonly string[];
}

type Parts = Partial<Omit<Judge, 'invariant'>>;

export const judge = (invariant: string, parts: Parts): Judge => ({
  invariant,
  memory: '',
  saw: () => '',
  change: memory => ({ memory, wrong: [] }),
  plan: () => [],
  end: () => [],
  ...parts,
});
