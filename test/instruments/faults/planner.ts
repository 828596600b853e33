/** From the record of one undisturbed run, everything that could go wrong in it and might matter. Pure. */

import { type EventFaultKind, eventFaults, type Perturbation, type WriteFault, writeFaults } from './perturbation.ts';
import type { Moment } from './track.ts';

/**
 * `thrifty`: of moments of one sort only the first and the last are disturbed, by some faults only the first: three pods
 * of one set that go through the same states have the same chances to be treated wrongly, but for their order.
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
  return (thoroughness === 'thrifty' ? oneOfASort(candidates) : candidates).map(({ perturbation }) => perturbation);
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

/**
 * Faults that differ from another one only in what the process is told, and need no second moment of a sort to show it.
 * The black hole costs the process half a minute: one for each kind of write.
 */
const chosenOf = ({ moment, perturbation }: Candidate): Choice => {
  const { sort, point } = moment;
  switch (perturbation.do) {
    case 'black-hole':
      return { group: `${point.verb} ${point.of}`, which: 'first' };
    case 'busy':
    case 'unavailable':
    case 'lost-request':
    case 'error-after':
    case 'duplicate':
    case 'expire':
    case 'cut':
      return { group: sort, which: 'first' };
    case 'crash-before':
    case 'crash-after':
    case 'stale-restart':
    case 'lost-answer':
    case 'late-answer':
    case 'drop':
    case 'delay':
      return { group: sort, which: 'first and last' };
  }
};

interface Choice {
  /** Moments that are alike for this fault. */
  readonly group: string;
  readonly which: 'first' | 'first and last';
}

const oneOfASort = (candidates: readonly Candidate[]): readonly Candidate[] => {
  const choices = candidates.map(candidate => ({ candidate, ...chosenOf(candidate) }));
  const groups = Map.groupBy(choices, ({ candidate, group }) => `${candidate.perturbation.do} ${group}`);
  const chosen = [...groups.values()].flatMap(group =>
    [group[0], group.at(-1)].filter((choice, index) => index === 0 || choice?.which === 'first and last'),
  );
  const kept = new Set(chosen.map(choice => choice?.candidate));
  return candidates.filter(candidate => kept.has(candidate));
};
