/** Where a run ended, in lines that are the same for every run in which all went well. */

import type { KubeObject } from '../../../kube/contract.ts';
import type { Chronicle, Entry } from '../chronicle.ts';
import { list, type Pod, podIn, record, text } from '../objects.ts';
import { familyOf, Names, type Place } from './names.ts';

const sets = ['StatefulSet', 'SidecarSet', 'BroadcastJob'];

/** Sorted lines about every object that is there, as of the newest revisions. */
export const endStateOf = (objects: readonly KubeObject[], place: Place): readonly string[] => {
  const names = new Names(place);
  const words = new Words(objects, place);
  return objects
    .flatMap(object => {
      const name = anonymous(names.of(object.kind, object.metadata.name ?? ''));
      if (object.kind === 'Pod') return [`Pod ${name}: ${podLine(podIn(object), words)}`];
      if (object.kind === 'ControllerRevision') return [`ControllerRevision ${words.of(object.metadata.name ?? '')}`];
      return sets.includes(object.kind) ? [`${object.kind} ${name}: ${statusLine(object, words)}`] : [];
    })
    .toSorted();
};

/** They are there whatever a run does. */
const shared: ReadonlySet<string> = new Set(['Node', 'Namespace', 'Lease']);

/** How many objects of each kind came and went: none may have been made twice, or replaced by another. */
export const traffic = ({ entries, startedAt }: Chronicle, place: Place): readonly string[] => {
  const names = new Names(place);
  const counted = entries.filter(({ at, type, kind }) => at > startedAt && type !== 'MODIFIED' && !shared.has(kind));
  const groups = Map.groupBy(counted, ({ type, kind, object }: Entry) => {
    const family = familyOf(names.of(kind, object.metadata.name ?? ''));
    return `${type} ${kind} ${family}`;
  });
  return [...groups].map(([group, all]) => `${all.length} × ${group}`).toSorted();
};

/** Which of several alike came first means nothing in the end. */
const anonymous = (name: string): string => name.replace(/~.*/u, '~');

/** Replaces what is random in names and values. */
class Words {
  readonly #random: readonly (readonly [string, string])[];

  constructor(objects: readonly KubeObject[], place: Place) {
    const names = new Names(place);
    const called = objects.flatMap(({ kind, metadata: { name = '' }, ...object }) => {
      if (kind !== 'ControllerRevision') return [[name, anonymous(names.of(kind, name))] as const];
      const said = `revision ${String(object['revision'])}`;
      return [[name, said] as const, [name.slice(name.lastIndexOf('-') + 1), said] as const];
    });
    this.#random = [...called, [place.namespace, 'namespace'], [`-${place.id}`, '']];
  }

  of(words: string): string {
    const replaced = this.#random.reduce((so, [random, word]) => so.replaceAll(random, word), words);
    return replaced.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, 'a time');
  }
}

const podLine = (pod: Pod, words: Words): string => {
  const containers = [...pod.containers].map(
    ([name, { image, runningImage, restarts, isRunning }]) =>
      `${name}=${image}${isRunning ? ` runs ${runningImage}` : ' does not run'}, ${restarts} restarts`,
  );
  const said = [
    pod.phase,
    pod.isReady ? 'Ready' : 'not Ready',
    pod.isLeaving ? 'leaving' : '',
    pod.gate === undefined ? '' : `gate ${pod.gate}`,
    `at ${words.of(pod.labels['controller-revision-hash'] ?? 'no revision')}`,
    `annotations ${Object.keys(pod.annotations).toSorted().join(' ')}`,
  ];
  return [...said.filter(part => part !== ''), ...containers].join('; ');
};

/** Messages and times are for people. */
const statusLine = ({ metadata, ...object }: KubeObject, words: Words): string => {
  const { conditions, observedGeneration, ...counters } = record(object['status']);
  const said = list(conditions).map(c => `${text(c['type'])}=${text(c['status'])} ${text(c['reason'])}`);
  const isCurrent = observedGeneration === metadata.generation ? 'current' : 'behind';
  return words.of(`${isCurrent}; ${said.toSorted().join(', ')}; ${JSON.stringify(sorted(counters))}`);
};

const sorted = (value: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Lines that only one of two runs has. */
export const differences = (wanted: readonly string[], found: readonly string[]): readonly string[] => [
  ...without(wanted, found).map(line => `missing: ${line}`),
  ...without(found, wanted).map(line => `instead: ${line}`),
];

const without = (lines: readonly string[], others: readonly string[]): readonly string[] => {
  const left = [...others];
  return lines.filter(line => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
};
