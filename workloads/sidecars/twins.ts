/**
 * The pair of containers that stands in a pod for one that is upgraded hot. The new image goes into the idle twin, and
 * only when that one is ready is the former one emptied: at every moment one of them serves.
 */

import type { Sidecar } from '../../api/sidecarset.ts';
import { type ContainerView, containerOf, type PodView } from '../pods/view.ts';
import { otherVersionKey, versionKey, workingAnnotation, workingTwins } from './hotUpgrade.ts';
import { twinsOf } from './injection.ts';

export interface Twins {
  /** Of the container in the set. */
  readonly name: string;
  readonly working: ContainerView;
  readonly idle: ContainerView;
  readonly emptyImage: string;
  /** An upgrade was begun: the idle twin still has the image that it served with. */
  readonly isSwapping: boolean;
}

/** What one step of a hot upgrade writes: images by container, and annotations. */
export interface TwinChange {
  readonly images: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  /** The twin that works from now on. */
  readonly working: string;
}

/** undefined: the pod has no such pair. A twin that is the only one with an image works, whatever is noted. */
export const twinsIn = (pod: PodView, { name, upgradeStrategy }: Sidecar): Twins | undefined => {
  const [first, second] = twinsOf(name).map(twin => containerOf(pod, twin));
  if (first === undefined || second === undefined) return undefined;
  const emptyImage = upgradeStrategy.hotUpgradeEmptyImage ?? '';
  const [isFirstEmpty, isSecondEmpty] = [isEmpty(pod, first, emptyImage), isEmpty(pod, second, emptyImage)];
  const isSwapping = !isFirstEmpty && !isSecondEmpty;
  const noted = workingTwins(pod.managed?.annotations[workingAnnotation]).get(name) === first.name;
  const isFirstWorking = isFirstEmpty === isSecondEmpty ? noted : isSecondEmpty;
  const [working, idle] = isFirstWorking ? [first, second] : [second, first];
  return { name, working, idle, emptyImage, isSwapping };
};

/** A policy may have rewritten the empty image: the version says the same. */
const isEmpty = (pod: PodView, { name, image }: ContainerView, emptyImage: string): boolean =>
  image === emptyImage || pod.managed?.annotations[versionKey(name)] === '0';

export interface Wanted {
  readonly image: string;
  /** Greater than any version before. */
  readonly version: string;
  /** Whether a container is Ready and runs what its spec asks for. */
  readonly isSound: (container: ContainerView) => boolean;
}

/** The step that brings a pair to an image; undefined if it has it. */
export const swapTo = (pod: PodView, twins: Twins, wanted: Wanted): TwinChange | undefined => {
  const { working, idle, isSwapping } = twins;
  if (working.image === wanted.image) return undefined;
  if (!isSwapping) return fill(pod, idle, working, wanted);
  if (idle.image === wanted.image) return retreat(twins);
  // A pair whose working twin is sound is reset before anything else is asked of it.
  return wanted.isSound(idle) ? fill(pod, working, idle, wanted) : fill(pod, idle, working, wanted);
};

/** The twin that was healthy all along works again. It is not restarted. */
const retreat = ({ working, idle, emptyImage }: Twins): TwinChange => emptied(working, idle, emptyImage);

/** The former twin is emptied, once the new one is ready. */
export const resetOf = ({ working, idle, emptyImage }: Twins): TwinChange => emptied(idle, working, emptyImage);

const fill = (pod: PodView, into: ContainerView, from: ContainerView, { image, version }: Wanted): TwinChange => ({
  images: new Map([[into.name, image]]),
  annotations: new Map([
    [versionKey(into.name), version],
    [otherVersionKey(into.name), pod.managed?.annotations[versionKey(from.name)] ?? '0'],
    [otherVersionKey(from.name), version],
  ]),
  working: into.name,
});

const emptied = (container: ContainerView, working: ContainerView, emptyImage: string): TwinChange => ({
  images: new Map([[container.name, emptyImage]]),
  annotations: new Map([
    [versionKey(container.name), '0'],
    [otherVersionKey(working.name), '0'],
  ]),
  working: working.name,
});
