/** Pods whose own containers the set's have replaced: counted in its status, and told of when there are more of them. */

import { type Notice, targetOf } from '../../kube/contract.ts';
import { listed } from '../../workloads/reasons.ts';
import { hasReplaced } from '../../workloads/sidecars/replaced.ts';
import { SidecarSets, type SidecarSetView } from '../../workloads/sidecarsets.ts';
import { type Member, nameOf } from './member.ts';

/** Their names, in order. */
export const overriddenAmong = (set: string, members: readonly Member[]): readonly string[] =>
  members
    .filter(({ pod }) => hasReplaced(pod, set))
    .map(({ pod }) => nameOf(pod))
    .sort();

export const overriddenNotices = (view: SidecarSetView, pods: readonly string[]): readonly Notice[] => {
  if (pods.length <= (view.status.overriddenPods ?? 0)) return [];
  return [
    {
      about: targetOf(SidecarSets, view),
      type: 'Warning',
      reason: 'ContainerReplaced',
      message: `a container of this set stands in the place of the pod's own of that name (${listed(pods)}); injectionStrategy.onNameConflict: Refuse refuses such pods`,
    },
  ];
};
