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
  const saying = (verdict: Verdict) => {
    const messageFor = remembering(message => renewedMessage(message, verdict, isThere));
    return {
      isNews: (m: Member): boolean => messageFor(m.said) !== undefined && !m.claimed && !busy.has(m),
      write: (m: Member): Action => conditionWrite(m, verdict, messageFor(m.said) ?? '', now),
    };
  };
  const [can, cannot, stillCan] = [saying(canNow(set)), saying(cannotNow(set)), saying(canStill(set))];
  return [
    ...members.filter(m => m.isMoved && m.record !== undefined && can.isNews(m)).map(can.write),
    ...members.filter(m => m.isMoved && m.record === undefined && stillCan.isNews(m)).map(stillCan.write),
    ...course.reasons.flatMap(({ reason, pods }) => {
      const { isNews, write } = isInTheWay(reason) ? cannot : stillCan;
      return meansToUpdate(reason) ? pods.filter(isNews).map(write) : [];
    }),
  ];
};

const canNow = (set: string): Verdict => ({ set, can: true, repeats: false });
const cannotNow = (set: string): Verdict => ({ set, can: false, repeats: false });
/** Only where something has been said before. */
const canStill = (set: string): Verdict => ({ set, can: true, repeats: true });

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
