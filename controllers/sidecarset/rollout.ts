/** Which pods move now, and why each of the others does not. */

import { resolve } from '../../api/intOrPercent.ts';
import type { Refusal } from '../../kube/contract.ts';
import type { Reason } from '../../workloads/reasons.ts';
import { type Candidate, choose } from '../../workloads/rollout/budget.ts';
import { markAnnotations } from '../../workloads/sidecars/marks.ts';
import { sidecarLeftBehind } from '../../workloads/sidecars/native.ts';
import { inOrder } from '../../workloads/sidecars/order.ts';
import { keptBy } from '../../workloads/sidecars/partition.ts';
import { isPin } from '../../workloads/sidecars/revision.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import { canReset, isCharged, isMoved, type Member, nameOf } from './member.ts';

export interface Step {
  readonly member: Member;
  readonly by: 'update' | 'reset' | 'eviction';
}

export interface Course {
  readonly steps: readonly Step[];
  /** One for each pod that is not where it should be. */
  readonly reasons: ReadonlyMap<Member, Reason>;
}

export interface Situation {
  readonly set: UsableSidecarSet;
  readonly members: readonly Member[];
  /** The revision of the spec is in the store, so that pods may name it. */
  readonly isRecorded: boolean;
  /** Why the revision is not in the store. */
  readonly whilePending: Reason;
  /** Names of pods on their way out, which an eviction may have begun: each costs what the pod did that it was. */
  readonly leaving: readonly string[];
  /** New pods get the spec as it is. */
  readonly isInjecting: boolean;
  /** Fields in which the revision that the pod carries differs from the spec, images aside. */
  readonly fieldsOf: (member: Member) => readonly string[];
  /** The server's no to this very step, when it was last tried. */
  readonly refusalOf: (step: Step) => Refusal | undefined;
}

export const courseOf = (situation: Situation): Course => {
  const { members, set } = situation;
  const { unfinished, resets, blocked, movable } = sorted(situation);
  const waiting = inOrder(movable, set.spec.updateStrategy, members);
  const { keptOld, free } = room(situation);
  // A hot upgrade that was begun is ended before others begin, also where none may begin any more.
  const candidates = [...stepsOf(resets, 'reset'), ...waiting.slice(0, free).map(m => stepFor(m, set))];
  const { taken, held, refused, limit, charging } = withinBudget(candidates, situation);
  const reasons = new Map<Member, Reason>();
  for (const m of unfinished) reasons.set(m, whatIsMissing(m));
  for (const [m, reason] of blocked) reasons.set(m, reason);
  note(reasons, waiting.slice(free), { reason: 'Partition', keptOld });
  note(reasons, membersOf(held), { reason: 'BudgetUsed', limit, by: charging });
  note(reasons, membersOf(taken), { reason: 'Taken' });
  for (const [{ member }, { message }] of refused) reasons.set(member, { reason: 'Refused', message });
  return { steps: taken, reasons };
};

/** One reason for many: a fleet has thousands of pods that wait for the same. */
const note = (reasons: Map<Member, Reason>, members: readonly Member[], reason: Reason): void => {
  for (const member of members) reasons.set(member, reason);
};

const membersOf = (steps: readonly Step[]): readonly Member[] => steps.map(step => step.member);

interface Sorted {
  /** Updated, and the update is not over. */
  readonly unfinished: readonly Member[];
  readonly resets: readonly Member[];
  readonly blocked: ReadonlyMap<Member, Reason>;
  /** Nothing but order and budgets keeps them. */
  readonly movable: readonly Member[];
}

const sorted = (situation: Situation): Sorted => {
  const unfinished: Member[] = [];
  const resets: Member[] = [];
  const movable: Member[] = [];
  const blocked = new Map<Member, Reason>();
  for (const member of situation.members) {
    if (member.isUpdated && !isMoved(member)) unfinished.push(member);
    if (canReset(member)) resets.push(member);
    else if (!member.isUpdated) {
      const reason = blockOf(member, situation);
      if (reason === undefined) movable.push(member);
      else blocked.set(member, reason);
    }
  }
  return { unfinished, resets, blocked, movable };
};

const stepsOf = (members: readonly Member[], by: Step['by']): readonly Step[] =>
  members.map(member => ({ member, by }));

const stepFor = (member: Member, set: UsableSidecarSet): Step => ({
  member,
  by: canStay(member, set) ? 'update' : 'eviction',
});

/** What keeps a pod at its revision, whatever the others do. What cannot be done at all comes before the author's wish. */
const blockOf = (member: Member, situation: Situation): Reason | undefined => {
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
const canStay = (member: Member, set: UsableSidecarSet): boolean =>
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

/** A pair that is still being swapped is waited for too, though its containers are all right by themselves. */
const whatIsMissing = ({ progress }: Member): Reason =>
  progress.is === 'restarting' || progress.is === 'settling' ? progress.for : { reason: 'Settling' };

/** How many more pods the partition lets go. Pods that cannot move count among those that it keeps. */
const room = ({ set, members }: Situation): { readonly keptOld: number; readonly free: number } => {
  const keptOld = keptBy(set.spec.updateStrategy.partition, members.length);
  const updated = members.filter(m => m.isUpdated).length;
  return { keptOld, free: Math.max(0, members.length - keptOld - updated) };
};

/** A pod that the server refuses must not keep the budget from the others: it is tried after them. */
const withinBudget = (steps: readonly Step[], situation: Situation) => {
  const { set, members } = situation;
  const refused = refusedAmong(steps, situation);
  const limit = Math.max(0, resolve(set.spec.updateStrategy.maxUnavailable, members.length, 'up'));
  const candidates = lastTried(steps, refused).map(candidateOf);
  const before = charged(situation);
  const { taken, held } = choose(candidates, before.length, limit);
  const serving = taken.filter(({ member }) => member.isReady);
  return { taken, held, refused, limit, charging: [...new Set([...before, ...serving.map(({ name }) => name)])] };
};

const candidateOf = ({ member, by }: Step): Step & Candidate => ({
  member,
  by,
  name: nameOf(member.pod),
  state: stateOf(member),
});

type Refused = ReadonlyMap<Step, Refusal>;

const refusedAmong = (steps: readonly Step[], { refusalOf }: Situation): Refused => {
  const refused = new Map<Step, Refusal>();
  for (const step of steps) {
    const refusal = refusalOf(step);
    if (refusal !== undefined) refused.set(step, refusal);
  }
  return refused;
};

/** Refused steps come last, and among them the one that was tried longest ago is first: each has its turn. */
const lastTried = (steps: readonly Step[], refused: Refused): readonly Step[] => {
  const again = [...refused].sort(([, a], [, b]) => a.at - b.at).map(([step]) => step);
  return refused.size === 0 ? steps : [...steps.filter(step => !refused.has(step)), ...again];
};

/** Names of the pods that use up budget. Where pods are evicted, those that come in their place do until they serve. */
const charged = ({ set, members, leaving }: Situation): readonly string[] => {
  const comesInPlace = recreates(set);
  const isComing = ({ isUpdated, isReady, record }: Member): boolean => isUpdated && !isReady && record === undefined;
  return [...members.filter(m => isCharged(m) || (comesInPlace && isComing(m))).map(m => nameOf(m.pod)), ...leaving];
};

const stateOf = (member: Member): Candidate['state'] => {
  if (!member.isReady) return 'down';
  return isCharged(member) ? 'unsettled' : 'whole';
};
