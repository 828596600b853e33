/**
 * `kubectl set image pod/web-3 main=app:v2` on a pod of a StatefulSet: the container must not be restarted while it
 * serves, and an UPDATE cannot close a readiness gate. So the pod keeps its image, and the wish is written down for the
 * controller, which drains the pod first.
 */

import { annotations, group, labels } from '../../api/names.ts';
import { type Instant, type Op, pointer, type Review } from '../../kube/contract.ts';
import { hasGate } from '../../workloads/inplace/progress.ts';
import {
  printWish,
  type Read,
  sidecarRecordNames,
  sidecarRecordOf,
  type UpdateRecord,
  updateRecordOf,
  wishOf,
} from '../../workloads/inplace/record.ts';
import { podView, timestampOf } from '../../workloads/pods/project.ts';
import { type ContainerView, isActive, type PodView } from '../../workloads/pods/view.ts';

export interface Kept {
  readonly ops: readonly Op[];
  readonly warnings: readonly string[];
  readonly audit: Readonly<Record<string, string>>;
}

interface Changed {
  readonly container: ContainerView;
  readonly from: string;
  readonly to: string;
}

/** Undefined for requests that change no image of a pod of ours, or that carry the record of their own update. */
export const keepImage = (review: Review, now: Instant): Kept | undefined => {
  if (review.operation !== 'UPDATE') return undefined;
  const [before, after] = [podView(review.oldObject), podView(review.object)];
  if (!isLookedAfter(before)) return undefined;
  const changes = changedImages(before, after).filter(
    ({ container, to }) =>
      !isRecorded(before, after, container.name) && !isFulfilled(before, after, container.name, to),
  );
  if (changes.length === 0) return undefined;
  const images = Object.fromEntries(changes.map(({ container, from, to }) => [container.name, { from, to }]));
  const note = JSON.stringify({ by: review.user, at: timestampOf(now), images });
  return {
    ops: [
      ...changes.map(putBack),
      ...annotationOps(after, {
        [annotations.inPlaceGrace]: wishWith(after, changes),
        [annotations.imageChange]: note,
      }),
    ],
    warnings: changes.map(
      ({ container, from, to }) =>
        `container ${container.name} keeps ${from} until pod ${before.name} is out of its Services, and is then changed to ${to}`,
    ),
    audit: { 'image-change': note },
  };
};

/** A serving pod that a StatefulSet can drain. */
const isLookedAfter = (pod: PodView): boolean =>
  pod.owner?.group === group && pod.owner.kind === 'StatefulSet' && hasGate(pod) && isActive(pod);

const changedImages = (before: PodView, after: PodView): readonly Changed[] =>
  (after.managed?.containers ?? []).flatMap(container => {
    const from = before.managed?.containers.find(c => c.name === container.name)?.image;
    const isChanged = container.list === 'containers' && from !== undefined && from !== container.image;
    return isChanged && container.image !== '' ? [{ container, from, to: container.image }] : [];
  });

/** Whoever updates in place writes, in the same request, what the container was: a record that names it, and is new. */
const isRecorded = (before: PodView, after: PodView, container: string): boolean =>
  isNewRecord(updateRecordOf(before), updateRecordOf(after), container) ||
  sidecarRecordNames(after).some(set =>
    isNewRecord(sidecarRecordOf(before, set), sidecarRecordOf(after, set), container),
  );

/**
 * The request writes the image that was wished for and takes the wish away: only the controller does both. Its record
 * may be the same text as at the drain, when both fall into one second.
 */
const isFulfilled = (before: PodView, after: PodView, container: string, image: string): boolean => {
  const [wished, left] = [wishOf(before), wishOf(after)];
  const isStillWished = left.is === 'read' && left.value.images.has(container);
  return wished.is === 'read' && wished.value.images.get(container) === image && !isStillWished;
};

const isNewRecord = (before: Read<UpdateRecord>, after: Read<UpdateRecord>, container: string): boolean =>
  after.is === 'read' && after.value.formers.has(container) && !isSame(before, after);

const isSame = (before: Read<UpdateRecord>, after: Read<UpdateRecord>): boolean =>
  before.is === 'read' && after.is === 'read' && textOf(before.value) === textOf(after.value);

const textOf = (record: UpdateRecord): string => JSON.stringify({ ...record, formers: [...record.formers] });

const putBack = ({ container, from }: Changed): Op => ({
  op: 'replace',
  path: pointer('spec', container.list, container.index, 'image'),
  value: from,
});

/** A wish that still waits is widened; one of a rollout is left to the rollout, which finds its images anew. */
const wishWith = (pod: PodView, changes: readonly Changed[]): string => {
  const revision = pod.labels[labels.revision] ?? '';
  const earlier = wishOf(pod);
  const waiting = earlier.is === 'read' && earlier.value.revision === revision ? earlier.value.images : [];
  const images = new Map([...waiting, ...changes.map(({ container, to }) => [container.name, to] as const)]);
  return printWish({ revision, images, graceSeconds: 0 });
};

const annotationOps = (pod: PodView, values: Readonly<Record<string, string>>): readonly Op[] => [
  ...(pod.managed?.hasAnnotations === true
    ? []
    : [{ op: 'add' as const, path: pointer('metadata', 'annotations'), value: {} }]),
  ...Object.entries(values).map(([key, value]) => ({
    op: 'add' as const,
    path: pointer('metadata', 'annotations', key),
    value,
  })),
];
