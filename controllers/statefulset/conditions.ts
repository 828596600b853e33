/** Ready, Reconciling and Stalled, as kstatus defines them, and whether pods deviate from their template. */

import type { Problem } from '../../api/problem.ts';
import type { Instant } from '../../kube/contract.ts';
import type { Finding } from '../../workloads/conditions.ts';
import { listed, messageOf, type Reason, type ReasonName } from '../../workloads/reasons.ts';
import type { History } from './history.ts';
import type { Scene } from './observe.ts';

export interface Sum {
  readonly scene: Scene;
  readonly history: History;
  readonly reasons: ReadonlyMap<string, Reason>;
  readonly now: Instant;
}

export const findingsOf = (sum: Sum, deviating: readonly string[]): readonly Finding[] => {
  const { scene, reasons } = sum;
  const open = [...reasons].filter(([, { reason }]) => !asTheAuthorWants.has(reason));
  const stuck = open.filter(([, { reason }]) => isStuck.has(reason));
  const isDone = open.length === 0 && scene.missing === 0;
  return [
    ...(scene.set.deletedAt !== undefined ? deleting : isDone ? [ready(sum), ...idle] : working(open, stuck)),
    ...deviation(sum, deviating),
  ];
};

/** Pods that stay behind for these reasons are where they should be. */
const asTheAuthorWants: ReadonlySet<ReasonName> = new Set(['Partition', 'OnDelete']);

/** Nothing but a change by somebody else helps. */
const isStuck: ReadonlySet<ReasonName> = new Set(['NotInPlace', 'NameTaken', 'Refused']);

/** The first of these that any pod has is the one worth telling. */
const gravest: readonly ReasonName[] = [
  'NotInPlace',
  'NameTaken',
  'Refused',
  'ImageError',
  'CrashLoop',
  'WaitingForClaims',
  'Paused',
];

type Open = readonly (readonly [string, Reason])[];

const ready = ({ scene, reasons }: Sum): Finding => {
  const behind = reasons.size === 0 ? '' : `, ${reasons.size} of them at an older revision as the strategy asks`;
  return {
    type: 'Ready',
    status: 'True',
    reason: 'AllPodsReady',
    message: `${scene.live.length} of ${scene.spec.replicas} pods are available${behind}`,
  };
};

const idle: readonly Finding[] = [
  { type: 'Reconciling', status: 'False', reason: 'AllPodsReady', message: '' },
  { type: 'Stalled', status: 'False', reason: 'AllPodsReady', message: '' },
];

const working = (open: Open, stuck: Open): readonly Finding[] => {
  const { reason, message } = summary(open);
  const moving = open.length > stuck.length;
  return [
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Reconciling', status: moving ? 'True' : 'False', reason, message },
    { type: 'Stalled', status: moving || stuck.length === 0 ? 'False' : 'True', reason, message },
  ];
};

/** The gravest reason, else the most frequent, with the pods that have it. */
const summary = (open: Open): { readonly reason: string; readonly message: string } => {
  const groups = Map.groupBy(open, ([, { reason }]) => reason);
  const most = [...groups.keys()].sort((a, b) => (groups.get(b)?.length ?? 0) - (groups.get(a)?.length ?? 0));
  const name = gravest.find(reason => groups.has(reason)) ?? most[0];
  const pods = name === undefined ? [] : (groups.get(name) ?? []);
  const [first] = pods;
  if (name === undefined || first === undefined) return { reason: 'Creating', message: 'pods are being created' };
  return { reason: name, message: `${listed(pods.map(([pod]) => pod))}: ${messageOf(first[1])}` };
};

const deleting: readonly Finding[] = [
  { type: 'Ready', status: 'False', reason: 'Deleting', message: 'the set is being deleted' },
  { type: 'Reconciling', status: 'True', reason: 'Deleting', message: 'the set is being deleted' },
  { type: 'Stalled', status: 'False', reason: 'Deleting', message: '' },
];

export const unreadable = (problems: readonly Problem[]): readonly Finding[] => {
  const message = problems.map(({ field, message: what }) => `${field}: ${what}`).join('; ');
  return [
    { type: 'Ready', status: 'False', reason: 'InvalidSpec', message },
    { type: 'Reconciling', status: 'False', reason: 'InvalidSpec', message },
    { type: 'Stalled', status: 'True', reason: 'InvalidSpec', message },
  ];
};

/** Said only where it happens, and taken back when it is over. */
const deviation = ({ scene }: Sum, pods: readonly string[]): readonly Finding[] => {
  const type = 'DeviatesFromTemplate';
  if (pods.length > 0) {
    const message = `${listed(pods)}: other images than those of the template`;
    return [{ type, status: 'True', reason: 'ImagesSetOnPods', message }];
  }
  const wasSaid = scene.set.status.conditions?.some(c => c.type === type) ?? false;
  return wasSaid ? [{ type, status: 'False', reason: 'AsTemplate', message: '' }] : [];
};
