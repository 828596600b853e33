/** The conditions that a kubelet keeps on a pod. Those of readiness gates belong to others and are only read. */

import type { Member, Phase } from './lifecycle.ts';
import { notInitialized } from './lifecycle.ts';
import { conditionOf, type KubeletPod } from './pod.ts';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

export interface Readiness {
  readonly members: readonly Member[];
  readonly phase: Phase;
  readonly hasNetwork: boolean;
  readonly resizing: boolean;
  readonly isReady: (member: Member) => boolean;
}

/** All conditions of the kubelet, without times. */
export const conditionsOf = (pod: KubeletPod, readiness: Readiness): readonly Condition[] => {
  const containersReady = containersReadyOf(readiness);
  return [
    ...(readiness.resizing ? [is('PodResizeInProgress')] : []),
    readiness.hasNetwork ? is('PodReadyToStartContainers') : { type: 'PodReadyToStartContainers', status: 'False' },
    initializedOf(readiness),
    readyOf(pod, containersReady),
    containersReady,
    is('PodScheduled'),
  ];
};

const is = (type: string): Condition => ({ type, status: 'True' });
const names = (members: readonly Member[]): string => `[${members.map(({ spec }) => spec.name).join(' ')}]`;

const initializedOf = ({ members, phase }: Readiness): Condition => {
  if (phase === 'Succeeded') return { ...is('Initialized'), reason: 'PodCompleted' };
  const missing = notInitialized(members);
  if (missing.length === 0) return is('Initialized');
  const message = `containers with incomplete status: ${names(missing)}`;
  return { type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized', message };
};

const containersReadyOf = ({ members, phase, isReady }: Readiness): Condition => {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const unready = members.filter(member => member.spec.kind !== 'init' && !isReady(member));
  if (unready.length === 0) return is(type);
  const message = `containers with unready status: ${names(unready)}`;
  return { type, status: 'False', reason: 'ContainersNotReady', message };
};

const readyOf = (pod: KubeletPod, containersReady: Condition): Condition => {
  if (containersReady.status === 'False') return { ...containersReady, type: 'Ready' };
  const problems = pod.gates.flatMap(gate => gateProblem(gate, conditionOf(pod, gate)));
  if (problems.length === 0) return is('Ready');
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: problems.join(', ') };
};

const gateProblem = (gate: string, status: string): readonly string[] => {
  if (status === 'True') return [];
  return status === ''
    ? [`corresponding condition of pod readiness gate "${gate}" does not exist.`]
    : [`the status of pod readiness gate "${gate}" is not "True", but ${status}`];
};
