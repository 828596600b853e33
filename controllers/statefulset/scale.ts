/** As many pods as are wanted: empty places are filled, finished pods replaced, condemned ones deleted. */

import { type Action, type Instant, pointer, type Telling, targetOf } from '../../kube/contract.ts';
import { isAvailable, standingOf } from '../../workloads/pods/availability.ts';
import { podFromTemplate } from '../../workloads/pods/fromTemplate.ts';
import { isActive, type PodView } from '../../workloads/pods/view.ts';
import type { Reason } from '../../workloads/reasons.ts';
import { Pods } from '../../workloads/resources.ts';
import { ownedBy, StatefulSets } from '../../workloads/statefulsets.ts';
import type { History } from './history.ts';
import type { Place, Replica, Scene } from './observe.ts';
import { type Part, partOf, type Say, together } from './part.ts';
import { canChangeInPlace, minReadySecondsOf, partitionOf } from './strategy.ts';

export const scale = (scene: Scene, history: History, now: Instant): Part =>
  together([
    partOf(fill(scene, history, now)),
    partOf(scene.live.filter(({ pod }) => !isActive(pod)).map(replica => replaceFinished(scene, replica))),
    partOf(condemn(scene, now)),
    partOf(scene.strays.map(pod => release(scene, pod))),
  ]);

// ── Empty places ────────────────────────────────────────────────────────────────────────────────────────────────────

const fill = (scene: Scene, history: History, now: Instant): readonly Say[] => {
  if (scene.spec.podManagementPolicy === 'Parallel') return scene.empty.map(place => fillPlace(scene, history, place));
  const [first, ...others] = scene.empty;
  if (first === undefined) return [];
  const before = scene.live.find(({ ordinal, pod }) => ordinal < first.ordinal && !isThere(scene, pod, now));
  const behind = (pod: string, by: string): Say => ({ pod, reason: { reason: 'OrderedBehind', pod: by } });
  return [
    before === undefined
      ? fillPlace(scene, history, first)
      : { ...behind(first.name, before.pod.name), wakeAfter: waitFor(scene, before.pod, now) },
    ...others.map(({ name }) => behind(name, before?.pod.name ?? first.name)),
  ];
};

const isThere = ({ spec }: Scene, pod: PodView, now: Instant): boolean =>
  isActive(pod) && isAvailable(pod, minReadySecondsOf(spec), now);

const waitFor = ({ spec }: Scene, pod: PodView, now: Instant) =>
  standingOf(pod, minReadySecondsOf(spec), now).wakeAfter;

const fillPlace = (scene: Scene, history: History, place: Place): Say => {
  const { name, occupant, claims } = place;
  if (occupant !== undefined) return meet(scene, occupant);
  const awaited = claims.filter(({ state }) => state !== 'there').map(claim => claim.name);
  if (awaited.length > 0) return { pod: name, reason: { reason: 'WaitingForClaims', claims: awaited } };
  const action = creation(scene, history, place);
  return { pod: name, reason: { reason: 'Creating' }, ...(action === undefined ? {} : { action }) };
};

/** Nothing until the revision that the pod will name is in the store. */
const creation = ({ set, spec }: Scene, history: History, { ordinal, rank, name }: Place): Action | undefined => {
  const revision = rank < partitionOf(spec) ? history.current : history.update;
  const template = history.templates.get(revision);
  if (template === undefined) return undefined;
  return {
    do: 'create',
    resource: Pods,
    object: podFromTemplate({
      set,
      ordinal,
      revision,
      template,
      serviceName: spec.serviceName,
      claimTemplates: spec.volumeClaimTemplates ?? [],
      gate: canChangeInPlace(spec) ? 'InPlaceUpdateReady' : 'none',
    }),
    why: `${name} is wanted, at revision ${revision}`,
    tell: telling(set, 'Create'),
  };
};

