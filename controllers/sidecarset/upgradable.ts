/** Tells on each pod whether its set can update it where it stands, for those who look at the pod. */

import { type Action, type Instant, targetOf } from '../../kube/contract.ts';
import type { Reason } from '../../workloads/reasons.ts';
import { Pods } from '../../workloads/resources.ts';
import { renewedMessage, upgradableCondition, type Verdict } from '../../workloads/sidecars/upgradable.ts';
import { isMoved, type Member, nameOf } from './member.ts';
import type { Course } from './situation.ts';

export interface Audience {
  readonly set: string;
  readonly members: readonly Member[];
  readonly course: Course;
  readonly isThere: (set: string) => boolean;
}

/** Pods that are written anyway have their turn later: a plan has one write for each. */
export const conditionWrites = ({ set, members, course, isThere }: Audience, now: Instant): readonly Action[] => {
  const busy = new Set(course.steps.map(step => step.member));
  const verdicts = verdictsOf(set);
  const messageFor = remembering((message, verdict) => renewedMessage(message, verdict, isThere));
  const writes: Action[] = [];
  // Most pods of a fleet have no such condition and nothing to say.
  for (const member of members) {
    const before = member.traces.upgradable;
    const reason = isMoved(member) ? undefined : course.reasons.get(member);
    if (before === undefined && reason === undefined && member.record === undefined) continue;
    const verdict = busy.has(member) || member.claimed ? undefined : verdictOn(member, verdicts, reason);
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

/** All that one set may say: few objects for many pods. */
const verdictsOf = (set: string) => ({
  cannot: { set, can: false, repeats: false },
  can: { set, can: true, repeats: false },
  stillCan: { set, can: true, repeats: true },
});

/** Nothing is said about pods that nobody means to update. */
const verdictOn = (
  member: Member,
  { cannot, can, stillCan }: ReturnType<typeof verdictsOf>,
  because: Reason | undefined,
): Verdict | undefined => {
  const reason = because?.reason;
  if (reason === 'NotUpdated' || reason === 'RecordBroken') return undefined;
  if (reason === 'NotInPlace' || reason === 'KubeletTooOld') return cannot;
  return member.record === undefined || !isMoved(member) ? stillCan : can;
};

type MessageFor = (message: string | undefined, verdict: Verdict) => string | undefined;

/** Many pods say the same. */
const remembering = (messageFor: MessageFor): MessageFor => {
  const known = new Map<Verdict, Map<string | undefined, string | undefined>>();
  return (message, verdict) => {
    const answers = known.get(verdict) ?? new Map<string | undefined, string | undefined>();
    known.set(verdict, answers);
    if (!answers.has(message)) answers.set(message, messageFor(message, verdict));
    return answers.get(message);
  };
};
