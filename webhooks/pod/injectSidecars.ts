/** The containers of all SidecarSets that match a pod which is being created. */

import type { Decision, Instant, Op, Problem, Reader, Review } from '../../kube/contract.ts';
import type { Made } from '../../workloads/launch/barrierEnv.ts';
import { Namespaces, type RecordedRevisions, type RevisionView, recorded } from '../../workloads/resources.ts';
import { keysFor } from '../../workloads/sidecars/candidates.ts';
import { type Choice, choiceFor } from '../../workloads/sidecars/choice.ts';
import { carries, inject, type SidecarOrder } from '../../workloads/sidecars/inject.ts';
import { setsFor } from '../../workloads/sidecars/match.ts';
import { nameConflicts } from '../../workloads/sidecars/nameConflicts.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { decisionsOn, type Selected, skips } from './decisions.ts';

export type Creation = Extract<Review, { operation: 'CREATE' }>;

export interface Sources {
  readonly revisions: RecordedRevisions;
  readonly sidecarOrder: SidecarOrder;
}

export type Sidecars =
  | {
      readonly is: 'done';
      readonly ops: readonly Op[];
      readonly warnings: readonly string[];
      /** The pod with them in it. */
      readonly made: Made;
      readonly decisions: readonly Decision[];
    }
  | { readonly is: 'refused'; readonly problems: readonly Problem[]; readonly decisions: readonly Decision[] };

interface Chosen extends Choice {
  readonly refusesConflicts: boolean;
}

export const injectSidecars = (review: Creation, reader: Reader, now: Instant, sources: Sources): Sidecars => {
  const { object: pod } = review;
  const selected = selectedFor(review, reader);
  const chosen = chosenFor(review, selected, () => recorded(reader, sources.revisions));
  const conflicts = chosen.filter(c => c.refusesConflicts).flatMap(c => nameConflicts(pod, c.injection));
  if (conflicts.length > 0)
    return { is: 'refused', problems: conflicts, decisions: [{ result: 'refused', reason: 'NameConflict' }] };
  const injections = chosen.map(c => c.injection);
  const injected = inject(pod, injections, now, sources.sidecarOrder);
  switch (injected.is) {
    case 'done':
      return {
        ...injected,
        warnings: [...chosen.flatMap(c => c.warnings), ...injected.warnings],
        decisions: [
          ...decisionsOn(chosen, injected.ops.length > 0 ? 'injected' : 'unchanged'),
          ...skips(selected, chosen),
        ],
      };
    case 'impossible':
      return {
        is: 'refused',
        problems: [{ field: injected.field, message: injected.message, reason: 'FieldValueInvalid' }],
        decisions: [{ result: 'refused', reason: 'UnreadablePod' }],
      };
  }
};

const selectedFor = ({ object: pod, namespace: where }: Creation, reader: Reader): Selected => {
  const labels = pod.metadata.labels ?? {};
  return {
    labels,
    namespace: reader.get(Namespaces, pod.metadata.namespace || where || 'default'),
    possible: keysFor(labels).flatMap(key => reader.by(SidecarSets, 'candidate', key)),
  };
};

const chosenFor = (
  { uid, object: pod }: Creation,
  { labels, namespace, possible }: Selected,
  revisions: () => readonly RevisionView[],
): readonly Chosen[] =>
  setsFor(labels, namespace, possible).map(matched => ({
    ...choiceFor(matched, { labels, draw: uid, carries: injection => carries(pod, injection), revisions }),
    refusesConflicts: matched.set.spec.injectionStrategy.onNameConflict === 'Refuse',
  }));
