/** What a set does that its author may not expect. How many pods it concerns is read from the set's own status. */

import { isDeepStrictEqual } from 'node:util';
import { resolve } from '../../api/intOrPercent.ts';
import type { KubeObject } from '../../kube/contract.ts';
import { podsOf } from '../../workloads/reasons.ts';
import { fieldsBetween } from '../../workloads/sidecars/difference.ts';
import { overlap } from '../../workloads/sidecars/overlap.ts';
import { keptBy } from '../../workloads/sidecars/partition.ts';
import { SidecarSets, type SidecarSetView, type UsableSidecarSet } from '../../workloads/sidecarsets.ts';

/** @param before as it was stored, on UPDATE */
export const warningsAbout = (object: KubeObject, before?: KubeObject): readonly string[] => {
  const set = SidecarSets.view(object)?.usable;
  const stored = before && SidecarSets.view(before);
  if (set === undefined) return [];
  const change = stored?.usable && changeOf(stored, stored.usable, set);
  return change === undefined ? [...aboutInjection(set), ...aboutWaiting(set)] : aboutChange(change);
};

interface Change {
  readonly from: UsableSidecarSet;
  readonly to: UsableSidecarSet;
  readonly status: SidecarSetView['status'];
  /** Pods that have the containers. */
  readonly pods: number;
  /** Containers differ. */
  readonly isNewRevision: boolean;
}

const changeOf = ({ status }: SidecarSetView, from: UsableSidecarSet, to: UsableSidecarSet): Change => ({
  from,
  to,
  status,
  pods: status.matchedPods ?? 0,
  isNewRevision: from.injection.hashes.hash !== to.injection.hashes.hash,
});

const aboutChange = (change: Change): readonly string[] => {
  const { from, to, pods } = change;
  const wasPaused = from.spec.injectionStrategy.paused;
  return [
    ...(wasPaused ? [] : aboutInjection(to)),
    ...(pods === 0 ? [] : [...aboutSelection(change), ...aboutFields(change), ...aboutRest(change)]),
    ...(moves(change) ? [...aboutWaiting(to), ...(pods === 0 ? [] : aboutStanding(change))] : []),
  ];
};

/** Pods are to move that would not have moved without this change, or the rules by which they do are new. */
const moves = ({ from, to, status, isNewRevision }: Change): boolean => {
  const isBehind = (status.updatedPods ?? 0) < (status.matchedPods ?? 0);
  return isNewRevision || (isBehind && !isDeepStrictEqual(from.spec.updateStrategy, to.spec.updateStrategy));
};

// ── What pods cannot take ───────────────────────────────────────────────────────────────────────────────────────────

const aboutFields = ({ from, to, pods, status }: Change): readonly string[] => {
  const { type, nonInPlace } = to.spec.updateStrategy;
  if (type === 'NotUpdate' || from.injection.hashes.withoutImage === to.injection.hashes.withoutImage) return [];
  const revision = status.latestRevision === undefined ? 'their revision' : `revision ${status.latestRevision}`;
  const fate =
    nonInPlace === 'Recreate'
      ? 'are evicted within maxUnavailable where a controller makes them anew'
      : `stay at ${revision} until they are made anew`;
  return fieldsBetween(from.injection, to.injection).map(
    field => `${field} changes: ${injected(pods)} cannot take this in place and ${fate}`,
  );
};

/** Recorded with a revision, and not part of what makes a pod count as behind. */
const onlyForNewPods = ['volumes', 'imagePullSecrets'] as const;

const aboutRest = ({ from, to, pods, isNewRevision }: Change): readonly string[] =>
  isNewRevision
    ? []
    : onlyForNewPods
        .filter(list => !isDeepStrictEqual(from.injection[list], to.injection[list]))
        .map(list => `spec.${list} changes: ${injected(pods)} keep what they have; new pods get it`);

// ── Pods that the strategy does not move ────────────────────────────────────────────────────────────────────────────

const aboutStanding = (change: Change): readonly string[] => {
  const { to, pods } = change;
  const { type, paused, partition } = to.spec.updateStrategy;
  if (type === 'NotUpdate')
    return [`spec.updateStrategy.type: NotUpdate leaves ${injected(pods)} as they are; new pods get the change`];
  return [
    ...(paused ? [`spec.updateStrategy.paused: ${injected(pods)} stay as they are until it is false`] : []),
    ...(keptBy(partition, pods) >= pods
      ? [`spec.updateStrategy.partition: it keeps all of ${injected(pods)} at their revision`]
      : []),
    ...(selectedNone(change)
      ? [`spec.updateStrategy.selector: none of ${injected(pods)} was selected by it, so none moves`]
      : []),
  ];
};

/** The last pass found so, with the same selectors. */
const selectedNone = ({ from, to, status, pods }: Change): boolean =>
  isSame(from.spec.updateStrategy.selector, to.spec.updateStrategy.selector) &&
  isSame(from.spec.selector, to.spec.selector) &&
  status.pods?.find(({ reason }) => reason === 'NotSelected')?.count === pods;

/** Said whether there are pods or not. */
const aboutWaiting = ({ spec }: UsableSidecarSet): readonly string[] => {
  const { type, selector, maxUnavailable } = spec.updateStrategy;
  if (type === 'NotUpdate') return [];
  return [
    ...(resolve(maxUnavailable, 100, 'up') <= 0
      ? ['spec.updateStrategy.maxUnavailable: 0 moves only pods that do not serve']
      : []),
    ...(selector !== undefined && !overlap(spec.selector.source, selector.source)
      ? ['spec.updateStrategy.selector: selects none of the pods that spec.selector does, so none moves']
      : []),
  ];
};

// ── Which pods ──────────────────────────────────────────────────────────────────────────────────────────────────────

const aboutInjection = ({ spec }: UsableSidecarSet): readonly string[] =>
  spec.injectionStrategy.paused ? ['spec.injectionStrategy.paused: new pods start without these containers'] : [];

const aboutSelection = ({ from, to, pods }: Change): readonly string[] =>
  (['selector', 'namespaceSelector'] as const)
    .filter(name => !isSame(from.spec[name], to.spec[name]))
    .map(
      name =>
        `spec.${name} changes: of ${injected(pods)}, those that it does not match any more keep the containers and are not updated`,
    );

type Selector = UsableSidecarSet['spec']['selector'] | undefined;

const isSame = (a: Selector, b: Selector): boolean => isDeepStrictEqual(a?.source, b?.source);

const injected = (pods: number): string => `the ${podsOf(pods)} with the containers`;
