/** Reasons with the pods that have them: a fleet has thousands that wait for the same. */

import type { PodView } from '../../workloads/pods/view.ts';
import { firstOf, messageOf, type Reason } from '../../workloads/reasons.ts';

export interface Named {
  readonly pod: PodView;
  /** With its namespace. */
  readonly name: string;
}

/** One reason, and at least one pod. */
export class Said<P extends Named = Named> {
  readonly reason: Reason;
  readonly pods: readonly P[];
  #firstNames: readonly string[] | undefined;

  constructor(reason: Reason, pods: readonly P[]) {
    this.reason = reason;
    this.pods = pods;
  }

  /** As many names as are shown. */
  get firstNames(): readonly string[] {
    this.#firstNames ??= firstOf(this.pods.map(({ name }) => name));
    return this.#firstNames;
  }
}

export const saidOf = <P extends Named>(pods: readonly P[], reason: Reason): readonly Said<P>[] =>
  pods.length === 0 ? [] : [new Said(reason, pods)];

/** Pods of which the same is said are put together. */
export const together = <P extends Named>(all: Iterable<readonly [P, Reason]>): readonly Said<P>[] => {
  const groups = new Map<string, { readonly reason: Reason; readonly pods: P[] }>();
  for (const [pod, reason] of all) {
    const words = `${reason.reason} ${messageOf(reason)}`;
    const group = groups.get(words);
    if (group === undefined) groups.set(words, { reason, pods: [pod] });
    else group.pods.push(pod);
  }
  return [...groups.values()].map(({ reason, pods }) => new Said(reason, pods));
};

export const countOf = (said: readonly Said[]): number => said.reduce((sum, { pods }) => sum + pods.length, 0);

/** Of all of them together. */
export const firstNamesOf = (said: readonly Said[]): readonly string[] =>
  firstOf(said.flatMap(({ firstNames }) => firstNames));
