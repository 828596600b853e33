/** Native sidecars of a set: init containers that run as long as their pod. Not every kubelet restarts them. */

import { containerOf, type PodView } from '../pods/view.ts';
import type { UsableSidecarSet } from '../sidecarsets.ts';
import { isNativeSidecar } from './hash.ts';
import { type Injection, namesInPod } from './injection.ts';

export const hasNativeSidecars = ({ injection }: Pick<UsableSidecarSet, 'injection'>): boolean =>
  injection.initContainers.some(isNativeSidecar);

/** Name of a native sidecar that the pod has with another image than the spec. */
export const sidecarToRestart = (pod: PodView, { initContainers }: Injection): string | undefined => {
  for (const sidecar of initContainers)
    if (isNativeSidecar(sidecar) && !namesInPod(sidecar).some(name => containerOf(pod, name)?.image === sidecar.image))
      return sidecar.name;
  return undefined;
};
