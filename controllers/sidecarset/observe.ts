/** What the controller sees of one SidecarSet. */

import { type Key, keyOf, type Reader } from '../../kube/contract.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { type RefusalOf, refusalsIn } from '../../workloads/refusals.ts';
import { ControllerRevisions, Nodes, Pods, type RevisionView } from '../../workloads/resources.ts';
import { isOf } from '../../workloads/sidecars/revision.ts';
import type { Traces } from '../../workloads/sidecars/traces.ts';
import { SidecarSets, type SidecarSetView } from '../../workloads/sidecarsets.ts';
import { fleetOf, nobody } from './fleet.ts';
import type { Member } from './member.ts';
import { Memory } from './memory.ts';

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
  /** Version of the kubelet of the pod's node; undefined where that is not known. */
  readonly kubeletOf: (pod: PodView) => string | undefined;
  /** Some write of the pod of this name was refused: cheap to ask of a fleet. */
  readonly wasRefused: (pod: string) => boolean;
  readonly refusalOf: RefusalOf;
}

export interface SeenPod {
  readonly pod: PodView;
  /** With its namespace. */
  readonly name: string;
  readonly uid: string;
  /** Somebody is about to disrupt it. */
  readonly claimed: boolean;
  /** The set looks after it where its namespace is covered. */
  readonly belongs: boolean;
  /** It is selected, and on its way out. */
  readonly isLeaving: boolean;
  readonly traces: Traces;
  /** What a former pass made of it, if only another view of the pod can change that. */
  atRest: Member | undefined;
}

export const observeIn = (namespace: string): ((key: Key, reader: Reader) => World | undefined) => {
  const memory = new Memory();
  return (key, reader) => {
    const view = reader.get(SidecarSets, key);
    if (view === undefined) memory.forget(key);
    if (view === undefined || view.deletedAt !== undefined) return undefined;
    const { usable } = view;
    const revisions = reader
      .by(ControllerRevisions, 'namespace', namespace)
      .filter(r => isOf(view.name, r) && isFree(r, view));
    return {
      view,
      ...(usable === undefined ? nobody : fleetOf(usable, reader, memory.of(key, usable, revisions))),
      revisions,
      namespace,
      isTaken: name => reader.get(ControllerRevisions, keyOf(namespace, name)) !== undefined,
      isThere: name => reader.get(SidecarSets, name) !== undefined,
      kubeletOf: ({ nodeName }) => (nodeName === undefined ? undefined : reader.get(Nodes, nodeName)?.kubeletVersion),
      wasRefused: pod => reader.refusalOn(Pods, pod) !== undefined,
      refusalOf: refusalsIn(reader),
    };
  };
};

/** A set that was deleted and made again finds revisions of its predecessor: they go with that one. */
const isFree = (revision: RevisionView, { uid }: SidecarSetView): boolean =>
  revision.owner === undefined || revision.owner.uid === uid;
