/** The recorded sequences of a real kubelet as pods: what a store would have held, moment by moment. */

import { readFileSync } from 'node:fs';
import type { Instant, KubeObject, ObjectMeta, Wire } from '../../kube/contract.ts';
import { podView } from '../../workloads/pods/project.ts';
import type { PodView } from '../../workloads/pods/view.ts';

export interface Moment {
  readonly at: Instant;
  readonly pod: PodView;
  /** Until when nothing else was seen. */
  readonly until: Instant;
}

/** Images of containers were changed in the pod's spec. */
export interface ImageChange {
  readonly at: Instant;
  readonly containers: readonly string[];
  /** The pod as it was seen last when that was decided. */
  readonly before: PodView;
  /** What was seen from then on until the next change, or the pod's deletion. */
  readonly after: readonly Moment[];
}

const folder = new URL('../cluster/kubelet/fixtures/', import.meta.url);

/** Every moment of the recording named `name`, e.g. `retag-same-digest`. */
export const moments = (name: string): readonly Moment[] => {
  const made = JSON.parse(readFileSync(new URL(`${name}.pod.json`, folder), 'utf8')) as KubeObject;
  const events = linesOf(name).filter(line => line.event !== undefined);
  const start = startOf(events);
  return events.map((event, i) => ({
    at: start + event.ms,
    pod: podView(podAt(made, event)),
    until: start + (events[i + 1]?.ms ?? event.ms + 3_600_000),
  }));
};

export const imageChanges = (name: string): readonly ImageChange[] => {
  const all = moments(name);
  const changes = all.flatMap((moment, i) => {
    const before = all[i - 1]?.pod;
    const containers = before === undefined ? [] : changedImages(before, moment.pod);
    return before === undefined || containers.length === 0 ? [] : [{ i, containers, before, at: moment.at }];
  });
  return changes.map(({ i, ...change }, n) => ({
    ...change,
    after: all.slice(i, changes[n + 1]?.i).filter(({ pod }) => pod.phase === 'Running'),
  }));
};

const changedImages = (before: PodView, after: PodView): readonly string[] =>
  (after.managed?.containers ?? []).flatMap(({ name, image }) =>
    before.managed?.containers.find(c => c.name === name)?.image === image ? [] : [name],
  );

interface Line {
  readonly ms: number;
  readonly event?: string;
  readonly metadata: ObjectMeta;
  readonly images: Readonly<Record<string, string>>;
  readonly status: Wire & { readonly startTime?: string };
}

const linesOf = (name: string): readonly Line[] =>
  readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .split('\n')
    .filter(text => text !== '')
    .map(text => JSON.parse(text) as Line);

/** Lines count from the first act; statuses carry times of day, cut to seconds. */
const startOf = (events: readonly Line[]): Instant => {
  const started = events.find(e => e.status.startTime !== undefined);
  return Date.parse(started?.status.startTime ?? '') - (started?.ms ?? 0);
};

/** Berth's mark on the owner makes the store keep all that planners read. */
const owner = {
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'StatefulSet',
  name: 'web',
  uid: 'web-uid',
  controller: true,
};

const podAt = (made: KubeObject, { metadata, images, status }: Line): KubeObject => {
  const spec = made['spec'] as { readonly [list: string]: readonly { readonly name: string }[] };
  const withImages = (list: string): Wire =>
    spec[list] === undefined ? {} : { [list]: spec[list].map(c => ({ ...c, image: images[c.name] })) };
  return {
    ...made,
    metadata: { ...made.metadata, ...metadata, ownerReferences: [owner] },
    spec: { ...spec, ...withImages('containers'), ...withImages('initContainers') },
    status,
  };
};
