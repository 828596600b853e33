/** The three writes of an in-place update, one patch for each transition of progress.ts. */

import { annotations, conditions, labels } from '../../api/names.ts';
import {
  type Action,
  type Instant,
  type Op,
  pointer,
  type Resource,
  type Telling,
  targetOf,
} from '../../kube/contract.ts';
import { timestampOf } from '../pods/project.ts';
import { containerOf, type PodView } from '../pods/view.ts';
import type { MetadataChange } from './change.ts';
import { formersNow } from './former.ts';
import { printRecord, printWish, type UpdateRecord, updateRecordOf, type Wish } from './record.ts';

export interface Step {
  readonly pods: Resource<PodView>;
  readonly pod: PodView;
  readonly now: Instant;
  readonly why: string;
  readonly tell?: Telling;
}

/**
 * First: out of the Services. Gate and records go in one write to the status (it takes metadata too), so that no crash
 * leaves a closed gate without the record that opens it again.
 */
export const drain = (step: Step, wish: Wish): Action => ({
  do: 'patch',
  ...act(step),
  disrupts: step.pod.uid,
  part: 'status',
  guard: 'uid and version',
  patch: {
    as: 'strategic',
    body: {
      metadata: {
        annotations: {
          [annotations.inPlaceGrace]: printWish(wish),
          [annotations.inPlaceState]: printRecord(recordFor(step, wish)),
        },
      },
      status: { conditions: [gate(step.now, 'False', 'StartInPlaceUpdate')] },
    },
  },
});

export interface Content {
  readonly revision: string;
  /** Before it was drained; decides how long it stays charged. */
  readonly wasReady: boolean;
  readonly images: ReadonlyMap<string, string>;
  readonly metadata: MetadataChange;
}

/**
 * Second: the new images, in one patch with the revision label and the record of what the containers were at this
 * moment. The resourceVersion guard makes that record exact.
 */
export const setImages = (step: Step, content: Content): Action => ({
  do: 'patch',
  ...act(step),
  disrupts: step.pod.uid,
  part: 'object',
  guard: 'uid and version',
  patch: { as: 'json', ops: [...imageOps(step.pod, content.images), ...metadataOps(step, content)] },
});

/** Third: back into the Services. */
export const rejoin = (step: Step): Action => ({
  do: 'patch',
  ...act(step),
  part: 'status',
  guard: 'uid and version',
  patch: { as: 'strategic', body: { status: { conditions: [gate(step.now, 'True', '')] } } },
});

/** Back out of an update that was drained for and not begun: the containers stay what they are. */
export const withdraw = (step: Step, wish: Wish): Action => {
  const record = updateRecordOf(step.pod);
  const isItsRecord = record.is === 'read' && record.value.revision === wish.revision;
  const renewed: readonly Op[] = isItsRecord
    ? [
        {
          op: 'add',
          path: pointer('metadata', 'annotations', annotations.inPlaceState),
          value: printRecord({ ...record.value, updatedAt: step.now, formers: down(step.pod, record.value) }),
        },
      ]
    : [];
  return {
    do: 'patch',
    ...act(step),
    part: 'object',
    guard: 'uid and version',
    patch: { as: 'json', ops: [...removal(annotations.inPlaceGrace), ...renewed] },
  };
};

/** Nothing was replaced, so nothing is to be proven: but of containers that are down, that they come up before the gate opens. */
const down = (pod: PodView, { formers }: UpdateRecord): UpdateRecord['formers'] =>
  new Map([...formers].filter(([name]) => containerOf(pod, name)?.status?.state.is !== 'running'));

const act = ({ pods, pod, why, tell }: Step) => ({
  target: targetOf(pods, pod),
  why,
  ...(tell === undefined ? {} : { tell }),
});

const gate = (now: Instant, status: 'True' | 'False', reason: string) => ({
  type: conditions.inPlaceUpdateReady,
  status,
  reason,
  message: '',
  lastTransitionTime: timestampOf(now),
});

/** Replaces the image of each named container at its index; a container that is gone is left out. */
export const imageOps = (pod: PodView, images: ReadonlyMap<string, string>): readonly Op[] =>
  [...images].flatMap(([name, image]) => {
    const container = containerOf(pod, name);
    return container === undefined
      ? []
      : [{ op: 'replace' as const, path: pointer('spec', container.list, container.index, 'image'), value: image }];
  });

const metadataOps = (step: Step, { revision, images, metadata, wasReady }: Content): readonly Op[] => {
  const { pod } = step;
  const record = printRecord({ ...recordFor(step, { revision, images, graceSeconds: 0 }), wasReady });
  return [
    ...ensureMap(pod.managed?.hasLabels, 'labels'),
    ...mapOps('labels', metadata.labels), // before ours, which a template cannot name otherwise
    { op: 'add', path: pointer('metadata', 'labels', labels.revision), value: revision },
    ...ensureMap(pod.managed?.hasAnnotations, 'annotations'),
    ...mapOps('annotations', metadata.annotations),
    { op: 'add', path: pointer('metadata', 'annotations', annotations.inPlaceState), value: record },
    ...removal(annotations.inPlaceGrace),
  ];
};

const recordFor = ({ pod, now }: Step, wish: Wish): UpdateRecord => ({
  revision: wish.revision,
  updatedAt: now,
  wasReady: pod.ready === 'True',
  formers: formersNow(pod, wish.images.keys(), now),
});

export const ensureMap = (exists: boolean | undefined, map: 'labels' | 'annotations'): readonly Op[] =>
  exists === true ? [] : [{ op: 'add', path: pointer('metadata', map), value: {} }];

const mapOps = (map: 'labels' | 'annotations', change: ReadonlyMap<string, string | undefined>): readonly Op[] =>
  [...change].flatMap(([key, value]) =>
    value === undefined ? removal(key, map) : [{ op: 'add' as const, path: pointer('metadata', map, key), value }],
  );

/** `remove` fails at an absent path; adding first makes the pair right in both cases. */
const removal = (key: string, map: 'labels' | 'annotations' = 'annotations'): readonly Op[] => [
  { op: 'add', path: pointer('metadata', map, key), value: '' },
  { op: 'remove', path: pointer('metadata', map, key) },
];
