/** The containers of all SidecarSets that match a pod which is being created. */

import type { Instant, Op, Problem, Reader, Review } from '../../kube/contract.ts';
import type { Made } from '../../workloads/launch/barrierEnv.ts';
import { Namespaces, type RecordedRevisions, recorded } from '../../workloads/resources.ts';
import { keysFor } from '../../workloads/sidecars/candidates.ts';
import { type Choice, choiceFor } from '../../workloads/sidecars/choice.ts';
import { inject, type SidecarOrder } from '../../workloads/sidecars/inject.ts';
import { setsFor } from '../../workloads/sidecars/match.ts';
import { nameConflicts } from '../../workloads/sidecars/nameConflicts.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';

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
    }
  | { readonly is: 'refused'; readonly problems: readonly Problem[] };

interface Chosen extends Choice {
  readonly refusesConflicts: boolean;
}

export const injectSidecars = (review: Creation, reader: Reader, now: Instant, sources: Sources): Sidecars => {
  const { object: pod } = review;
  const chosen = chosenFor(review, reader, sources);
  const conflicts = chosen.filter(c => c.refusesConflicts).flatMap(c => nameConflicts(pod, c.injection));
  if (conflicts.length > 0) return { is: 'refused', problems: conflicts };
  const injections = chosen.map(c => c.injection);
  const injected = inject(pod, injections, now, sources.sidecarOrder);
  switch (injected.is) {
    case 'done':
      return { ...injected, warnings: [...chosen.flatMap(c => c.warnings), ...injected.warnings] };
    case 'impossible':
      return {
        is: 'refused',
        problems: [{ field: injected.field, message: injected.message, reason: 'FieldValueInvalid' }],
      };
  }
};

const chosenFor = (
  { object: pod, namespace: where, uid }: Creation,
  reader: Reader,
  { revisions }: Sources,
): readonly Chosen[] => {
  const namespace = reader.get(Namespaces, pod.metadata.namespace || where || 'default');
  const labels = pod.metadata.labels ?? {};
  const possible = keysFor(labels).flatMap(key => reader.by(SidecarSets, 'candidate', key));
  return setsFor(labels, namespace, possible).map(matched => ({
    ...choiceFor(matched, { labels, draw: uid, revisions: () => recorded(reader, revisions) }),
    refusesConflicts: matched.set.spec.injectionStrategy.onNameConflict === 'Refuse',
  }));
};
