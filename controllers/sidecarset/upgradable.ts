/** Tells on each pod whether its set can update it where it stands, for those who look at the pod. */

import { type Action, type Instant, targetOf } from '../../kube/contract.ts';
import type { Reason } from '../../workloads/reasons.ts';
import { Pods } from '../../workloads/resources.ts';
import { renewedMessage, upgradableCondition, type Verdict } from '../../workloads/sidecars/upgradable.ts';
import type { Member } from './member.ts';
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
  const { cannot, can, stillCan } = verdictsOf(set);
  const about = (pods: readonly Member[], verdict: Verdict): readonly Action[] => {
    const messageFor = remembering(message => renewedMessage(message, verdict, isThere));
    const isNews = (m: Member): boolean =>
      messageFor(m.traces.upgradableMessage) !== undefined && !m.claimed && !busy.has(m);
    return pods.filter(isNews).map(m => conditionWrite(m, verdict, messageFor(m.traces.upgradableMessage) ?? '', now));
  };
  return [
    ...about(
      members.filter(m => m.isMoved && m.record !== undefined),
      can,
    ),
    // Most pods of a fleet have no such condition, and nothing to say.
    ...about(
      members.filter(m => m.isMoved && m.record === undefined && m.traces.upgradable !== undefined),
      stillCan,
    ),
    ...course.reasons
      .filter(({ reason }) => meansToUpdate(reason))
      .flatMap(({ reason, pods }) => about(pods, isInTheWay(reason) ? cannot : stillCan)),
  ];
};

/** All that one set may say: few objects for many pods. */
const verdictsOf = (set: string) => ({
  cannot: { set, can: false, repeats: false },
  can: { set, can: true, repeats: false },
  stillCan: { set, can: true, repeats: true },
});

/** Nothing is said about pods that nobody means to update. */
const meansToUpdate = ({ reason }: Reason): boolean => reason !== 'NotUpdated' && reason !== 'RecordBroken';

const isInTheWay = ({ reason }: Reason): boolean => reason === 'NotInPlace' || reason === 'KubeletTooOld';

const conditionWrite = (
  { pod, name, traces: { upgradable } }: Member,
  { set, can }: Verdict,
  message: string,
  now: Instant,
): Action => ({
  do: 'patch',
  target: targetOf(Pods, pod),
  part: 'status',
  guard: 'uid and version',
  patch: { as: 'strategic', body: { status: { conditions: [upgradableCondition(upgradable, message, now)] } } },
  why: `${name} ${can ? 'can' : 'cannot'} be updated in place by SidecarSet ${set}`,
});

type MessageFor = (message: string | undefined) => string | undefined;

/** Many pods say the same, and most the same as the one before. */
const remembering = (messageFor: MessageFor): MessageFor => {
  const known = new Map<string | undefined, string | undefined>();
  let [last, answer]: [string | undefined, string | undefined] = [undefined, messageFor(undefined)];
  return message => {
    if (message === last) return answer;
    if (!known.has(message)) known.set(message, messageFor(message));
    [last, answer] = [message, known.get(message)];
    return answer;
  };
};
