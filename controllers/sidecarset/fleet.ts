/** The pods of one SidecarSet: those that carry it, and those that should. */

import type { Reader } from '../../kube/contract.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { Namespaces, type NamespaceView, Pods } from '../../workloads/resources.ts';
import { pairsFor } from '../../workloads/sidecars/candidates.ts';
import { coversNamespace } from '../../workloads/sidecars/match.ts';
import { SidecarSets, type SidecarSetView, type UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import type { Remembered } from './memory.ts';
import type { SeenPod, World } from './observe.ts';

type Fleet = Pick<World, 'pods' | 'leaving' | 'uninjected'>;

export const nobody: Fleet = { pods: [], leaving: [], uninjected: [] };

export const fleetOf = (set: UsableSidecarSet, reader: Reader, remembered: Remembered): Fleet => {
  const pods: SeenPod[] = [];
  const leaving: string[] = [];
  for (const seen of remembered.seen(reader.by(Pods, 'injectedSet', set.injection.set))) {
    if (seen.isLeaving) leaving.push(seen.name);
    if (!seen.belongs || !isCovered(seen.pod, set, reader)) continue;
    pods.push(reader.claimOn(seen.uid) === undefined ? seen : { ...seen, claimed: true, atRest: undefined });
  }
  return { pods, leaving, uninjected: uninjected(set, reader, remembered) };
};

/** Namespaces are looked up only for sets that ask for it. */
const isCovered = (pod: PodView, set: UsableSidecarSet, reader: Reader): boolean =>
  set.spec.namespaceSelector === undefined || coversNamespace(set, namespaceOf(pod, reader));

const namespaceOf = (pod: PodView, reader: Reader): NamespaceView | undefined => reader.get(Namespaces, pod.namespace);

const uninjected = (set: UsableSidecarSet, reader: Reader, { lacking }: Remembered): readonly PodView[] => {
  const name = set.injection.set;
  return lacking(candidates(set, reader)).filter(
    pod =>
      isCovered(pod, set, reader) && !pod.injectedSets.some(other => isCanaryOf(name, reader.get(SidecarSets, other))),
  );
};

/** A canary goes in instead of its base. */
const isCanaryOf = (base: string, other: SidecarSetView | undefined): boolean => other?.usable?.canaryOf === base;

/** Pods that the set may match, without a look at the others where its selector allows that. */
const candidates = ({ spec }: UsableSidecarSet, reader: Reader): readonly PodView[] => {
  const found = pairsFor(spec.selector)?.map(pair => reader.by(Pods, 'label', pair));
  if (found === undefined) return reader.list(Pods);
  const [only, ...more] = found;
  return only !== undefined && more.length === 0 ? only : found.flat();
};
