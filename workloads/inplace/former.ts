/** What a container is at the moment when its replacement is decided: the state that its successor is compared with. */

import { type Instant, type Millis, seconds } from '../../kube/contract.ts';
import { type ContainerStatusView, type ContainerView, containerOf, type PodView } from '../pods/view.ts';
import { runs } from './images.ts';
import { proofOf } from './progress.ts';
import { type Former, formerOf, type UpdateRecord, updateRecordOf } from './record.ts';

/**
 * The named containers as they are now; names that the pod does not have are left out. What the pod's last update left
 * unproven is still to be proven, and stays as that update recorded it.
 */
export const formersNow = (pod: PodView, names: Iterable<string>, now: Instant): ReadonlyMap<string, Former> => {
  const record = updateRecordOf(pod);
  const earlier = record.is === 'read' ? record.value : undefined;
  return new Map([...unproven(earlier, pod, now), ...formersSince(earlier, { pod, names, now })]);
};

/** A record that was made for a drain names containers whose images were not written: nothing is to be proven there. */
const unproven = (earlier: UpdateRecord | undefined, pod: PodView, now: Instant): readonly [string, Former][] =>
  [...(earlier?.formers ?? [])].flatMap(([name, former]): readonly [string, Former][] => {
    const container = containerOf(pod, name);
    if (earlier === undefined || container === undefined || former.image === container.image) return [];
    const proof = proofOf(pod, { ...earlier, formers: new Map([[name, former]]) }, now);
    return proof.is === 'proven' ? [] : [[name, identified(former, container, earlier)]];
  });

/** OpenKruise records no id, and tells by the time of the update, which is another one from now on. */
const identified = (former: Former, { status }: ContainerView, { updatedAt }: UpdateRecord): Former => {
  const isReplaced = status?.state.is === 'running' && status.state.startedAt >= updatedAt;
  return { ...former, containerID: former.containerID ?? (isReplaced ? '' : (status?.containerID ?? '')) };
};

export interface Taking {
  readonly pod: PodView;
  readonly names: Iterable<string>;
  readonly now: Instant;
}

/** The same for the update that follows a given one, e.g. the last one of the same SidecarSet. */
export const formersSince = (
  earlier: UpdateRecord | undefined,
  { pod, names, now }: Taking,
): ReadonlyMap<string, Former> => {
  const formers = [...names].flatMap(name => {
    const container = containerOf(pod, name);
    if (container === undefined) return [];
    const pending = anotherMayComeUp(pod, container, earlier, now);
    return [[name, pending ? { ...formerOf(container), pending } : formerOf(container)] as const];
  });
  return new Map(formers);
};

/** As long as that a container may have come up to fail again: see `settled`. */
const flash: Millis = seconds(31);

/** It failed, or was restarted so recently that it may be a flash of a crash loop. */
const mayBeRestarted = ({ state, restartCount }: ContainerStatusView, now: Instant): boolean =>
  state.is === 'terminated' || (state.is === 'running' && restartCount > 0 && now < state.startedAt + flash);

/**
 * What is replaced now may still be started before its successor: a container that is down is started again by a kubelet
 * that has not seen the change, and one that does not run its spec's image yet is on its way there. A retag looks like
 * that too, after it was proven: then nothing else is on its way.
 */
const anotherMayComeUp = (
  pod: PodView,
  { name, image, status }: ContainerView,
  earlier: UpdateRecord | undefined,
  now: Instant,
): boolean => {
  if (status === undefined) return false;
  if (mayBeRestarted(status, now)) return true;
  if (runs(image, status)) return false;
  const former = earlier?.formers.get(name);
  if (earlier === undefined || former === undefined) return true;
  if (former.containerID !== status.containerID) return proofOf(pod, earlier, now).is !== 'proven';
  return former.image !== image || former.pending === true;
};
