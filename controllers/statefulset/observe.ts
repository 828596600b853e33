/** What is true about one set now: its pods by ordinal, the places that are empty, its revisions and claims. */

import type { PersistentVolumeClaim } from '../../api/kubernetes.ts';
import type { Problem } from '../../api/problem.ts';
import type { StatefulSetSpec } from '../../api/statefulset.ts';
import { type Key, keyOf, type Reader } from '../../kube/contract.ts';
import { claimName } from '../../workloads/pods/fromTemplate.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { type RefusalOf, refusalsIn } from '../../workloads/refusals.ts';
import { ControllerRevisions, PersistentVolumeClaims, Pods, type RevisionView } from '../../workloads/resources.ts';
import { memberOf, podNameOf, StatefulSets, type StatefulSetView } from '../../workloads/statefulsets.ts';
import { type Ordinals, ordinalsOf } from './ordinals.ts';

export type World =
  | { readonly is: 'unreadable'; readonly set: StatefulSetView; readonly problems: readonly Problem[] }
  | Scene;

export interface Scene {
  readonly is: 'readable';
  readonly set: StatefulSetView;
  readonly spec: StatefulSetSpec;
  /** Pods in their places, ascending. */
  readonly live: readonly Replica[];
  /** Pods that have no place any more, the highest ordinal first. */
  readonly condemned: readonly Replica[];
  /** The lowest empty places, ascending: as many as one pass may fill. */
  readonly empty: readonly Place[];
  /** How many places are empty in all. */
  readonly missing: number;
  /** Pods that we own but that are no longer selected, or were never named by us. */
  readonly strays: readonly PodView[];
  /** Ours, and those of nobody that the selector matches. */
  readonly revisions: readonly RevisionView[];
  /** Names of revisions that the store shows in this namespace, whoever owns them. */
  readonly revisionNames: ReadonlySet<string>;
  readonly refusalOf: RefusalOf;
}

export interface Replica {
  readonly ordinal: number;
  /** How many places are below it: the partition counts these. */
  readonly rank: number;
  readonly pod: PodView;
  /** Somebody is taking it down at this moment. */
  readonly claimed: boolean;
  /** Empty unless the pod still waits to start. */
  readonly claims: readonly VolumeClaim[];
}

export interface Place {
  readonly ordinal: number;
  readonly rank: number;
  readonly name: string;
  /** A pod of this name that is not ours. */
  readonly occupant?: PodView;
  readonly claims: readonly VolumeClaim[];
}

export interface VolumeClaim {
  readonly name: string;
  readonly template: PersistentVolumeClaim;
  readonly state: 'absent' | 'there' | 'terminating';
}

/** One pass fills at most so many places: a set of any size is a plan of bounded size. */
const placesPerPass = 500;

export const observe = (key: Key, reader: Reader): World | undefined => {
  const set = reader.get(StatefulSets, key);
  if (set === undefined) return undefined;
  return set.spec === undefined ? { is: 'unreadable', set, problems: set.problems } : sceneOf(set, set.spec, reader);
};

const sceneOf = (set: StatefulSetView, spec: StatefulSetSpec, reader: Reader): Scene => {
  const ordinals = ordinalsOf(spec.ordinals.start, spec.replicas, spec.reserveOrdinals);
  const owned = reader.by(Pods, 'owner', set.uid);
  const members = owned.flatMap(pod => replicaOf({ set, spec, ordinals, reader }, pod));
  const known = new Set(members.map(({ pod }) => pod.name));
  const live = members.filter(({ ordinal }) => ordinals.has(ordinal)).sort((a, b) => a.ordinal - b.ordinal);
  return {
    is: 'readable',
    set,
    spec,
    live,
    condemned: members.filter(({ ordinal }) => !ordinals.has(ordinal)).sort((a, b) => b.ordinal - a.ordinal),
    empty: emptyPlaces({ set, spec, ordinals, reader }, new Set(live.map(({ ordinal }) => ordinal))),
    missing: spec.replicas - live.length,
    strays: owned.filter(pod => !known.has(pod.name)),
    ...revisionsOf(set, spec, reader),
    refusalOf: refusalsIn(reader),
  };
};

interface Sight {
  readonly set: StatefulSetView;
  readonly spec: StatefulSetSpec;
  readonly ordinals: Ordinals;
  readonly reader: Reader;
}

const replicaOf = (sight: Sight, pod: PodView): readonly Replica[] => {
  const { set, spec, ordinals, reader } = sight;
  const member = memberOf(pod.name);
  if (member === undefined || member.set !== set.name || !spec.selector.matches(pod.labels)) return [];
  const { ordinal } = member;
  const claims = pod.phase === 'Pending' && ordinals.has(ordinal) ? claimsOf(sight, ordinal) : [];
  return [{ ordinal, rank: ordinals.rankOf(ordinal), pod, claimed: reader.claimOn(pod.uid) !== undefined, claims }];
};

const emptyPlaces = (sight: Sight, filled: ReadonlySet<number>): readonly Place[] => {
  const places: Place[] = [];
  const wanted = Math.min(placesPerPass, sight.spec.replicas - filled.size);
  for (const ordinal of sight.ordinals) {
    if (places.length >= wanted) break;
    if (!filled.has(ordinal)) places.push(placeOf(sight, ordinal));
  }
  return places;
};

const placeOf = (sight: Sight, ordinal: number): Place => {
  const { set, ordinals, reader } = sight;
  const name = podNameOf(set, ordinal);
  const occupant = reader.get(Pods, keyOf(set.namespace, name));
  return {
    ordinal,
    rank: ordinals.rankOf(ordinal),
    name,
    ...(occupant === undefined ? {} : { occupant }),
    claims: claimsOf(sight, ordinal),
  };
};

const claimsOf = ({ set, spec, reader }: Sight, ordinal: number): readonly VolumeClaim[] =>
  (spec.volumeClaimTemplates ?? []).flatMap(template => {
    if (template.metadata?.name === undefined) return [];
    const name = claimName(template.metadata.name, set.name, ordinal);
    const found = reader.get(PersistentVolumeClaims, keyOf(set.namespace, name));
    const state = found === undefined ? 'absent' : found.deletedAt === undefined ? 'there' : 'terminating';
    return [{ name, template, state }];
  });

const revisionsOf = (
  set: StatefulSetView,
  spec: StatefulSetSpec,
  reader: Reader,
): Pick<Scene, 'revisions' | 'revisionNames'> => {
  const around = reader.by(ControllerRevisions, 'namespace', set.namespace);
  const revisions = around.filter(({ owner, labels }) =>
    owner === undefined ? spec.selector.matches(labels) : owner.uid === set.uid,
  );
  return { revisions, revisionNames: new Set(around.map(({ name }) => name)) };
};
