/** What a SidecarSet reports: counted from scratch each pass. */

import type { SidecarSetStatus } from '../../api/sidecarset.ts';
import type { PodCount } from '../../api/status.ts';
import { type Instant, type StatusChange, targetOf } from '../../kube/contract.ts';
import { withFindings } from '../../workloads/conditions.ts';
import { isPin, pinnedRevision } from '../../workloads/sidecars/revision.ts';
import { SidecarSets, type SidecarSetView } from '../../workloads/sidecarsets.ts';
import { findingsFor, findingsOfInvalid } from './findings.ts';
import { withInjection } from './injectionActive.ts';
import type { World } from './observe.ts';
import type { History } from './revisions.ts';
import { countOf, firstNamesOf, type Said } from './said.ts';
import type { Course } from './situation.ts';
import type { Tally } from './tally.ts';

export interface Report {
  readonly world: World;
  readonly tally: Tally;
  readonly history: History;
  readonly course: Course;
  /** Of pods that are not as the set wants them. */
  readonly said: readonly Said[];
  readonly now: Instant;
}

export type Written = StatusChange & { readonly is: SidecarSetStatus };

export const statusOf = ({ world, tally, history, course, said, now }: Report): Written => {
  const { view } = world;
  const found = findingsFor(tally, course.reasons);
  return change(view, {
    matchedPods: tally.all,
    updatedPods: tally.updated,
    readyPods: tally.ready,
    updatedReadyPods: tally.updatedReady,
    ...(history.current === undefined ? {} : { latestRevision: history.current.name }),
    collisionCount: history.collisions,
    uninjectedPods: world.uninjected.length,
    overriddenPods: tally.overridden.length,
    pods: podCounts(said),
    conditions: withInjection(
      withFindings(view.status.conditions ?? [], found, { now, generation: view.generation }),
      view,
      { now, ...lostPinIn(world) },
    ),
  });
};

/** In words, what the set is pinned to, if no such revision is recorded any more. */
const lostPinIn = ({ view, revisions }: World): { readonly lostPin?: string } => {
  const pin = view.usable?.spec.injectionStrategy.revision;
  if (!isPin(pin) || pinnedRevision(view.name, pin, revisions) !== undefined) return {};
  return { lostPin: `the pinned revision ${pin.revisionName ?? `of customVersion ${pin.customVersion}`}` };
};

/** Counters stay as they were: nothing is known about pods that a broken spec selects. */
export const statusOfUnusable = (view: SidecarSetView, now: Instant): Written => {
  const { matchedPods = 0, updatedPods = 0, readyPods = 0 } = view.status;
  const found = findingsOfInvalid(view.problems);
  return change(view, {
    matchedPods,
    updatedPods,
    readyPods,
    conditions: withInjection(
      withFindings(view.status.conditions ?? [], found, { now, generation: view.generation }),
      view,
      { now },
    ),
  });
};

const change = (view: SidecarSetView, is: SidecarSetStatus): Written => ({
  target: targetOf(SidecarSets, view),
  was: view.storedStatus,
  is: { observedGeneration: view.generation, ...is },
});

const podCounts = (said: readonly Said[]): readonly PodCount[] =>
  [...Map.groupBy(said, ({ reason }) => reason.reason as string)]
    .map(([reason, same]) => ({ reason, count: countOf(same), pods: firstNamesOf(same) }))
    .sort((a, b) => (a.reason < b.reason ? -1 : 1));
