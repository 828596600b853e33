/**
 * What injection writes on a pod, and the only code that reads or prints it: for each SidecarSet the hash of what was
 * injected, in two annotations of one shape, and the list of the sets. Keys, order and escaping are OpenKruise's.
 */

import { isObject, parseJson } from '../../api/json.ts';
import { annotations } from '../../api/names.ts';
import type { PodView } from '../pods/view.ts';
import { byBytes, goJson } from './typedJson.ts';

/** One set's entry in one of the two annotations. */
export interface Mark {
  /** As it stands in the annotation; null in entries of very old versions. */
  readonly updateTimestamp: string | null;
  readonly hash: string;
  readonly sidecarSetName: string;
  /** Containers and native sidecars of the set, sorted. */
  readonly sidecarList: readonly string[] | null;
  /** Name of the ControllerRevision; only beside the full hash. */
  readonly controllerRevision?: string;
}

export type Marks = ReadonlyMap<string, Mark>;

/** The two annotations of a pod, by what their hashes are of. */
export const markAnnotations = {
  hash: annotations.sidecarSetHash,
  withoutImage: annotations.sidecarSetHashWithoutImage,
} as const;

/** Reads one annotation; undefined for text that nobody writes. Absent, empty and `null` are no marks. */
export const readMarks = (text: string | undefined): Marks | undefined => {
  if (text === undefined || text === '') return new Map();
  const json = parseJson(text);
  if (json === null) return new Map();
  if (!isObject(json)) return undefined;
  const entries = Object.entries(json);
  return allOf(entries, legacyMark) ?? allOf(entries, markFrom);
};

/** Both annotations of one pod. */
export interface PodMarks {
  readonly hash: Marks | undefined;
  readonly withoutImage: Marks | undefined;
}

export const marksOf = (pod: PodView): PodMarks => ({
  hash: readMarks(pod.managed?.annotations[markAnnotations.hash]),
  withoutImage: readMarks(pod.managed?.annotations[markAnnotations.withoutImage]),
});

const allOf = (
  entries: readonly (readonly [string, unknown])[],
  read: (name: string, value: unknown) => Mark | undefined,
): Marks | undefined => {
  const marks = new Map<string, Mark>();
  for (const [name, value] of entries) {
    const mark = read(name, value);
    if (mark === undefined) return undefined;
    marks.set(name, mark);
  }
  return marks;
};

/** Before 0.9 an entry was the hash alone. */
const legacyMark = (name: string, value: unknown): Mark | undefined =>
  typeof value === 'string'
    ? { updateTimestamp: null, hash: value, sidecarSetName: name, sidecarList: null }
    : undefined;

const markFrom = (_name: string, value: unknown): Mark | undefined => {
  if (!isObject(value)) return undefined;
  const { updateTimestamp = null, hash = '', sidecarSetName = '', sidecarList = null, controllerRevision = '' } = value;
  if (!isTimeOrNull(updateTimestamp) || !isListOrNull(sidecarList)) return undefined;
  if (typeof hash !== 'string' || typeof sidecarSetName !== 'string') return undefined;
  if (typeof controllerRevision !== 'string') return undefined;
  return { updateTimestamp, hash, sidecarSetName, sidecarList, ...(controllerRevision && { controllerRevision }) };
};

const isTimeOrNull = (value: unknown): value is string | null =>
  value === null || (typeof value === 'string' && !Number.isNaN(Date.parse(value)));

const isListOrNull = (value: unknown): value is readonly string[] | null =>
  value === null || (Array.isArray(value) && value.every(item => typeof item === 'string'));

/** What a set leaves on a pod at one moment. */
export interface Marking {
  readonly set: string;
  readonly hash: string;
  readonly containers: readonly string[];
  /** As the API writes times. */
  readonly at: string;
  /** Name of the ControllerRevision; empty where it is unknown or does not belong. */
  readonly revision: string;
}

export const markOf = ({ set, hash, containers, at, revision }: Marking): Mark => ({
  updateTimestamp: at,
  hash,
  sidecarSetName: set,
  sidecarList: containers.toSorted(byBytes),
  ...(revision === '' ? {} : { controllerRevision: revision }),
});

/** The annotation's text; sets in the order of their names. */
export const printMarks = (marks: Marks): string => {
  const entries = [...marks].sort(([a], [b]) => byBytes(a, b));
  return `{${entries.map(([name, mark]) => `${goJson(name)}:${goJson(inOrder(mark))}`).join()}}`;
};

const inOrder = (mark: Mark): Mark => ({
  updateTimestamp: mark.updateTimestamp,
  hash: mark.hash,
  sidecarSetName: mark.sidecarSetName,
  sidecarList: mark.sidecarList,
  ...(mark.controllerRevision === undefined ? {} : { controllerRevision: mark.controllerRevision }),
});

export const readInjectedList = (text: string | undefined): readonly string[] =>
  (text ?? '').split(',').filter(name => name !== '');

export const printInjectedList = (sets: Iterable<string>): string => [...new Set(sets)].sort(byBytes).join();
