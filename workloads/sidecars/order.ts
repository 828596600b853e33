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

/** How much a pod is in use; times in whole seconds, as the API has them. */
export interface Use {
  /** Whether it has a node, then its phase, then whether it is ready. */
  readonly stage: number;
  /** Of pods that are not ready all are alike. */
  readonly readySince: number;
  readonly restarts: number;
  readonly createdAt: number;
  /** With the namespace. */
  readonly name: string;
}

type HasUse = HasPod & Use;

/**
 * Pods that serve least go first, unless the strategy has priorities; then they are spread, if it says so.
 * @param first so many stand in their order, and behind them the others in any: few of thousands are taken at a time
 */
export const inOrder = <M extends HasUse>(
  waiting: readonly M[],
  { priorityStrategy, scatterStrategy = [] }: Strategy,
  all: readonly M[],
  first = waiting.length,
): readonly M[] => {
  if (priorityStrategy === undefined && scatterStrategy.length === 0) return firstByUse(waiting, first);
  return scattered(prioritised(waiting.toSorted(byUse), priorityStrategy), scatterStrategy, all);
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
    readySince: ready ? wholeSeconds(conditionOf(pod, 'Ready')?.since ?? 0) : 0,
    restarts: (pod.managed?.containers ?? []).reduce(
      (most, { status }) => Math.max(most, status?.restartCount ?? 0),
      0,
    ),
    createdAt: wholeSeconds(pod.createdAt),
    name: pod.key,
  };
};

/** Small integers lie in their object, larger numbers elsewhere. */
const wholeSeconds = (at: Instant): number => Math.floor(at / 1000);

const firstByUse = <M extends HasUse>(members: readonly M[], first: number): readonly M[] => {
  if (first <= 0) return members;
  const bound = boundOf(members, first);
  if (bound === undefined) return members.toSorted(byUse);
  const ahead = members.filter(m => byUse(m, bound) <= 0);
  return [...ahead.sort(byUse), ...members.filter(m => byUse(m, bound) > 0)];
};

/** One that so many go before, as a sample has it, and of all therefore at least so many; undefined if these are too few. */
const boundOf = <M extends HasUse>(members: readonly M[], first: number): M | undefined => {
  const every = Math.floor(Math.sqrt(members.length / first));
  return every < 2 ? undefined : members.filter((_, i) => i % every === 0).sort(byUse)[first - 1];
};

const byUse = (a: Use, b: Use): number =>
  a.stage - b.stage ||
  b.readySince - a.readySince ||
  b.restarts - a.restarts ||
  b.createdAt - a.createdAt ||
  (a.name === b.name ? 0 : a.name < b.name ? -1 : 1);
