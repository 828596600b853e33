/** From the record of one undisturbed run, everything that could go wrong in it and might matter. Pure. */

import { type EventFaultKind, eventFaults, type Perturbation, type WriteFault, writeFaults } from './perturbation.ts';
import type { Moment } from './track.ts';

/**
 * `thrifty`: of moments of one sort only the first and the last are disturbed: three pods of one set that go through
 * the same states have the same chances to be treated wrongly, but for their order.
 */
export type Thoroughness = 'thrifty' | 'everything';

interface Candidate {
  readonly moment: Moment;
  readonly perturbation: Perturbation;
}

export const perturbationsOf = (
  moments: readonly Moment[],
  thoroughness: Thoroughness = 'thrifty',
): readonly Perturbation[] => {
  const candidates = moments.flatMap(moment =>
    moment.is === 'write' ? ofWrite(moment, moments) : ofEvent(moment, moments),
  );
  return (thoroughness === 'thrifty' ? firstAndLast(candidates) : candidates).map(({ perturbation }) => perturbation);
};

const ofWrite = (moment: Moment, moments: readonly Moment[]): readonly Candidate[] =>
  writeFaults
    .filter(fault => fault !== 'crash-before' || !isSameAsCrashBefore(moment, moments))
    .map((fault: WriteFault) => ({ moment, perturbation: { do: fault, write: moment.point } }));

/**
 * A process that is killed leaves nothing but what it wrote. If nothing was told between the answer to its former write
 * and this one, being killed after that and before this is the same.
 */
const isSameAsCrashBefore = (moment: Moment, moments: readonly Moment[]): boolean => {
  const before = moments.filter(other => other.at < moment.at);
  const last = before.at(-1);
  return (
    last?.is === 'write' &&
    last.until < moment.at &&
    before.every(({ is, until }) => is === 'event' || until < moment.at)
  );
};

const ofEvent = (moment: Moment, moments: readonly Moment[]): readonly Candidate[] =>
  isFollowedByWrite(moment, moments)
    ? eventFaults.map((fault: EventFaultKind) => ({ moment, perturbation: { do: fault, event: moment.point } }))
    : [];

/** An event that nothing is written after, about the same objects, cannot have caused a write. */
const isFollowedByWrite = (event: Moment, moments: readonly Moment[]): boolean =>
  moments.some(
    ({ is, at, concerns }) => is === 'write' && at > event.at && concerns.some(c => event.concerns.includes(c)),
  );

const firstAndLast = (candidates: readonly Candidate[]): readonly Candidate[] => {
  const groups = Map.groupBy(candidates, ({ moment, perturbation }) => `${perturbation.do} ${moment.sort}`);
  const chosen = new Set([...groups.values()].flatMap(group => [group[0], group.at(-1)]));
  return candidates.filter(candidate => chosen.has(candidate));
};
