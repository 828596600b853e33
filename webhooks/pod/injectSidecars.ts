/** Adds the containers of all matching SidecarSets to a pod that is being created. */

import type { Instant, KubeObject, Reader, Review, Verdict } from '../../kube/contract.ts';
import { allowed } from '../../kube/contract.ts';
import { Namespaces, type RecordedRevisions, recorded } from '../../workloads/resources.ts';
import { keysFor } from '../../workloads/sidecars/candidates.ts';
import { choiceFor } from '../../workloads/sidecars/choice.ts';
import { inject } from '../../workloads/sidecars/inject.ts';
import { setsFor } from '../../workloads/sidecars/match.ts';
import { nameConflicts } from '../../workloads/sidecars/nameConflicts.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';

export type Creation = Extract<Review, { operation: 'CREATE' }>;

export const injectSidecars = (
  review: Creation,
  reader: Reader,
  now: Instant,
  revisions: RecordedRevisions,
): Verdict => {
  const { object: pod } = review;
  if (!isActive(pod)) return allowed;
  const namespace = reader.get(Namespaces, pod.metadata.namespace || review.namespace || 'default');
  const labels = pod.metadata.labels ?? {};
  const possible = keysFor(labels).flatMap(key => reader.by(SidecarSets, 'candidate', key));
  const chosen = setsFor(labels, namespace, possible).map(matched => ({
    ...choiceFor(matched, { labels, draw: review.uid, revisions: () => recorded(reader, revisions) }),
    refusesConflicts: matched.set.spec.injectionStrategy.onNameConflict === 'Refuse',
  }));
  const conflicts = chosen.filter(c => c.refusesConflicts).flatMap(c => nameConflicts(pod, c.injection));
  if (conflicts.length > 0) return { is: 'refused', problems: conflicts, warnings: [] };
  const injected = inject(
    pod,
    chosen.map(c => c.injection),
    now,
  );
  switch (injected.is) {
    case 'done':
      return {
        is: 'allowed',
        patch: injected.ops,
        warnings: [...chosen.flatMap(c => c.warnings), ...injected.warnings],
      };
    case 'impossible':
      return {
        is: 'refused',
        problems: [{ field: injected.field, message: injected.message, reason: 'FieldValueInvalid' }],
        warnings: [],
      };
  }
};

const isActive = (pod: KubeObject): boolean => {
  const status = pod['status'];
  const phase = typeof status === 'object' && status !== null && 'phase' in status ? status.phase : undefined;
  return phase !== 'Succeeded' && phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined;
};
