/** Keeps the containers that a SidecarSet gave to its pods at the images of its spec. */

import {
  type Controller,
  controller,
  itself,
  type Key,
  type Reader,
  type Trigger,
  theOwner,
  whenever,
} from '../../kube/contract.ts';
import type { Installation } from '../../workloads/installation.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { ControllerRevisions, Namespaces, Nodes, Pods } from '../../workloads/resources.ts';
import { keysFor } from '../../workloads/sidecars/candidates.ts';
import { lacks } from '../../workloads/sidecars/match.ts';
import { hasNativeSidecars } from '../../workloads/sidecars/native.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { observeIn, type World } from './observe.ts';
import { plan } from './plan.ts';

/** The sets that injected a pod, and those that should have. */
const setsOf = (pod: PodView, reader: Reader): readonly Key[] => [
  ...pod.injectedSets,
  ...keysFor(pod.labels)
    .flatMap(key => reader.by(SidecarSets, 'candidate', key))
    .filter(({ name, usable }) => usable !== undefined && lacks(name, usable, pod))
    .map(view => view.key),
];

/** Budget is freed when a pod becomes Ready, and a place when one goes. */
const itsPods: Trigger<PodView> = {
  on: Pods,
  keys: setsOf,
  urgent: (before, after) => before?.ready !== after?.ready || before?.deletedAt !== after?.deletedAt,
};

/** A label of a namespace may move all its pods in or out. */
const anyNamespace = whenever(Namespaces, (_, reader) =>
  reader
    .list(SidecarSets)
    .filter(set => set.usable?.spec.namespaceSelector !== undefined)
    .map(set => set.key),
);

/** A newer kubelet may restart native sidecars that the one before it did not. */
const anyNode = whenever(Nodes, (_, reader) =>
  reader
    .list(SidecarSets)
    .filter(({ usable }) => usable !== undefined && hasNativeSidecars(usable))
    .map(set => set.key),
);

export const sidecarSets = ({ namespace }: Installation): Controller =>
  controller<World>({
    name: 'sidecarset',
    reconciles: SidecarSets,
    wakesOn: [itself(SidecarSets), itsPods, anyNamespace, anyNode, theOwner(ControllerRevisions, SidecarSets)],
    reads: [],
    writes: [
      { on: Pods, verbs: ['patch'] },
      { on: Pods, verbs: ['patch'], part: 'status' },
      { on: Pods, verbs: ['create'], part: 'eviction' },
      { on: ControllerRevisions, verbs: ['create', 'patch', 'delete'] },
      { on: SidecarSets, verbs: ['patch'], part: 'status' },
    ],
    observe: observeIn(namespace),
    plan,
  });
