/** What the controller sees of one SidecarSet. */

import { type Key, keyOf, type Reader } from '../../kube/contract.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { type RefusalOf, refusalsIn } from '../../workloads/refusals.ts';
import { ControllerRevisions, Pods, type RevisionView } from '../../workloads/resources.ts';
import { isOf } from '../../workloads/sidecars/revision.ts';
import type { Traces } from '../../workloads/sidecars/traces.ts';
import { SidecarSets, type SidecarSetView } from '../../workloads/sidecarsets.ts';
import { fleetOf, nobody } from './fleet.ts';
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
  /** Some write of the pod was refused: cheap to ask of a fleet. */
  readonly wasRefused: (pod: PodView) => boolean;
  readonly refusalOf: RefusalOf;
}

export interface SeenPod {
  readonly pod: PodView;
  /** Somebody is about to disrupt it. */
  readonly claimed: boolean;
  /** Version of its node's kubelet; undefined where it is not known, or does not matter to the set. */
  readonly kubelet: string | undefined;
  readonly traces: Traces;
}

export const observeIn = (namespace: string): ((key: Key, reader: Reader) => World | undefined) => {
  const memory = new Memory();
  return (key, reader) => {
    const view = reader.get(SidecarSets, key);
    if (view === undefined) memory.forget(key);
    if (view === undefined || view.deletedAt !== undefined) return undefined;
    const { usable } = view;
    return {
      view,
      ...(usable === undefined ? nobody : fleetOf(usable, reader, memory.of(key, usable))),
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

/** A set that was deleted and made again finds revisions of its predecessor: they go with that one. */
const isFree = (revision: RevisionView, { uid }: SidecarSetView): boolean =>
  revision.owner === undefined || revision.owner.uid === uid;
