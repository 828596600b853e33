/** Tells on each pod whether its set can update it where it stands, for those who look at the pod. */

import { conditions } from '../../api/names.ts';
import { type Action, type Instant, targetOf } from '../../kube/contract.ts';
import { conditionOf } from '../../workloads/pods/view.ts';
import type { Reason } from '../../workloads/reasons.ts';
import { Pods } from '../../workloads/resources.ts';
import { renewedMessage, upgradableCondition, type Verdict } from '../../workloads/sidecars/upgradable.ts';
import { isMoved, type Member, nameOf } from './member.ts';
import type { Course } from './rollout.ts';

export interface Audience {
  readonly set: string;
  readonly members: readonly Member[];
  readonly course: Course;
  readonly isThere: (set: string) => boolean;
}

/** Pods that are written anyway have their turn later: a plan has one write for each. */
export const conditionWrites = ({ set, members, course, isThere }: Audience, now: Instant): readonly Action[] => {
  const busy = new Set(course.steps.map(step => step.member));
  const messageFor = remembering((message, verdict) => renewedMessage(message, verdict, isThere));
  const writes: Action[] = [];
  // Most pods of a fleet have no such condition and nothing to say.
  for (const member of members) {
    const before = conditionOf(member.pod, conditions.sidecarSetUpgradable);
    const reason = course.reasons.get(member);
    if (before === undefined && reason === undefined && member.record === undefined) continue;
    const verdict = busy.has(member) || member.claimed ? undefined : verdictOn(member, set, reason);
    const message = verdict && messageFor(before?.message, verdict);
    if (verdict === undefined || message === undefined) continue;
    writes.push({
      do: 'patch',
      target: targetOf(Pods, member.pod),
      part: 'status',
      guard: 'uid and version',
      patch: { as: 'strategic', body: { status: { conditions: [upgradableCondition(before, message, now)] } } },
      why: `${nameOf(member.pod)} ${verdict.can ? 'can' : 'cannot'} be updated in place by SidecarSet ${set}`,
    });
  }
  return writes;
};

/** Nothing is said about pods that nobody means to update. */
const verdictOn = (member: Member, set: string, because: Reason | undefined): Verdict | undefined => {
  const reason = because?.reason;
  if (reason === 'NotUpdated' || reason === 'RecordBroken') return undefined;
  if (reason === 'NotInPlace' || reason === 'KubeletTooOld') return { set, can: false, repeats: false };
  return { set, can: true, repeats: member.record === undefined || !isMoved(member) };
};

type MessageFor = (message: string | undefined, verdict: Verdict) => string | undefined;

/** Many pods say the same. */
const remembering = (messageFor: MessageFor): MessageFor => {
  const known = new Map<string, string | undefined>();
  return (message, verdict) => {
    const key = `${verdict.can} ${verdict.repeats} ${message ?? ''}`;
    if (!known.has(key)) known.set(key, messageFor(message, verdict));
    return known.get(key);
  };
};
