/** What a SidecarSet reports: counted from scratch each pass. */

import type { SidecarSetStatus } from '../../api/sidecarset.ts';
import type { PodCount } from '../../api/status.ts';
import { type Instant, type StatusChange, targetOf } from '../../kube/contract.ts';
import { withFindings } from '../../workloads/conditions.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { firstOf, type Reason } from '../../workloads/reasons.ts';
import { isPin, pinnedRevision } from '../../workloads/sidecars/revision.ts';
import { SidecarSets, type SidecarSetView } from '../../workloads/sidecarsets.ts';
import { findingsFor, findingsOfInvalid } from './findings.ts';
import { withInjection } from './injectionActive.ts';
import { isSwapping, type Member, nameOf } from './member.ts';
import type { World } from './observe.ts';
import type { History } from './revisions.ts';
import type { Course } from './situation.ts';

export interface Report {
  readonly world: World;
  readonly members: readonly Member[];
  readonly history: History;
  readonly course: Course;
  readonly said: readonly Said[];
  /** Names of pods whose own containers were replaced. */
  readonly overridden: readonly string[];
  readonly now: Instant;
}

/** The reason of one pod that is not as the set wants it. */
export interface Said {
  readonly pod: PodView;
  readonly reason: Reason;
}

export type Written = StatusChange & { readonly is: SidecarSetStatus };

export const statusOf = ({ world, members, history, course, said, overridden, now }: Report): Written => {
  const { view } = world;
  const found = findingsFor(members, course.reasons);
  return change(view, {
    ...countersOf(members),
    ...(history.current === undefined ? {} : { latestRevision: history.current.name }),
    collisionCount: history.collisions,
    uninjectedPods: world.uninjected.length,
    overriddenPods: overridden.length,
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

const countersOf = (members: readonly Member[]) => {
  const count = (is: (member: Member) => boolean): number => members.filter(is).length;
  return {
    matchedPods: members.length,
    updatedPods: count(m => m.isUpdated),
    readyPods: count(isServing),
    updatedReadyPods: count(m => m.isUpdated && isServing(m)),
  };
};

/** A pod whose containers are about to be replaced still says that it is Ready. One in a hot upgrade has a twin too many. */
const isServing = (member: Member): boolean =>
  member.isReady && member.progress.is !== 'restarting' && !isSwapping(member);

const podCounts = (said: readonly Said[]): readonly PodCount[] =>
  [...Map.groupBy(said, ({ reason }) => reason.reason as string)]
    .map(([reason, of]) =>
      countOf(
        reason,
        of.map(({ pod }) => nameOf(pod)),
      ),
    )
    .sort((a, b) => (a.reason < b.reason ? -1 : 1));

const countOf = (reason: string, pods: readonly string[]): PodCount => ({
  reason,
  count: pods.length,
  pods: firstOf(pods),
});
