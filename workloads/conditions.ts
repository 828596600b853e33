/** Conditions of a status: the one rule by which found ones are put among the stored ones. */

import type { Condition } from '../api/status.ts';
import type { Instant } from '../kube/contract.ts';
import { timestampOf } from './pods/project.ts';

/** Names, paths and words of users stand in messages: nobody reads more, and a status that is too big is never stored. */
const longestMessage = 1000;

/** What a pass found out; the rest of a condition follows from it. */
export interface Finding {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/**
 * Stored conditions keep their place, and foreign types stay as they are. The time moves only with the status, so that
 * equal findings give an equal list and nothing is written.
 */
export const withFindings = (
  stored: readonly Condition[],
  found: readonly Finding[],
  at: { readonly now: Instant; readonly generation: number },
): readonly Condition[] => {
  const kept = stored.map(condition => {
    const finding = found.find(f => f.type === condition.type);
    return finding === undefined ? condition : renewed(condition, finding, at);
  });
  const known = new Set(stored.map(condition => condition.type));
  return [...kept, ...found.filter(f => !known.has(f.type)).map(finding => renewed(undefined, finding, at))];
};

const renewed = (
  before: Condition | undefined,
  { type, status, reason, message }: Finding,
  { now, generation }: { readonly now: Instant; readonly generation: number },
): Condition => ({
  ...before,
  type,
  status,
  observedGeneration: generation,
  lastTransitionTime:
    before?.status === status && before.lastTransitionTime !== undefined ? before.lastTransitionTime : timestampOf(now),
  reason,
  message: message.length > longestMessage ? `${message.slice(0, longestMessage - 1)}…` : message,
});
