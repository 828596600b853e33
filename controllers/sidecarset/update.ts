/** The writes that move a pod to the images of its set: one for each step. */

import { annotations } from '../../api/names.ts';
import { type Action, type Instant, type Op, type Patch, pointer, targetOf } from '../../kube/contract.ts';
import { formersSince } from '../../workloads/inplace/former.ts';
import { imageOps } from '../../workloads/inplace/patches.ts';
import { printSidecarRecord } from '../../workloads/inplace/record.ts';
import { timestampOf } from '../../workloads/pods/project.ts';
import { type ContainerView, containerOf } from '../../workloads/pods/view.ts';
import { Pods } from '../../workloads/resources.ts';
import { generationNotes } from '../../workloads/sidecars/generations.ts';
import { withTwins, workingAnnotation } from '../../workloads/sidecars/hotUpgrade.ts';
import { type Injection, runningNames, runningOf } from '../../workloads/sidecars/injection.ts';
import { markAnnotations, markOf, printMarks } from '../../workloads/sidecars/marks.ts';
import { patchOps } from '../../workloads/sidecars/podMetadata.ts';
import { timeUntilSound } from '../../workloads/sidecars/soundness.ts';
import { resetOf, swapTo, type TwinChange } from '../../workloads/sidecars/twins.ts';
import type { Member } from './member.ts';

export interface To {
  readonly injection: Injection;
  /** Name of the recorded revision. */
  readonly revision: string;
  /** What twins that are upgraded hot are told their version is: it only rises. */
  readonly version: string;
}

/** What one write does to the containers of a pod. */
interface Change {
  readonly images: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
}

type JsonPatch = Extract<Patch, { as: 'json' }>;
type Write = Extract<Action, { do: 'patch' }> & { readonly patch: JsonPatch };

/** Images, mark and record in one patch: whoever sees the new images sees what they replaced. */
export const update = (member: Member, to: To, now: Instant): Action => {
  const { injection, revision } = to;
  const { set, hashes } = injection;
  const mark = markOf({ set, hash: hashes.hash, containers: runningNames(injection), at: timestampOf(now), revision });
  const marks = printMarks(new Map([...(member.traces.marks.hash ?? []), [set, mark]]));
  const { images, annotations: changed } = changeTo(member, to, now);
  const written = member.pod.managed?.annotations[annotations.sidecarSetGenerations];
  const notes = new Map([...changed, [markAnnotations.hash, marks], ...generationNotes(written, [injection])]);
  const { patch, ...rest } = write(member, { images, annotations: notes }, { set, hash: hashes.hash, now });
  return {
    ...rest,
    patch: { ...patch, ...metadataOf(injection) },
    why: `move ${member.name} to revision ${revision} of SidecarSet ${set}: ${described(images)}`,
  };
};

/** Comes before our own annotations, which a set cannot mean to overwrite. */
const metadataOf = ({ patchPodMetadata }: Injection): Pick<JsonPatch, 'opsFrom'> =>
  patchPodMetadata.length === 0 ? {} : { opsFrom: patchOps(patchPodMetadata) };

/** Ends hot upgrades: the former twins are emptied. What the pod carries by its mark stays as it is. */
export const reset = (member: Member, set: string, now: Instant): Action => {
  const change = together(
    member,
    member.pairs.flatMap(pair => (pair.resetAfter === 0 ? [[pair.name, resetOf(pair)] as const] : [])),
  );
  return {
    ...write(member, change, { set, hash: member.traces.mark?.hash ?? '', now }),
    why: `end the hot upgrade of ${member.name} by SidecarSet ${set}: ${described(change.images)}`,
    tell: {
      about: targetOf(Pods, member.pod),
      done: 'ResetContainerSucceed',
      failed: 'ResetContainerFailed',
    },
  };
};

/** What cannot be changed where it stands is made anew by its controller, when its disruption budgets allow it. */
export const eviction = ({ pod, name }: Member, { injection, revision }: To): Action => ({
  do: 'evict',
  target: targetOf(Pods, pod),
  disrupts: pod.uid,
  why: `evict ${name}: it cannot be moved to revision ${revision} of SidecarSet ${injection.set} where it stands`,
  tell: { about: targetOf(Pods, pod), done: 'EvictedForSidecarSet', failed: 'FailedEvictForSidecarSet' },
});

/** What the record of a write is made of. */
interface Noting {
  readonly set: string;
  /** Of the revision that the images belong to. */
  readonly hash: string;
  readonly now: Instant;
}

const write = (member: Member, { images, annotations: notes }: Change, noting: Noting): Omit<Write, 'why'> => {
  const { pod } = member;
  const entries = [...notes, [annotations.sidecarSetInPlaceState, recordOf(member, images.keys(), noting)] as const];
  return {
    do: 'patch',
    target: targetOf(Pods, pod),
    part: 'object',
    guard: 'uid and version',
    ...(images.size > 0 ? { disrupts: pod.uid } : {}),
    patch: { as: 'json', ops: [...imageOps(pod, images), ...entries.map(([key, value]) => note(key, value))] },
  };
};

/** The map is there: a pod without annotations carries no mark and is nobody's. */
const note = (key: string, value: string): Op => ({ op: 'add', path: pointer('metadata', 'annotations', key), value });

/** Images of the set's running containers that differ from those in the pod's spec. */
const changeTo = (member: Member, { injection, version }: To, now: Instant): Change => {
  const { pod, record, pairs } = member;
  const isSound = (container: ContainerView): boolean => timeUntilSound(container, { pod, record, now }) !== undefined;
  const images: [string, string][] = [];
  const swaps: [string, TwinChange][] = [];
  for (const { name, image } of runningOf(injection)) {
    if (image === undefined) continue;
    const pair = pairs.find(p => p.name === name);
    const swap = pair && swapTo(pod, pair, { image, version, isSound });
    const has = containerOf(pod, name);
    if (swap !== undefined) swaps.push([name, swap]);
    else if (pair === undefined && has !== undefined && has.image !== image) images.push([name, image]);
  }
  const hot = together(member, swaps);
  return { images: new Map([...images, ...hot.images]), annotations: hot.annotations };
};

/** Several pairs in one pod share the annotation that names the working twins. */
const together = ({ pod }: Member, swaps: readonly (readonly [string, TwinChange])[]): Change => {
  const working = new Map(swaps.map(([name, swap]) => [name, swap.working]));
  const noted = pod.managed?.annotations[workingAnnotation];
  return {
    images: new Map(swaps.flatMap(([, swap]) => [...swap.images])),
    annotations: new Map([
      ...swaps.flatMap(([, swap]) => [...swap.annotations]),
      ...(swaps.length === 0 ? [] : [[workingAnnotation, withTwins(noted, working)] as const]),
    ]),
  };
};

const described = (images: ReadonlyMap<string, string>): string =>
  images.size === 0 ? 'it has the images already' : [...images].map(([name, image]) => `${name}=${image}`).join(', ');

const recordOf = (member: Member, names: Iterable<string>, { set, hash, now }: Noting): string => {
  const { pod, record, progress } = member;
  return printSidecarRecord(pod, set, {
    revision: hash,
    updatedAt: now,
    // A pod that is taken again before it has settled still owes the budget what it owed.
    wasReady: member.isReady || (record?.wasReady === true && member.isCharged),
    // What an earlier update left unproven is still to be proven.
    formers: new Map([
      ...(progress.is === 'restarting' ? (record?.formers ?? []) : []),
      ...formersSince(record, { pod, names, now }),
    ]),
  });
};
