/** What one phase of a plan contributes. */

import type { Action, Millis } from '../../kube/contract.ts';
import { soonest } from '../../workloads/pods/availability.ts';
import type { Reason } from '../../workloads/reasons.ts';

export interface Part {
  readonly actions: readonly Action[];
  /** By the name of a pod. */
  readonly reasons: ReadonlyMap<string, Reason>;
  readonly wakeAfter: Millis | undefined;
}

/** The phase's words about one pod. */
export interface Say {
  readonly pod: string;
  readonly action?: Action;
  readonly actions?: readonly Action[];
  readonly reason?: Reason;
  readonly wakeAfter?: Millis | undefined;
}

export const partOf = (says: readonly Say[]): Part => ({
  actions: says.flatMap(({ action, actions }) => [...(action === undefined ? [] : [action]), ...(actions ?? [])]),
  reasons: new Map(says.flatMap(({ pod, reason }) => (reason === undefined ? [] : [[pod, reason] as const]))),
  wakeAfter: soonest(says.map(({ wakeAfter }) => wakeAfter)),
});

export const together = (parts: readonly Part[]): Part => ({
  actions: parts.flatMap(({ actions }) => actions),
  reasons: new Map(parts.flatMap(({ reasons }) => [...reasons])),
  wakeAfter: soonest(parts.map(({ wakeAfter }) => wakeAfter)),
});
