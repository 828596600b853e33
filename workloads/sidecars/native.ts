/** Native sidecars of a set: init containers that run as long as their pod. Not every kubelet restarts them. */

import { restartsNativeSidecars } from '../nodes/kubelet.ts';
import { containerOf, type PodView } from '../pods/view.ts';
import type { UsableSidecarSet } from '../sidecarsets.ts';
import { isNativeSidecar } from './hash.ts';
import { type Injection, namesInPod } from './injection.ts';

export const hasNativeSidecars = ({ injection }: Pick<UsableSidecarSet, 'injection'>): boolean =>
  injection.initContainers.some(isNativeSidecar);

interface Placed {
  readonly pod: PodView;
  /** Version of the kubelet of its node, if that is known. */
  readonly kubelet: string | undefined;
}

/**
 * Name of a native sidecar that would get another image, and go on running the former one because of its kubelet. Where
 * nobody can know that beforehand there is none: the update is tried, and the container itself must prove it.
 */
export const sidecarLeftBehind = ({ pod, kubelet }: Placed, { initContainers }: Injection): string | undefined => {
  if (restartsNativeSidecars(kubelet) !== 'no') return undefined;
  const hasImage = (name: string, image: string | undefined): boolean => containerOf(pod, name)?.image === image;
  return initContainers.find(c => isNativeSidecar(c) && !namesInPod(c).some(name => hasImage(name, c.image)))?.name;
};
