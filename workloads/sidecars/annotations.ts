/** What injection notes on a new pod, beside what its sets patch. */

import { annotations as names } from '../../api/names.ts';
import { generationNotes } from './generations.ts';
import { hotAnnotations, withWorking, workingAnnotation } from './hotUpgrade.ts';
import { type Injection, isHot, runningNames } from './injection.ts';
import { type Marks, markAnnotations, markOf, printInjectedList, printMarks, readInjectedList } from './marks.ts';

type Annotations = ReadonlyMap<string, string>;
export type Entry = readonly [string, string];

export interface BothMarks {
  readonly hash: Marks;
  readonly withoutImage: Marks;
}

/** @param at as the API writes times */
export const notesFor = (
  todo: readonly Injection[],
  before: Annotations,
  marks: BothMarks,
  at: string,
): readonly Entry[] => {
  if (todo.length === 0) return [];
  const isNew = own.every(name => !before.has(name));
  return [...hotNotes(todo, before), ...(isNew ? onNewPod(todo, at) : marked(todo, before, marks, at))];
};

const own = [
  markAnnotations.hash,
  markAnnotations.withoutImage,
  names.sidecarSetInjectedList,
  names.sidecarSetGenerations,
];

interface Latest {
  readonly todo: readonly Injection[];
  readonly at: string;
  readonly entries: readonly Entry[];
}

/** By the first of the injections. */
const latest = new WeakMap<Injection, Latest>();

/** The same for all new pods that get the same in one second, of which there may be hundreds. */
const onNewPod = (todo: readonly Injection[], at: string): readonly Entry[] => {
  const [first] = todo;
  const known = first && latest.get(first);
  if (
    known?.at === at &&
    known.todo.length === todo.length &&
    known.todo.every((injection, i) => injection === todo[i])
  )
    return known.entries;
  const entries = marked(todo, new Map(), { hash: new Map(), withoutImage: new Map() }, at);
  if (first !== undefined) latest.set(first, { todo, at, entries });
  return entries;
};

const marked = (todo: readonly Injection[], before: Annotations, marks: BothMarks, at: string): readonly Entry[] => {
  const hash = todo.map(
    i => [i.set, markOf({ ...marking(i, at), hash: i.hashes.hash, revision: i.revision })] as const,
  );
  const withoutImage = todo.map(i => [i.set, markOf({ ...marking(i, at), hash: i.hashes.withoutImage })] as const);
  const sets = [...readInjectedList(before.get(names.sidecarSetInjectedList)), ...todo.map(i => i.set)];
  return [
    [markAnnotations.hash, printMarks(new Map([...marks.hash, ...hash]))],
    [markAnnotations.withoutImage, printMarks(new Map([...marks.withoutImage, ...withoutImage]))],
    [names.sidecarSetInjectedList, printInjectedList(sets)],
    ...generationNotes(before.get(names.sidecarSetGenerations), todo),
  ];
};

const marking = (injection: Injection, at: string) => ({
  set: injection.set,
  containers: runningNames(injection),
  at,
  revision: '',
});

const hotNotes = (todo: readonly Injection[], before: Annotations): readonly Entry[] => {
  const hot = todo
    .flatMap(i => [...i.initContainers, ...i.containers])
    .filter(isHot)
    .map(c => c.name);
  if (hot.length === 0) return [];
  return [...hot.flatMap(hotAnnotations), [workingAnnotation, withWorking(before.get(workingAnnotation), hot)]];
};
