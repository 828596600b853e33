/** Why pods that a set selects do not carry its containers. */

import { namespacesOutside } from '../../workloads/installation.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import type { Reason } from '../../workloads/reasons.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import { lag } from './injectionActive.ts';
import type { World } from './observe.ts';

export const whyWithout = ({ view, namespace }: World, { spec }: UsableSidecarSet, pod: PodView): Reason => {
  if (namespacesOutside(namespace).includes(pod.namespace))
    return { reason: 'NamespaceExcluded', namespace: pod.namespace };
  if (pod.createdAt < view.createdAt + lag) return { reason: 'OlderThanSet' };
  return spec.injectionStrategy.paused ? { reason: 'InjectionPaused' } : { reason: 'NotInjected' };
};