/** A pod of nobody that is selected becomes ours; any other keeps its name, and its place stays empty. */
const meet = ({ set, spec }: Scene, pod: PodView): Say => {
  if (pod.owner === undefined && isActive(pod) && spec.selector.matches(pod.labels)) {
    return {
      pod: pod.name,
      reason: { reason: 'Creating' },
      action: {
        do: 'patch',
        target: targetOf(Pods, pod),
        part: 'object',
        guard: 'uid and version',
        patch: { as: 'strategic', body: { metadata: { ownerReferences: [ownedBy(set)] } } }, // merged by uid
        why: 'a pod of nobody that the selector matches',
      },
    };
  }
  return { pod: pod.name, reason: { reason: 'NameTaken', by: describe(pod) } };
};

const describe = ({ owner, deletedAt }: PodView): string => {
  if (deletedAt !== undefined) return 'a pod that is being deleted';
  return owner === undefined ? 'a pod that the selector does not match' : `a pod of ${owner.kind} ${owner.name}`;
};

// ── Pods that must go ───────────────────────────────────────────────────────────────────────────────────────────────

/** A finished pod serves nobody: it goes at once, whatever the order is. */
const replaceFinished = ({ set }: Scene, { pod }: Replica): Say => {
  if (pod.deletedAt !== undefined) return terminating(pod);
  const why = `it has ended (${pod.phase}${pod.phaseReason === undefined ? '' : `: ${pod.phaseReason}`}) and is replaced`;
  return { pod: pod.name, reason: { reason: 'Taken' }, action: deletion(set, pod, why) };
};

const condemn = (scene: Scene, now: Instant): readonly Say[] => {
  const { set, spec, condemned } = scene;
  const blocker = spec.podManagementPolicy === 'Parallel' ? undefined : blockerOf(scene, now);
  return condemned.map(({ ordinal, pod }) => {
    if (pod.deletedAt !== undefined) return terminating(pod);
    if (blocker !== undefined && blocker !== pod.name) return { pod: pod.name, reason: behind(blocker) };
    const why = `${ordinal} is not among the ${spec.replicas} ordinals that are wanted`;
    return { pod: pod.name, reason: { reason: 'Taken' }, action: deletion(set, pod, why) };
  });
};

const behind = (pod: string): Reason => ({ reason: 'OrderedBehind', pod });

/** In order, a pod goes only when all that stay are there and all above it are gone. Its own name: nothing blocks it. */
const blockerOf = (scene: Scene, now: Instant): string | undefined => {
  const waited = scene.live.find(({ pod }) => !isThere(scene, pod, now))?.pod.name ?? scene.empty[0]?.name;
  const leaving = scene.condemned.find(({ pod }) => pod.deletedAt !== undefined);
  return waited ?? leaving?.pod.name ?? scene.condemned[0]?.pod.name;
};

const terminating = (pod: PodView): Say => ({ pod: pod.name, reason: { reason: 'Terminating' } });

export const deletion = (set: Scene['set'], pod: PodView, why: string): Action => ({
  do: 'delete',
  target: targetOf(Pods, pod),
  why,
  disrupts: pod.uid,
  tell: telling(set, 'Delete'),
});

const telling = (set: Scene['set'], verb: 'Create' | 'Delete'): Telling => ({
  about: targetOf(StatefulSets, set),
  done: `Successful${verb}`,
  failed: `Failed${verb}`,
});

/** It is not ours any more, because somebody changed its labels: it lives on by itself. */
const release = ({ set }: Scene, pod: PodView): Say => {
  const index = pod.managed?.ownerReferences.findIndex(({ uid }) => uid === set.uid) ?? -1;
  if (index < 0 || pod.deletedAt !== undefined) return { pod: pod.name };
  return {
    pod: pod.name,
    action: {
      do: 'patch',
      target: targetOf(Pods, pod),
      part: 'object',
      guard: 'uid and version',
      patch: {
        as: 'json',
        ops: [
          { op: 'test', path: pointer('metadata', 'ownerReferences', index, 'uid'), value: set.uid },
          { op: 'remove', path: pointer('metadata', 'ownerReferences', index) },
        ],
      },
      why: 'the selector does not match it any more',
    },
  };
};
