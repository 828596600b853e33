/** The pods of one SidecarSet: those that carry it, and those that should. */

import type { Reader } from '../../kube/contract.ts';
import { isActive, type PodView } from '../../workloads/pods/view.ts';
import { Namespaces, type NamespaceView, Nodes, Pods } from '../../workloads/resources.ts';
import { pairsFor } from '../../workloads/sidecars/candidates.ts';
import { coversNamespace, lacks } from '../../workloads/sidecars/match.ts';
import { hasNativeSidecars } from '../../workloads/sidecars/native.ts';
import { SidecarSets, type SidecarSetView, type UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import type { TracesOf } from './memory.ts';
import type { SeenPod, World } from './observe.ts';

type Fleet = Pick<World, 'pods' | 'leaving' | 'uninjected'>;

export const nobody: Fleet = { pods: [], leaving: [], uninjected: [] };

export const fleetOf = (set: UsableSidecarSet, reader: Reader, tracesOf: TracesOf): Fleet => {
  const pods: SeenPod[] = [];
  const leaving: string[] = [];
  const needsKubelets = hasNativeSidecars(set);
  for (const pod of reader.by(Pods, 'injectedSet', set.injection.set)) {
    if (pod.deletedAt !== undefined && set.spec.selector.matches(pod.labels)) leaving.push(pod.key);
    if (!isActive(pod)) continue;
    const traces = tracesOf(pod);
    if (!traces.belongs || !coversNamespace(set, namespaceOf(pod, set, reader))) continue;
    const claimed = reader.claimOn(pod.uid) !== undefined;
    pods.push({ pod, claimed, kubelet: needsKubelets ? kubeletOf(pod, reader) : undefined, traces });
  }
  return { pods, leaving, uninjected: uninjected(set, reader) };
};

/** Looked up only for sets that ask for it. */
const namespaceOf = (pod: PodView, { spec }: UsableSidecarSet, reader: Reader): NamespaceView | undefined =>
  spec.namespaceSelector === undefined ? undefined : reader.get(Namespaces, pod.namespace);

const kubeletOf = ({ nodeName }: PodView, reader: Reader): string | undefined =>
  nodeName === undefined ? undefined : reader.get(Nodes, nodeName)?.kubeletVersion;

const uninjected = (set: UsableSidecarSet, reader: Reader): readonly PodView[] => {
  const name = set.injection.set;
  return candidates(set, reader).filter(
    pod =>
      lacks(name, set, pod) &&
      coversNamespace(set, namespaceOf(pod, set, reader)) &&
      !pod.injectedSets.some(other => isCanaryOf(name, reader.get(SidecarSets, other))),
  );
};

/** A canary goes in instead of its base. */
const isCanaryOf = (base: string, other: SidecarSetView | undefined): boolean => other?.usable?.canaryOf === base;

/** Pods that the set may match, without a look at the others where its selector allows that. */
const candidates = ({ spec }: UsableSidecarSet, reader: Reader): readonly PodView[] =>
  pairsFor(spec.selector)?.flatMap(pair => reader.by(Pods, 'label', pair)) ?? reader.list(Pods);
