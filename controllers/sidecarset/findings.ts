/** Ready, Reconciling and Stalled of a SidecarSet, as kstatus reads them. */

import type { Problem } from '../../kube/contract.ts';
import type { Finding } from '../../workloads/conditions.ts';
import { listed, messageOf, type Reason, type ReasonName } from '../../workloads/reasons.ts';
import { countOf, firstNamesOf, type Said } from './said.ts';
import type { Tally } from './tally.ts';

/** What a reason says about the rollout as a whole. */
export type Kind = 'moves' | 'waits' | 'stuck' | 'wanted';

const kinds: Readonly<Record<ReasonName, Kind>> = {
  Paused: 'wanted',
  Partition: 'wanted',
  NotSelected: 'wanted',
  OnDelete: 'wanted',
  NotUpdated: 'wanted',
  OlderThanSet: 'wanted',
  NamespaceExcluded: 'wanted',
  InjectionPaused: 'wanted',
  NotInjected: 'wanted',
  BudgetUsed: 'waits',
  OrderedBehind: 'waits',
  RevisionPending: 'moves', // a moment, and pods go on
  WaitingForClaims: 'waits',
  Unscheduled: 'waits',
  Refused: 'stuck',
  NotInPlace: 'stuck',
  KubeletTooOld: 'stuck',
  RecordBroken: 'stuck',
  NameTaken: 'stuck',
  ImageError: 'stuck',
  CrashLoop: 'stuck',
  Creating: 'moves',
  Taken: 'moves',
  Terminating: 'moves',
  Draining: 'moves',
  NotObserved: 'moves',
  Stopping: 'moves',
  Starting: 'moves',
  WrongImageRunning: 'moves',
  Rejoining: 'moves',
  NotReady: 'moves',
  Settling: 'moves',
};

export const kindOf = ({ reason }: Reason): Kind => kinds[reason];

/** As long as anything moves the rollout is under way; what is stuck then may hold it up later. */
export const findingsFor = (pods: Tally, reasons: readonly Said[]): readonly Finding[] => {
  const byKind = Map.groupBy(reasons, ({ reason }) => kindOf(reason));
  const of = (kind: Kind): readonly Said[] => byKind.get(kind) ?? [];
  const tally = `${pods.all - pods.unmoved.length} of ${pods.all} pods are up to date`;
  const [stuckPods, moving, waiting, wanted] = [of('stuck'), of('moves'), of('waits'), of('wanted')];
  if (stuckPods.length > 0 && moving.length === 0)
    return stuck(stuckPods[0]?.reason.reason ?? '', `${tally}; ${described(stuckPods)}`);
  if (moving.length + waiting.length > 0) return underWay(`${tally}; ${described([...moving, ...waiting])}`);
  if (wanted.length > 0) return ready(wanted[0]?.reason.reason ?? '', `${tally}; ${described(wanted)}`);
  return ready('UpToDate', tally);
};

/** A stored set that cannot be read: nothing is done, and the others go on. */
export const findingsOfInvalid = (problems: readonly Problem[]): readonly Finding[] =>
  stuck(
    'InvalidSpec',
    problems
      .map(({ field, message }) => `${field}: ${message}`)
      .join('; ')
      .slice(0, 1000),
  );

/** The first cause in words, with the names of some of its pods, and how many pods have others. */
const described = (said: readonly Said[]): string => {
  const [first] = said;
  if (first === undefined) return '';
  const same = said.filter(({ reason }) => reason.reason === first.reason.reason);
  const others = countOf(said) - countOf(same);
  const names = listed(firstNamesOf(same), countOf(same));
  return `${messageOf(first.reason)} (${names})${others > 0 ? `; ${others} pods have other causes` : ''}`;
};

const yes = (type: string, reason: string, message: string): Finding => ({ type, status: 'True', reason, message });
const no = (type: string, reason: string, message: string): Finding => ({ type, status: 'False', reason, message });

const ready = (reason: string, message: string): readonly Finding[] => [
  yes('Ready', reason, message),
  no('Reconciling', reason, ''),
  no('Stalled', reason, ''),
];

const underWay = (message: string): readonly Finding[] => [
  no('Ready', 'RollingOut', message),
  yes('Reconciling', 'RollingOut', message),
  no('Stalled', 'RollingOut', ''),
];

const stuck = (reason: string, message: string): readonly Finding[] => [
  no('Ready', reason, message),
  no('Reconciling', reason, ''),
  yes('Stalled', reason, message),
];
