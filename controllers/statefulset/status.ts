/** What was observed: counters from scratch, and three conditions that say in words what is missing. */

import { selectorText } from '../../api/labelSelector.ts';
import { labels } from '../../api/names.ts';
import type { StatefulSetStatus } from '../../api/statefulset.ts';
import type { PodCount } from '../../api/status.ts';
import { type Instant, type StatusChange, targetOf } from '../../kube/contract.ts';
import { type Finding, withFindings } from '../../workloads/conditions.ts';
import { imagesToWrite } from '../../workloads/inplace/change.ts';
import { wishOf } from '../../workloads/inplace/record.ts';
import { isAvailable, isReady } from '../../workloads/pods/availability.ts';
import { isActive, type PodView } from '../../workloads/pods/view.ts';
import type { Reason } from '../../workloads/reasons.ts';
import { StatefulSets } from '../../workloads/statefulsets.ts';
import { findingsOf, type Sum, unreadable } from './conditions.ts';
import type { History } from './history.ts';
import type { Scene, World } from './observe.ts';
import { minReadySecondsOf } from './strategy.ts';

export const statusOf = (sum: Sum): StatusChange => {
  const { scene, history, now } = sum;
  const { set, spec } = scene;
  const counters = countersOf(sum);
  const deviating = deviatingPods(scene, history);
  const is = {
    observedGeneration: set.generation,
    ...counters,
    ...revisionsAfter(sum, counters),
    collisionCount: history.collisions,
    labelSelector: selectorText(spec.selector),
    pods: [...podCounts(sum.reasons), ...(deviating.length === 0 ? [] : [counted('DeviatesFromTemplate', deviating)])],
    conditions: conditionsWith(set, findingsOf(sum, deviating), now),
  } satisfies StatefulSetStatus;
  return { target: targetOf(StatefulSets, set), was: set.statusOnWire, is };
};

/** Counters stay what they were: without a spec nobody knows which pods are meant. */
export const statusOfUnreadable = (
  { set, problems }: Extract<World, { is: 'unreadable' }>,
  now: Instant,
): StatusChange => ({
  target: targetOf(StatefulSets, set),
  was: set.statusOnWire,
  is: { observedGeneration: set.generation, conditions: conditionsWith(set, unreadable(problems), now) },
});

const conditionsWith = (set: Scene['set'], found: readonly Finding[], now: Instant) =>
  withFindings(
    (set.status.conditions ?? []).filter(({ type }) => !leftByOpenKruise.has(type)),
    found,
    { now, generation: set.generation },
  );

/** They would be True for ever, because nobody else clears them. */
const leftByOpenKruise: ReadonlySet<string> = new Set(['FailedCreatePod', 'FailedUpdatePod']);

// ── Counters ────────────────────────────────────────────────────────────────────────────────────────────────────────

const countersOf = ({ scene, history, now }: Sum) => {
  const all = [...scene.live, ...scene.condemned].map(({ pod }) => pod);
  const minReady = minReadySecondsOf(scene.spec);
  const at = (revision: string) => (pod: PodView) => pod.labels[labels.revision] === revision;
  const staying = all.filter(({ deletedAt }) => deletedAt === undefined);
  const ready = all.filter(isReady);
  const available = all.filter(pod => isAvailable(pod, minReady, now));
  return {
    replicas: all.length,
    readyReplicas: ready.length,
    availableReplicas: available.length,
    currentReplicas: staying.filter(at(history.current)).length,
    updatedReplicas: staying.filter(at(history.update)).length,
    updatedReadyReplicas: ready.filter(at(history.update)).length,
    updatedAvailableReplicas: available.filter(at(history.update)).length,
  };
};

/** The rollout is complete when every wanted pod is there, ready and updated: then nothing is old any more. */
const revisionsAfter = (
  { scene, history }: Sum,
  { replicas, readyReplicas, updatedReplicas }: ReturnType<typeof countersOf>,
): Pick<StatefulSetStatus, 'currentRevision' | 'updateRevision' | 'currentReplicas'> => {
  const { updateStrategy, replicas: wanted } = scene.spec;
  const all = [replicas, readyReplicas, updatedReplicas];
  const isComplete = updateStrategy.type === 'RollingUpdate' && all.every(count => count === wanted);
  return isComplete
    ? { currentRevision: history.update, updateRevision: history.update, currentReplicas: updatedReplicas }
    : { currentRevision: history.current, updateRevision: history.update };
};

// ── Pods by reason ──────────────────────────────────────────────────────────────────────────────────────────────────

/** The greatest group first. */
const podCounts = (reasons: ReadonlyMap<string, Reason>): readonly PodCount[] => {
  const names = Map.groupBy([...reasons], ([, { reason }]) => reason);
  return [...names]
    .map(([reason, pods]) =>
      counted(
        reason,
        pods.map(([name]) => name),
      ),
    )
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
};

const counted = (reason: string, names: readonly string[]): PodCount => ({
  reason,
  count: names.length,
  pods: names.slice(0, 5),
});

/** Pods whose images somebody changed past the template: a later rollout takes them along, nobody changes them back. */
const deviatingPods = ({ live }: Scene, { templates }: History): readonly string[] =>
  live.flatMap(({ pod }) => {
    const template = templates.get(pod.labels[labels.revision] ?? '');
    const isChanged = template !== undefined && imagesToWrite(template, pod).size > 0;
    return isChanged && isActive(pod) && wishOf(pod).is === 'absent' ? [pod.name] : [];
  });
