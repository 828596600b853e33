/** Fields in which the revision that a pod carries differs from the spec: the ones that keep it from being updated. */

import type { RevisionView } from '../../workloads/resources.ts';
import { fieldsBetween } from '../../workloads/sidecars/difference.ts';
import { carriedRevision } from '../../workloads/sidecars/history.ts';
import type { Injection } from '../../workloads/sidecars/injection.ts';
import { recordedInjection } from '../../workloads/sidecars/revision.ts';
import type { Member } from './member.ts';

/** Remembers what it has compared: many pods carry few revisions. */
export const fieldsAgainst = (
  current: Injection,
  revisions: readonly RevisionView[],
): ((member: Member) => readonly string[]) => {
  const known = new Map<string, readonly string[]>();
  return ({ traces: { mark } }) => {
    const hash = mark?.hash ?? '';
    const fields = known.get(hash) ?? fieldsSince(carriedRevision(mark, revisions), current);
    known.set(hash, fields);
    return fields;
  };
};

const fieldsSince = (from: RevisionView | undefined, to: Injection): readonly string[] => {
  const recorded = from && recordedInjection(to.set, from);
  const fields = recorded === undefined ? [] : fieldsBetween(recorded, to);
  return fields.length > 0 ? fields : ['spec.containers'];
};
