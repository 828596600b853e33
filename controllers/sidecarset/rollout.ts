/** Which pods move now, and why each of the others does not. */

import { resolve } from '../../api/intOrPercent.ts';
import type { Reason } from '../../workloads/reasons.ts';
import { type Candidate, choose } from '../../workloads/rollout/budget.ts';
import { isHot } from '../../workloads/sidecars/injection.ts';
import { markAnnotations } from '../../workloads/sidecars/marks.ts';
import { inOrder } from '../../workloads/sidecars/order.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import { isCharged, isMoved, type Member, nameOf } from './member.ts';

export interface Course {
  readonly taken: readonly Member[];
  /** One for each pod that is not where it should be. */
  readonly reasons: ReadonlyMap<Member, Reason>;
}

export interface Situation {
  readonly set: UsableSidecarSet;
  readonly members: readonly Member[];
  /** The revision of the spec is in the store, so that pods may name it. */
  readonly isRecorded: boolean;
  /** Fields in which the revision that the pod carries differs from the spec, images aside. */
  readonly fieldsOf: (member: Member) => readonly string[];
}

export const courseOf = (situation: Situation): Course => {
  const { members, set } = situation;
  const old = members.filter(m => !m.isUpdated);
  const blocked = old.flatMap(m => reasonFor(m, blockOf(m, situation)));
  const blockedMembers = new Set(blocked.map(([m]) => m));
  const waiting = inOrder(
    old.filter(m => !blockedMembers.has(m)),
    set.spec.updateStrategy,
    members,
  );
  const { keptOld, free } = room(situation);
  const { taken, held, limit } = withinBudget(waiting.slice(0, free), situation);
  const charging = [...new Set([...members.filter(isCharged), ...taken.filter(m => m.isReady)])].map(m =>
    nameOf(m.pod),
  );
  return {
    taken,
    reasons: new Map<Member, Reason>([
      ...members.filter(m => m.isUpdated && !isMoved(m)).flatMap(m => reasonFor(m, unfinished(m))),
      ...blocked,
      ...waiting.slice(free).map(m => [m, { reason: 'Partition', keptOld }] as const),
      ...held.map(m => [m, { reason: 'BudgetUsed', limit, by: charging }] as const),
      ...taken.map(m => [m, { reason: 'Taken' }] as const),
    ]),
  };
};

const reasonFor = (member: Member, reason: Reason | undefined): readonly (readonly [Member, Reason])[] =>
  reason === undefined ? [] : [[member, reason]];

/** What keeps a pod at its revision, whatever the others do. What cannot be done at all comes before the author's wish. */
const blockOf = (member: Member, { set, isRecorded, fieldsOf }: Situation): Reason | undefined => {
  const strategy = set.spec.updateStrategy;
  if (strategy.type === 'NotUpdate') return { reason: 'NotUpdated' };
  if (member.mark === undefined) return { reason: 'RecordBroken', annotation: markAnnotations.hash };
  if (member.markWithoutImage === undefined)
    return { reason: 'RecordBroken', annotation: markAnnotations.withoutImage };
  if (member.markWithoutImage.hash !== set.injection.hashes.withoutImage)
    return { reason: 'NotInPlace', fields: fieldsOf(member) };
  const hot = hotFields(set);
  if (hot.length > 0) return { reason: 'NotInPlace', fields: hot };
  if (strategy.paused) return { reason: 'Paused' };
  if (strategy.selector?.matches(member.pod.labels) === false) return { reason: 'NotSelected' };
  return isRecorded ? undefined : { reason: 'RevisionPending' };
};

/** Replacing a working twin is not what its author asked for. */
const hotFields = ({ injection: { containers } }: UsableSidecarSet): readonly string[] =>
  containers.flatMap((container, i) => (isHot(container) ? [`spec.containers[${i}].upgradeStrategy.upgradeType`] : []));

const unfinished = ({ progress }: Member): Reason | undefined =>
  progress.is === 'restarting' || progress.is === 'settling' ? progress.for : undefined;

/** How many more pods the partition lets go. Pods that cannot move count among those that it keeps. */
const room = ({ set, members }: Situation): { readonly keptOld: number; readonly free: number } => {
  const { partition } = set.spec.updateStrategy;
  const total = members.length;
  const share = Math.min(total, Math.max(0, resolve(partition, total, 'up')));
  // Less than all of them must leave one to go, or a rollout by shares would never begin.
  const roundedToAll = share === total && total > 1 && partition.is === 'percent' && partition.value < 100;
  const keptOld = roundedToAll ? total - 1 : share;
  const updated = members.filter(m => m.isUpdated).length;
  return { keptOld, free: Math.max(0, total - keptOld - updated) };
};

const withinBudget = (waiting: readonly Member[], { set, members }: Situation) => {
  const limit = Math.max(0, resolve(set.spec.updateStrategy.maxUnavailable, members.length, 'up'));
  const candidates = waiting.map(member => ({
    member,
    name: nameOf(member.pod),
    state: stateOf(member),
  }));
  const { taken, held } = choose(candidates, members.filter(isCharged).length, limit);
  return { taken: taken.map(c => c.member), held: held.map(c => c.member), limit };
};

const stateOf = (member: Member): Candidate['state'] => {
  if (!member.isReady) return 'down';
  return isCharged(member) ? 'unsettled' : 'whole';
};
