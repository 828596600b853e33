/** Whether a disturbed run came to the same end as the reference, and did no harm on the way. */

import { answerWithin } from '../../../kube/client/connect.ts';
import { check } from '../checker.ts';
import { invariants } from '../invariants.ts';
import { usualPatience } from '../patience.ts';
import { differences } from './endState.ts';
import type { Perturbation } from './perturbation.ts';
import type { Run } from './run.ts';

/** What is wrong with a run, in sentences; empty if nothing is. `disturbed`: by what, if by anything. */
export const faultsOf = (run: Run, reference: Run | undefined, disturbed?: Perturbation): readonly string[] => {
  // Until a swallowed answer is given up, the pod may be down or not.
  const patience = usualPatience + (disturbed?.do === 'black-hole' ? answerWithin : 0);
  const { violations, unjudged } = check(run.chronicle, invariants(patience));
  return [
    ...(run.stuck === undefined ? [] : [run.stuck]),
    ...violations.map(({ invariant, at, message }) => `${invariant}, revision ${at}: ${message}`),
    ...unjudged.map(({ invariant, hole }) => `${invariant} cannot be judged: revisions of ${hole.kind} are missing`),
    ...(reference === undefined ? [] : comparedWith(reference, run)),
  ];
};

const comparedWith = (reference: Run, run: Run): readonly string[] => [
  ...(run.stuck === undefined ? differences(reference.endState, run.endState) : []),
  ...differences(reference.traffic, run.traffic).map(line => `objects that came and went: ${line}`),
  ...(run.writes > allowed(reference)
    ? [`${run.writes} writes were carried out, where the reference needs ${reference.writes}`]
    : []),
];

/** A process that begins anew may count again what it had counted; it may not go round in circles. */
const allowed = ({ writes }: Run): number => Math.ceil(writes * 1.5) + 3;
