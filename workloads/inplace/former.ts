/** What a container is at the moment when its replacement is decided: the state that its successor is compared with. */

import type { Instant } from '../../kube/contract.ts';
import { type ContainerView, containerOf, type PodView } from '../pods/view.ts';
import { runs } from './images.ts';
import { proofOf } from './progress.ts';
import { type Former, formerOf, type UpdateRecord, updateRecordOf } from './record.ts';

/** The named containers as they are now; names that the pod does not have are left out. */
export const formersNow = (pod: PodView, names: Iterable<string>, now: Instant): ReadonlyMap<string, Former> => {
  const earlier = updateRecordOf(pod);
  return formersSince(earlier.is === 'read' ? earlier.value : undefined, { pod, names, now });
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

/**
 * The container does not run its spec's image yet, so an image that we replace now may still be started before ours.
 * A retag looks like that too, after it was proven: then nothing else is on its way.
 */
const anotherMayComeUp = (
  pod: PodView,
  { name, image, status }: ContainerView,
  earlier: UpdateRecord | undefined,
  now: Instant,
): boolean => {
  if (status === undefined || runs(image, status)) return false;
  const former = earlier?.formers.get(name);
  if (earlier === undefined || former === undefined) return true;
  if (former.containerID !== status.containerID) return proofOf(pod, earlier, now).is !== 'proven';
  return former.image !== image || former.pending === true;
};
