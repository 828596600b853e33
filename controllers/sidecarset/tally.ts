/** What is asked of every pod of a set, in one walk: a set has thousands, and each look at them costs. */

import type { Mark } from '../../workloads/sidecars/marks.ts';
import type { Member } from './member.ts';

export interface Tally {
  readonly all: number;
  readonly updated: number;
  /** Serving, and not about to have their containers replaced. */
  readonly ready: number;
  readonly updatedReady: number;
  /** All those with something left to do. */
  readonly unmoved: readonly Member[];
  /** Those about which time alone may change something. */
  readonly restless: readonly Member[];
  /** Those that use up budget. */
  readonly charged: readonly Member[];
  /** Those in which one of the set's containers stands in the place of the pod's own. */
  readonly overridden: readonly Member[];
  /** One mark for each revision that they carry. */
  readonly marks: readonly Mark[];
}

export const tallyOf = (members: readonly Member[]): Tally => {
  const counts = { all: members.length, updated: 0, ready: 0, updatedReady: 0 };
  const [unmoved, restless, charged, overridden]: [Member[], Member[], Member[], Member[]] = [[], [], [], []];
  const marks = new Map<string, Mark>();
  for (const member of members) {
    const { isUpdated, isServing, carried } = member;
    if (isUpdated) counts.updated += 1;
    if (isServing) counts.ready += 1;
    if (isUpdated && isServing) counts.updatedReady += 1;
    if (!member.isMoved) unmoved.push(member);
    if (!member.isAtRest) restless.push(member);
    if (member.isCharged) charged.push(member);
    if (member.hasReplaced) overridden.push(member);
    if (!marks.has(carried) && member.traces.mark !== undefined) marks.set(carried, member.traces.mark);
  }
  return { ...counts, unmoved, restless, charged, overridden, marks: [...marks.values()] };
};
