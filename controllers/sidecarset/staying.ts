/** What keeps a pod where it is, and whether it can be moved where it stands. */

import type { Reason } from '../../workloads/reasons.ts';
import { markAnnotations } from '../../workloads/sidecars/marks.ts';
import { sidecarLeftBehind } from '../../workloads/sidecars/native.ts';
import { isPin } from '../../workloads/sidecars/revision.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import type { Member } from './member.ts';
import type { Situation } from './situation.ts';

/** What keeps a pod at its revision, whatever the others do. What cannot be done at all comes before the author's wish. */
export const blockOf = (member: Member, situation: Situation): Reason | undefined => {
  const { set, isRecorded, isInjecting, fieldsOf, whilePending } = situation;
  const strategy = set.spec.updateStrategy;
  if (strategy.type === 'NotUpdate') return { reason: 'NotUpdated' };
  if (member.traces.mark === undefined) return { reason: 'RecordBroken', annotation: markAnnotations.hash };
  if (member.traces.markWithoutImage === undefined)
    return { reason: 'RecordBroken', annotation: markAnnotations.withoutImage };
  if (!canStay(member, set) && !isReplaceable(member, set)) return whyNotInPlace(member, set, fieldsOf);
  if (strategy.paused) return { reason: 'Paused' };
  if (strategy.selector?.matches(member.pod.labels) === false) return { reason: 'NotSelected' };
  // The new twin may have taken over from the former one already: that must not be made to work again as it stands.
  if (member.pairs.some(pair => pair.resetAfter !== undefined)) return { reason: 'Settling' };
  return isRecorded && (isInjecting || canStay(member, set)) ? undefined : whilePending;
};

/** It can be moved where it stands. */
export const canStay = (member: Member, set: UsableSidecarSet): boolean =>
  fitsInPlace(member, set) && sidecarLeftBehind(member, set.injection) === undefined;

const whyNotInPlace = (member: Member, set: UsableSidecarSet, fieldsOf: Situation['fieldsOf']): Reason => {
  const container = fitsInPlace(member, set) ? sidecarLeftBehind(member, set.injection) : undefined;
  return container === undefined
    ? { reason: 'NotInPlace', fields: fieldsOf(member) }
    : { reason: 'KubeletTooOld', container, kubelet: member.kubelet ?? '' };
};

const fitsInPlace = ({ traces }: Member, { injection }: UsableSidecarSet): boolean =>
  traces.hashWithoutImage === injection.hashes.withoutImage;

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
