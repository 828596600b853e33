/** Events for those who watch a set or the owners of its pods: what is new since the status that is stored. */

import type { Condition } from '../../api/status.ts';
import type { Instant, Millis, Notice, Regarding } from '../../kube/contract.ts';
import { instantOf } from '../../workloads/pods/project.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { listed, messageOf, podsOf, type Reason } from '../../workloads/reasons.ts';
import { Pods } from '../../workloads/resources.ts';
import type { SidecarSetView } from '../../workloads/sidecarsets.ts';
import { kindOf } from './findings.ts';
import { pinLost } from './injectionActive.ts';
import { countOf, firstNamesOf, type Said } from './said.ts';
import type { Written } from './status.ts';

/** Of one pass; the rest of them can be read in the status. */
const mostOwners = 20;

export const noticesOf = (view: SidecarSetView, written: Written, said: readonly Said[]): readonly Notice[] => {
  const ofConditions = conditionNotices(view, written);
  const toldAlready = new Set(ofConditions.map(({ reason }) => reason));
  const groups = [...Map.groupBy(said, ({ reason }) => reason.reason)];
  const grown = groups.flatMap(([name, of]) => (countOf(of) > countIn(view, name) ? of : []));
  return [
    ...ofConditions,
    ...groups.flatMap(([name, of]) =>
      countIn(view, name) > 0 || toldAlready.has(name) ? [] : reasonNotice(written.target, of),
    ),
    ...ownerNotices(
      view.name,
      grown.filter(({ reason }) => isWithout(reason)),
    ),
  ];
};

const countIn = ({ status }: SidecarSetView, reason: string): number =>
  status.pods?.find(p => p.reason === reason)?.count ?? 0;

/** It has come to rest, or cannot. */
const conditionNotices = (view: SidecarSetView, written: Written): readonly Notice[] => {
  const notice = (type: Notice['type'], condition: Condition | undefined): readonly Notice[] =>
    condition === undefined
      ? []
      : [{ about: written.target, type, reason: condition.reason ?? '', message: condition.message ?? '' }];
  return [
    ...notice('Normal', turned('Ready', view, written)?.after),
    ...notice('Warning', turned('Stalled', view, written)?.after),
    ...notice('Warning', lostPinIn(turned('InjectionActive', view, written)?.after)),
  ];
};

const lostPinIn = (condition: Condition | undefined): Condition | undefined =>
  condition?.reason === pinLost ? condition : undefined;

interface Turn {
  readonly before: Condition;
  readonly after: Condition;
}

/** The condition became True, or is True for another reason; one that was never stored has not turned. */
const turned = (type: string, { status }: SidecarSetView, { is }: Written): Turn | undefined => {
  const before = status.conditions?.find(c => c.type === type);
  const after = is.conditions?.find(c => c.type === type);
  if (before === undefined || after?.status !== 'True') return undefined;
  return before.status === 'True' && before.reason === after.reason ? undefined : { before, after };
};

/** How long it took from the first pod that was behind until all pods are up to date, if this pass finds them so. */
export const rolloutTime = (view: SidecarSetView, written: Written, now: Instant): Millis | undefined => {
  const turn = turned('Ready', view, written);
  const since = turn?.before.status === 'False' ? instantOf(turn.before.lastTransitionTime) : undefined;
  return since === undefined || turn?.after.reason !== 'UpToDate' ? undefined : Math.max(0, now - since);
};

/** A reason that no pod had before; what passes by itself is told by the rollout's end. */
const reasonNotice = (about: Regarding, said: readonly Said[]): readonly Notice[] => {
  const reason = said[0]?.reason;
  if (reason === undefined || kindOf(reason) === 'moves' || reason.reason === 'RevisionPending') return [];
  const count = countOf(said);
  const message = `${podsOf(count)}: ${messageOf(reason)} (${listed(firstNamesOf(said), count)})`;
  return [{ about, type: typeOf(reason), reason: reason.reason, message }];
};

const typeOf = (reason: Reason): Notice['type'] =>
  kindOf(reason) === 'stuck' || reason.reason === 'NotInjected' ? 'Warning' : 'Normal';

const isWithout = ({ reason }: Reason): boolean =>
  reason === 'NotInjected' ||
  reason === 'OlderThanSet' ||
  reason === 'NamespaceExcluded' ||
  reason === 'InjectionPaused';

/** One for each owner and reason. It names no pods, so that the same is counted, not told anew. */
const ownerNotices = (set: string, said: readonly Said[]): readonly Notice[] => {
  const each = said.flatMap(({ reason, pods }) => pods.map(({ pod }) => ({ pod, reason })));
  const owners = new Map(each.map(({ pod, reason }) => [`${ownerOf(pod).uid} ${reason.reason}`, { pod, reason }]));
  return [...owners.values()].slice(0, mostOwners).map(({ pod, reason }) => ({
    about: ownerOf(pod),
    type: typeOf(reason),
    reason: reason.reason,
    message: `a pod without the containers of SidecarSet ${set}: ${messageOf(reason)}`,
  }));
};

/** A pod of nobody speaks for itself. */
const ownerOf = ({ namespace, owner, ...pod }: PodView): Regarding =>
  owner === undefined
    ? { resource: Pods, namespace, name: pod.name, uid: pod.uid, resourceVersion: pod.resourceVersion }
    : {
        resource: { group: owner.group, version: owner.version, kind: owner.kind },
        namespace,
        name: owner.name,
        uid: owner.uid,
        resourceVersion: '',
      };
