/** What keeps a pod where it is, and whether it can be moved where it stands. */

import { restartsNativeSidecars } from '../../workloads/nodes/kubelet.ts';
import type { Reason } from '../../workloads/reasons.ts';
import { sidecarToRestart } from '../../workloads/sidecars/native.ts';
import { isPin } from '../../workloads/sidecars/revision.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import type { Member, Pair } from './member.ts';
import type { Situation } from './situation.ts';

/** What keeps a pod at its revision, whatever the others do. What cannot be done at all comes before the author's wish. */
export const blockOf = (member: Member, situation: Situation): Reason | undefined => {
  const { set, isRecorded, isInjecting, whilePending } = situation;
  const strategy = set.spec.updateStrategy;
  if (strategy.type === 'NotUpdate') return { reason: 'NotUpdated' };
  if (member.broken !== undefined) return { reason: 'RecordBroken', annotation: member.broken };
  const stays = canStay(member, situation);
  if (!stays && !isReplaceable(member, set)) return whyNotInPlace(member, situation);
  if (strategy.paused) return { reason: 'Paused' };
  if (strategy.selector?.matches(member.pod.labels) === false) return { reason: 'NotSelected' };
  // The new twin may have taken over from the former one already: that must not be made to work again as it stands.
  if (member.pairs.some(isTakingOver)) return { reason: 'Settling' };
  return isRecorded && (isInjecting || stays) ? undefined : whilePending;
};

const isTakingOver = ({ resetAfter }: Pair): boolean => resetAfter !== undefined;

type Where = Pick<Situation, 'set' | 'kubeletOf' | 'fieldsOf'>;

/** It can be moved where it stands. */
export const canStay = (member: Member, where: Where): boolean =>
  member.fitsInPlace && leftBehind(member, where) === undefined;

const whyNotInPlace = (member: Member, where: Where): Reason => {
  const container = member.fitsInPlace ? leftBehind(member, where) : undefined;
  return container === undefined
    ? { reason: 'NotInPlace', fields: where.fieldsOf(member) }
    : { reason: 'KubeletTooOld', container, kubelet: where.kubeletOf(member.pod) ?? '' };
};

/**
 * Name of a native sidecar that would go on running its former image because of the kubelet. Where nobody can know that
 * beforehand there is none: the update is tried, and the container itself must prove it.
 */
const leftBehind = ({ pod }: Member, { set, kubeletOf }: Where): string | undefined => {
  const container = sidecarToRestart(pod, set.injection);
  return container !== undefined && restartsNativeSidecars(kubeletOf(pod)) === 'no' ? container : undefined;
};

export const recreates = ({ spec }: Pick<UsableSidecarSet, 'spec'>): boolean =>
  spec.updateStrategy.nonInPlace === 'Recreate';

/** Only what somebody makes anew, with the spec as it is, may be evicted; a pod that runs to its end would lose its work. */
const isReplaceable = ({ pod }: Member, { spec }: UsableSidecarSet): boolean =>
  recreates({ spec }) &&
  !spec.injectionStrategy.paused &&
  !isPin(spec.injectionStrategy.revision) &&
  pod.owner !== undefined &&
  pod.owner.kind !== 'Node' &&
  pod.managed?.restartPolicy === 'Always';
