/** Pods whose own containers the set's have replaced: counted in its status, and told of when there are more of them. */

import { type Notice, targetOf } from '../../kube/contract.ts';
import { firstOf, listed } from '../../workloads/reasons.ts';
import { SidecarSets, type SidecarSetView } from '../../workloads/sidecarsets.ts';
import type { Tally } from './tally.ts';

export const overriddenNotices = (view: SidecarSetView, { overridden }: Tally): readonly Notice[] => {
  if (overridden.length <= (view.status.overriddenPods ?? 0)) return [];
  const names = overridden.map(({ name }) => name);
  return [
    {
      about: targetOf(SidecarSets, view),
      type: 'Warning',
      reason: 'ContainerReplaced',
      message: `a container of this set stands in the place of the pod's own of that name (${listed(firstOf(names), names.length)}); injectionStrategy.onNameConflict: Refuse refuses such pods`,
    },
  ];
};
