/** The one write that moves a pod to the images of its set. */

import { annotations } from '../../api/names.ts';
import { type Action, type Instant, type Op, pointer, targetOf } from '../../kube/contract.ts';
import { formersSince } from '../../workloads/inplace/former.ts';
import { imageOps } from '../../workloads/inplace/patches.ts';
import { printSidecarRecord } from '../../workloads/inplace/record.ts';
import { containerOf, type PodView } from '../../workloads/pods/view.ts';
import { Pods } from '../../workloads/resources.ts';
import { isNativeSidecar } from '../../workloads/sidecars/hash.ts';
import { type Injection, runningNames } from '../../workloads/sidecars/injection.ts';
import { markAnnotations, markOf, printMarks } from '../../workloads/sidecars/marks.ts';
import { isCharged, type Member, nameOf } from './member.ts';

export interface To {
  readonly injection: Injection;
  /** Name of the recorded revision. */
  readonly revision: string;
}

/** Images, mark and record in one patch: whoever sees the new images sees what they replaced. */
export const update = (member: Member, to: To, now: Instant): Action => {
  const { pod } = member;
  const images = imagesToWrite(pod, to.injection);
  return {
    do: 'patch',
    target: targetOf(Pods, pod),
    part: 'object',
    guard: 'uid and version',
    ...(images.size > 0 ? { disrupts: pod.uid } : {}),
    patch: { as: 'json', ops: [...imageOps(pod, images), ...notes(member, to, images, now)] },
    why: `move ${nameOf(pod)} to revision ${to.revision} of SidecarSet ${to.injection.set}: ${described(images)}`,
  };
};

/** Images of the set's running containers that differ from those in the pod's spec, by container. */
const imagesToWrite = (pod: PodView, { containers, initContainers }: Injection): ReadonlyMap<string, string> =>
  new Map(
    [...initContainers.filter(isNativeSidecar), ...containers].flatMap(({ name, image }) => {
      const has = containerOf(pod, name);
      return image === undefined || has === undefined || has.image === image ? [] : [[name, image] as const];
    }),
  );

const described = (images: ReadonlyMap<string, string>): string =>
  images.size === 0 ? 'it has the images already' : [...images].map(([name, image]) => `${name}=${image}`).join(', ');

const notes = (
  member: Member,
  { injection, revision }: To,
  images: ReadonlyMap<string, string>,
  now: Instant,
): readonly Op[] => {
  const { pod, record, progress } = member;
  const { set, hashes } = injection;
  const mark = markOf({ set, hash: hashes.hash, containers: runningNames(injection), at: now, revision });
  const taken = {
    revision: hashes.hash,
    updatedAt: now,
    // A pod that is taken again before it has settled still owes the budget what it owed.
    wasReady: member.isReady || (record?.wasReady === true && isCharged(member)),
    // What an earlier update left unproven is still to be proven.
    formers: new Map([
      ...(progress.is === 'restarting' ? (record?.formers ?? []) : []),
      ...formersSince(record, { pod, names: images.keys(), now }),
    ]),
  };
  return [
    note(markAnnotations.hash, printMarks(new Map([...(member.marks.hash ?? []), [set, mark]]))),
    note(annotations.sidecarSetInPlaceState, printSidecarRecord(pod, set, taken)),
  ];
};

/** The map is there: a pod without annotations carries no mark and is nobody's. */
const note = (key: string, value: string): Op => ({ op: 'add', path: pointer('metadata', 'annotations', key), value });
