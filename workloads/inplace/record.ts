/**
 * The records that an in-place update leaves on its pod, and the only code that reads or writes their JSON.
 *
 * `apps.kruise.io/inplace-update-state`: what the containers were when the update was decided; OpenKruise's keys, with
 * containerID, restartCount and readiness of ours beside its imageID. `kruise.io/sidecarset-inplace-update-state`: the
 * same for each SidecarSet. `apps.kruise.io/inplace-update-grace`: images that are wanted but not yet in the spec.
 */

import { isObject, parseJson } from '../../api/json.ts';
import { annotations } from '../../api/names.ts';
import type { Instant } from '../../kube/contract.ts';
import { instantOf, timestampOf } from '../pods/project.ts';
import type { ContainerView, PodView } from '../pods/view.ts';

/** A container as it was when its replacement was decided. */
export interface Former {
  readonly imageID: string;
  /** This and all below are absent in records that OpenKruise wrote. */
  readonly containerID?: string;
  readonly restartCount?: number;
  /** What its spec asked for. */
  readonly image?: string;
  /** An image that was replaced before it was started may still come up: equal content then proves nothing. */
  readonly pending?: boolean;
}

export interface UpdateRecord {
  /** Name of the StatefulSet's revision, or hash of the SidecarSet. */
  readonly revision: string;
  readonly updatedAt: Instant;
  /** Whether the pod was Ready when it was taken: only then does it stay charged until it is settled. */
  readonly wasReady: boolean;
  readonly formers: ReadonlyMap<string, Former>;
}

/** Images that were asked for and wait until the pod is drained. */
export interface Wish {
  readonly revision: string;
  readonly images: ReadonlyMap<string, string>;
  readonly graceSeconds: number;
}

/** `broken`: the annotation is there but is not what anybody writes; the pod is then treated as having no record. */
export type Read<T> =
  | { readonly is: 'absent' }
  | { readonly is: 'broken' }
  | { readonly is: 'read'; readonly value: T };

export const updateRecordOf = (pod: PodView): Read<UpdateRecord> =>
  read(pod.managed?.annotations[annotations.inPlaceState], recordFrom);

export const sidecarRecordOf = (pod: PodView, sidecarSet: string): Read<UpdateRecord> =>
  read(pod.managed?.annotations[annotations.sidecarSetInPlaceState], all =>
    !isObject(all) ? undefined : Object.hasOwn(all, sidecarSet) ? recordFrom(all[sidecarSet]) : 'absent',
  );

/** Names of the SidecarSets that have updated this pod in place. */
export const sidecarRecordNames = (pod: PodView): readonly string[] => {
  const all = read(pod.managed?.annotations[annotations.sidecarSetInPlaceState], v =>
    isObject(v) ? Object.keys(v) : undefined,
  );
  return all.is === 'read' ? all.value : [];
};

export const wishOf = (pod: PodView): Read<Wish> => read(pod.managed?.annotations[annotations.inPlaceGrace], wishFrom);

/** A container as it is now, to be recorded before it is replaced. */
export const formerOf = (container: ContainerView): Former => ({
  imageID: container.status?.imageID ?? '',
  containerID: container.status?.containerID ?? '',
  restartCount: container.status?.restartCount ?? 0,
  image: container.image,
});

export const printRecord = (record: UpdateRecord): string =>
  JSON.stringify({
    revision: record.revision,
    updateTimestamp: timestampOf(record.updatedAt),
    lastContainerStatuses: Object.fromEntries(record.formers),
    updateImages: true,
    wasReady: record.wasReady,
  });

/** The map of all SidecarSets' records on a pod with one of them replaced; foreign members stay as they are. */
export const printSidecarRecord = (pod: PodView, sidecarSet: string, record: UpdateRecord): string => {
  const stored = read(pod.managed?.annotations[annotations.sidecarSetInPlaceState], v => (isObject(v) ? v : undefined));
  const others = Object.entries(stored.is === 'read' ? stored.value : {}).filter(([name]) => name !== sidecarSet);
  const { revision, updatedAt, wasReady, formers } = record;
  const mine = {
    revision,
    updateTimestamp: timestampOf(updatedAt),
    lastContainerStatuses: Object.fromEntries(formers),
    wasReady,
  };
  const all: [string, unknown][] = [...others, [sidecarSet, mine]];
  return JSON.stringify(Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))));
};

export const printWish = (wish: Wish): string =>
  JSON.stringify({
    revision: wish.revision,
    containerImages: Object.fromEntries(wish.images),
    ...(wish.graceSeconds > 0 ? { graceSeconds: wish.graceSeconds } : {}),
  });

const read = <T extends object>(
  text: string | undefined,
  parse: (json: unknown) => T | 'absent' | undefined,
): Read<T> => {
  if (text === undefined || text === '') return { is: 'absent' };
  const value = parse(parseJson(text));
  if (value === 'absent') return { is: 'absent' };
  return value === undefined ? { is: 'broken' } : { is: 'read', value };
};

const recordFrom = (json: unknown): UpdateRecord | undefined => {
  if (!isObject(json)) return undefined;
  const { revision, updateTimestamp, lastContainerStatuses: formers, wasReady } = json;
  return {
    revision: typeof revision === 'string' ? revision : '',
    updatedAt: instantOf(typeof updateTimestamp === 'string' ? updateTimestamp : undefined) ?? 0,
    wasReady: wasReady !== false,
    formers: new Map(
      isObject(formers) ? Object.entries(formers).map(([name, former]) => [name, formerFrom(former)]) : [],
    ),
  };
};

const formerFrom = (json: unknown): Former => {
  const { imageID, containerID, restartCount, image, pending } = isObject(json) ? json : {};
  return {
    imageID: typeof imageID === 'string' ? imageID : '',
    ...(typeof containerID === 'string' ? { containerID } : {}),
    ...(typeof restartCount === 'number' ? { restartCount } : {}),
    ...(typeof image === 'string' ? { image } : {}),
    ...(pending === true ? { pending } : {}),
  };
};

const wishFrom = (json: unknown): Wish | undefined => {
  if (!isObject(json)) return undefined;
  const { revision, containerImages: images, graceSeconds } = json;
  const wanted = isObject(images) ? Object.entries(images) : [];
  return {
    revision: typeof revision === 'string' ? revision : '',
    images: new Map(wanted.flatMap(([name, image]) => (typeof image === 'string' ? [[name, image] as const] : []))),
    graceSeconds: typeof graceSeconds === 'number' && graceSeconds > 0 ? graceSeconds : 0,
  };
};
