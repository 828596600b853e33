/** In which order a SidecarSet's pods are updated. */

import type { SidecarSetSpec } from '../../api/sidecarset.ts';
import type { Instant } from '../../kube/contract.ts';
import { isReady } from '../pods/availability.ts';
import { conditionOf, type PodPhase, type PodView } from '../pods/view.ts';
import { scattered } from './scatter.ts';

type Strategy = SidecarSetSpec['updateStrategy'];

interface HasPod {
  readonly pod: PodView;
}

/** How much a pod is in use. */
export interface Use {
  /** Whether it has a node, then its phase, then whether it is ready. */
  readonly stage: number;
  /** Of pods that are not ready all are alike. */
  readonly readySince: Instant;
  readonly restarts: number;
}

interface HasUse extends HasPod {
  readonly traces: { readonly use: Use };
}

/** Pods that serve least go first, unless the strategy has priorities; then they are spread, if it says so. */
export const inOrder = <M extends HasUse>(
  waiting: readonly M[],
  strategy: Strategy,
  all: readonly M[],
): readonly M[] => {
  const byPriority = prioritised(byUse(waiting), strategy.priorityStrategy);
  return scattered(byPriority, strategy.scatterStrategy ?? [], all);
};

/** The greater sum of weights goes first; or the lower level, and within it the greater number. */
const prioritised = <M extends HasPod>(pods: readonly M[], priority: Strategy['priorityStrategy']): readonly M[] => {
  const weights = priority?.weightPriority ?? [];
  if (weights.length > 0) {
    const weight = ({ pod }: HasPod): number =>
      weights.reduce((sum, term) => sum + (term.matchSelector.matches(pod.labels) ? term.weight : 0), 0);
    return pods.toSorted((a, b) => weight(b) - weight(a));
  }
  const keys = priority?.orderPriority?.map(term => term.orderedKey) ?? [];
  if (keys.length === 0) return pods;
  return pods.toSorted(
    (a, b) => levelOf(a.pod, keys) - levelOf(b.pod, keys) || numberIn(b.pod, keys) - numberIn(a.pod, keys),
  );
};

/** A pod that has none of the labels goes first. */
const levelOf = ({ labels }: PodView, keys: readonly string[]): number =>
  keys.findIndex(key => Object.hasOwn(labels, key));

/** At the end of the label's value: 10 of `web-10`. */
const numberIn = (pod: PodView, keys: readonly string[]): number => {
  const value = pod.labels[keys[levelOf(pod, keys)] ?? ''] ?? '';
  return Number(/\d+$/.exec(value)?.[0] ?? 0);
};

const phases: Readonly<Record<PodPhase, number>> = { Pending: 0, Unknown: 1, Running: 2, Succeeded: 2, Failed: 2 };

export const useOf = (pod: PodView): Use => {
  const ready = isReady(pod);
  return {
    stage: (pod.nodeName === undefined ? 0 : 8) + 2 * phases[pod.phase] + (ready ? 1 : 0),
    readySince: ready ? (conditionOf(pod, 'Ready')?.since ?? 0) : 0,
    restarts: (pod.managed?.containers ?? []).reduce(
      (most, { status }) => Math.max(most, status?.restartCount ?? 0),
      0,
    ),
  };
};

/** A sort compares each pod with many others, so what it asks stands side by side. */
const byUse = <M extends HasUse>(members: readonly M[]): readonly M[] =>
  members
    .map(comparable)
    .sort(compare)
    .map(({ member }) => member);

const comparable = <M extends HasUse>(member: M): Comparable & { readonly member: M } => {
  const { pod, traces } = member;
  const { stage, readySince, restarts } = traces.use;
  return { member, stage, readySince, restarts, createdAt: pod.createdAt, key: pod.key };
};

interface Comparable extends Use {
  readonly createdAt: Instant;
  readonly key: string;
}

const compare = (a: Comparable, b: Comparable): number =>
  a.stage - b.stage ||
  b.readySince - a.readySince ||
  b.restarts - a.restarts ||
  b.createdAt - a.createdAt ||
  (a.key < b.key ? -1 : 1);
