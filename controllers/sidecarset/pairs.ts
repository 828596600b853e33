/** The hot-upgrade pairs that a pod really has: those of the revision that it carries. */

import type { Sidecar } from '../../api/sidecarset.ts';
import type { RevisionView } from '../../workloads/resources.ts';
import { carriedRevision } from '../../workloads/sidecars/history.ts';
import { type Injection, isHot, runningOf } from '../../workloads/sidecars/injection.ts';
import { recordedInjection } from '../../workloads/sidecars/revision.ts';
import { type Twins, twinsIn } from '../../workloads/sidecars/twins.ts';
import type { SeenPod } from './observe.ts';

/** Remembers what each revision has: many pods carry few. */
export const pairsAmong = (
  current: Injection,
  revisions: readonly RevisionView[],
): ((seen: SeenPod) => readonly Twins[]) => {
  const known = new Map<string, readonly Sidecar[]>();
  const hotIn = ({ traces: { mark, markWithoutImage } }: SeenPod): readonly Sidecar[] => {
    const hash = markWithoutImage?.hash ?? '';
    const sidecars =
      known.get(hash) ??
      hotOf(hash === current.hashes.withoutImage ? current : recorded(carriedRevision(mark, revisions)));
    known.set(hash, sidecars);
    return sidecars;
  };
  const recorded = (revision: RevisionView | undefined): Injection | undefined =>
    revision && recordedInjection(current.set, revision);
  const isHotNow = hotOf(current).length > 0;
  return seen =>
    !isHotNow && !seen.traces.hasTwins ? none : hotIn(seen).flatMap(sidecar => twinsIn(seen.pod, sidecar) ?? []);
};

const none: readonly never[] = [];

const hotOf = (injection: Injection | undefined): readonly Sidecar[] =>
  injection === undefined ? none : runningOf(injection).filter(isHot);
