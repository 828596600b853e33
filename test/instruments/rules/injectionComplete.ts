/**
 * I8, injection complete: a pod that is admitted while a set says that it is active has all that the set adds, once and
 * in the right place. Where no webhook answered, the pod starts without, and is counted within 30 s.
 */

import type { KubeObject } from '../../../kube/contract.ts';
import { auditLog, type Rule } from '../checker.ts';
import { faultsOfInjection, isActive, namesAdded, setsMatching } from '../injection.ts';
import { LedTime } from '../ledTime.ts';
import { count, injectedIn, isLive, keyOf, podIn, record } from '../objects.ts';
import type { Change } from '../world.ts';

/** Milliseconds within which labels of a namespace may not have been seen yet. A set that is active has been seen. */
const sight = 2000;
const countedWithin = 30_000;

export const injectionComplete = (): Rule => {
  /** By namespace: when its labels were changed last. */
  const labelledAt = new Map<string, number>();
  const time = new LedTime();
  /** By set, then pod uid: since when, in led time, a pod lacks what the set adds. */
  const lacking = new Map<string, Map<string, number>>();
  return {
    invariant: 'injection complete',
    needs: ['Pod', 'SidecarSet', 'Namespace', 'Lease', auditLog],
    see: (change, world) => {
      time.see(change);
      const { entry, before, after } = change;
      const { name = '' } = entry.object.metadata;
      if (entry.kind === 'Namespace' && isLabelledAnew(change)) labelledAt.set(name, entry.seenAt);
      if (entry.kind === 'SidecarSet' && before?.metadata.generation !== after?.metadata.generation)
        lacking.delete(name);
      if (entry.kind === 'SidecarSet') return uncounted(after, lacking, time.now);
      if (entry.kind !== 'Pod') return [];
      forget(change, lacking);
      if (before !== undefined || after === undefined) return [];
      const sets = setsMatching(after, world);
      const missed = sets.filter(set => !injectedIn(after.metadata.annotations).includes(keyOf(set)));
      for (const set of missed) noteLack(lacking, keyOf(set), after.metadata.uid ?? '', time.now);
      const isSure = entry.seenAt - (labelledAt.get(after.metadata.namespace ?? '') ?? 0) > sight;
      if (!isSure || change.by === undefined || wasBypassed(change.by.notes)) return [];
      return incomplete(after, sets).map(what => `${keyOf(after)}: ${what}`);
    },
  };
};

const isLabelledAnew = ({ before, after }: Change): boolean =>
  JSON.stringify(before?.metadata.labels) !== JSON.stringify(after?.metadata.labels);

/** The apiserver notes where it went on without an answer. */
const wasBypassed = (notes: Readonly<Record<string, string>>): boolean =>
  Object.keys(notes).some(note => note.startsWith('failed-open.mutation.webhook.admission.k8s.io/'));

/** What a set that is not active yet adds, or does not, is left out. */
const incomplete = (pod: KubeObject, sets: readonly KubeObject[]): readonly string[] => {
  const taken = new Set<string>();
  return sets.flatMap(set => {
    const faults = isActive(set) ? faultsOf(pod, set, taken) : [];
    for (const name of namesAdded(set)) taken.add(name);
    return faults;
  });
};

const faultsOf = (pod: KubeObject, set: KubeObject, taken: ReadonlySet<string>): readonly string[] =>
  injectedIn(pod.metadata.annotations).includes(keyOf(set))
    ? faultsOfInjection(pod, set, taken).map(fault => `of SidecarSet ${keyOf(set)}, ${fault}`)
    : [`SidecarSet ${keyOf(set)} is not in it`];

const noteLack = (lacking: Map<string, Map<string, number>>, set: string, pod: string, now: number): void => {
  lacking.set(set, (lacking.get(set) ?? new Map<string, number>()).set(pod, now));
};

/** It is gone or over, or its labels are others. */
const forget = ({ before, after }: Change, lacking: ReadonlyMap<string, Map<string, number>>): void => {
  const isSame = JSON.stringify(before?.metadata.labels) === JSON.stringify(after?.metadata.labels);
  if (after !== undefined && isSame && isLive(podIn(after)) && after.metadata.deletionTimestamp === undefined) return;
  for (const pods of lacking.values()) pods.delete(before?.metadata.uid ?? '');
};

const uncounted = (
  set: KubeObject | undefined,
  lacking: ReadonlyMap<string, ReadonlyMap<string, number>>,
  now: number,
): readonly string[] => {
  if (set === undefined || !isActive(set)) return [];
  const late = [...(lacking.get(keyOf(set))?.values() ?? [])].filter(since => now - since > countedWithin).length;
  const counted = count(record(set['status'])['uninjectedPods']);
  return counted < late
    ? [`SidecarSet ${keyOf(set)} counts ${counted} pods without it, and ${late} have long been there`]
    : [];
};
