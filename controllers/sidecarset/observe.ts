/** What the controller sees of one SidecarSet. */

import { type Key, keyOf, type Reader } from '../../kube/contract.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { type RefusalOf, refusalsIn } from '../../workloads/refusals.ts';
import { ControllerRevisions, Namespaces, Nodes, Pods, type RevisionView } from '../../workloads/resources.ts';
import { marksOf, type PodMarks } from '../../workloads/sidecars/marks.ts';
import { coversNamespace, lacks, looksAfter } from '../../workloads/sidecars/match.ts';
import { hasNativeSidecars } from '../../workloads/sidecars/native.ts';
import { isOf } from '../../workloads/sidecars/revision.ts';
import { SidecarSets, type SidecarSetView, type UsableSidecarSet } from '../../workloads/sidecarsets.ts';

export interface World {
  readonly view: SidecarSetView;
  readonly pods: readonly SeenPod[];
  /** Keys of pods with the containers that are on their way out. */
  readonly leaving: readonly string[];
  /** They should carry the containers and do not. */
  readonly uninjected: readonly PodView[];
  /** Of this set; those that another owner has claimed are left out. */
  readonly revisions: readonly RevisionView[];
  /** Where revisions are recorded. */
  readonly namespace: string;
  /** A revision of this name is there, the set's own or anybody's. */
  readonly isTaken: (revision: string) => boolean;
  /** A SidecarSet of this name is there. */
  readonly isThere: (set: string) => boolean;
  /** Some write of the pod was refused: cheap to ask of a fleet. */
  readonly wasRefused: (pod: PodView) => boolean;
  readonly refusalOf: RefusalOf;
}

export interface SeenPod {
  readonly pod: PodView;
  /** Somebody is about to disrupt it. */
  readonly claimed: boolean;
  readonly marks: PodMarks;
  /** Version of its node's kubelet; undefined where it is not known, or does not matter to the set. */
  readonly kubelet: string | undefined;
}

export const observeIn = (namespace: string): ((key: Key, reader: Reader) => World | undefined) => {
  // A view never changes, so what was read of it once stays right: a pass over a fleet reads only what is new.
  const known = new WeakMap<PodView, PodMarks>();
  const marks = (pod: PodView): PodMarks => {
    const read = known.get(pod) ?? marksOf(pod);
    known.set(pod, read);
    return read;
  };
  return (key, reader) => {
    const view = reader.get(SidecarSets, key);
    if (view === undefined || view.deletedAt !== undefined) return undefined;
    const needsKubelets = view.usable !== undefined && hasNativeSidecars(view.usable);
    return {
      view,
      pods:
        view.usable === undefined
          ? []
          : podsOf(view.name, view.usable, reader).map(pod => ({
              pod,
              claimed: reader.claimOn(pod.uid) !== undefined,
              marks: marks(pod),
              kubelet: needsKubelets ? kubeletOf(pod, reader) : undefined,
            })),
      leaving: view.usable === undefined ? [] : leaving(view.name, view.usable, reader),
      uninjected: view.usable === undefined ? [] : uninjected(view.name, view.usable, reader),
      revisions: reader
        .by(ControllerRevisions, 'namespace', namespace)
        .filter(r => isOf(view.name, r) && isFree(r, view)),
      namespace,
      isTaken: name => reader.get(ControllerRevisions, keyOf(namespace, name)) !== undefined,
      isThere: name => reader.get(SidecarSets, name) !== undefined,
      wasRefused: pod => reader.refusalOn(Pods, pod.key) !== undefined,
      refusalOf: refusalsIn(reader),
    };
  };
};

const kubeletOf = ({ nodeName }: PodView, reader: Reader): string | undefined =>
  nodeName === undefined ? undefined : reader.get(Nodes, nodeName)?.kubeletVersion;

/** A set that was deleted and made again finds revisions of its predecessor: they go with that one. */
const isFree = (revision: RevisionView, { uid }: SidecarSetView): boolean =>
  revision.owner === undefined || revision.owner.uid === uid;

const podsOf = (name: string, set: UsableSidecarSet, reader: Reader): readonly PodView[] =>
  reader.by(Pods, 'injectedSet', name).filter(pod => looksAfter(set, pod, reader.get(Namespaces, pod.namespace)));

const leaving = (name: string, { spec }: UsableSidecarSet, reader: Reader): readonly string[] =>
  reader
    .by(Pods, 'injectedSet', name)
    .filter(pod => pod.deletedAt !== undefined && spec.selector.matches(pod.labels))
    .map(pod => pod.key);

const uninjected = (name: string, set: UsableSidecarSet, reader: Reader): readonly PodView[] =>
  reader
    .list(Pods)
    .filter(
      pod =>
        lacks(name, set, pod) &&
        coversNamespace(set, reader.get(Namespaces, pod.namespace)) &&
        !pod.injectedSets.some(other => isCanaryOf(name, reader.get(SidecarSets, other))),
    );

/** A canary goes in instead of its base. */
const isCanaryOf = (base: string, other: SidecarSetView | undefined): boolean => other?.usable?.canaryOf === base;
