/**
 * What SidecarSets add to a pod that is being created, as JSON Patch operations that touch nothing else: every field
 * of the pod, known or not, stays where it is. Injecting twice is injecting once.
 */

import { isObject } from '../../api/json.ts';
import type { Container, Pod } from '../../api/kubernetes.ts';
import { annotations as names } from '../../api/names.ts';
import type { Sidecar } from '../../api/sidecarset.ts';
import { type Instant, type KubeObject, type Op, pointer } from '../../kube/contract.ts';
import type { Made } from '../launch/barrierEnv.ts';
import { timestampOf } from '../pods/project.ts';
import { isInjected } from './environment.ts';
import { generationNotes } from './generations.ts';
import { isNativeSidecar } from './hash.ts';
import { hotAnnotations, withWorking, workingAnnotation } from './hotUpgrade.ts';
import { type Injection, isHot, namesInPod, runningNames } from './injection.ts';
import {
  type Marks,
  markAnnotations,
  markOf,
  printInjectedList,
  printMarks,
  readInjectedList,
  readMarks,
} from './marks.ts';
import { type Built, place } from './placement.ts';
import { type Patched, withPatches } from './podMetadata.ts';
import { printReplaced, type Replacement } from './replaced.ts';
import { type Resources, resourcesFor } from './resources.ts';
import { type Host, sidecarsFor } from './sidecar.ts';
import { byBytes } from './typedJson.ts';
import { appendMissing, volumesOf } from './volumes.ts';

export type Injected =
  | {
      readonly is: 'done';
      /** Empty if there is nothing to add. */
      readonly ops: readonly Op[];
      /** Sentences for whoever creates the pod. */
      readonly warnings: readonly string[];
      /** What the operations make of the pod. */
      readonly made: Made;
    }
  | Impossible;

interface Impossible {
  readonly is: 'impossible';
  readonly field: string;
  readonly message: string;
}

/** What containers of several sets are sorted by; within a set its own order stands, or that of their names. */
export type SidecarOrder = 'set' | 'container';

/** @param injections of the sets that match the pod, in the order of the sets' names */
export const inject = (
  pod: KubeObject,
  injections: readonly Injection[],
  now: Instant,
  order: SidecarOrder = 'set',
): Injected => {
  const odd = oddMember(pod);
  const before = new Map(Object.entries(pod.metadata.annotations ?? {}));
  if (injections.length === 0) {
    const made = { containers: odd === undefined ? (specOf(pod).containers ?? []) : [], annotations: before };
    return { is: 'done', ops: [], warnings: [], made };
  }
  if (odd !== undefined) return { is: 'impossible', field: odd, message: 'is not what a pod has there' };
  const patched = withAllPatches(before, injections);
  const [unmerged] = patched.unmerged;
  if (unmerged !== undefined) return impossible(unmerged, 'is not JSON that a SidecarSet could merge its own into');
  const marks = marksIn(patched.annotations);
  if (marks.is === 'impossible') return marks;
  const todo = injections.filter(injection => !isThere(injection, pod, marks.hash));
  const resources = resourcesIn(pod, todo, injections);
  if (resources.is === 'impossible') return resources;
  const { ops, warnings, containers, replaced } = additions(pod, todo, { resources: resources.of, order });
  const after = new Map([
    ...patched.annotations,
    ...markingsFor(todo, patched.annotations, marks, now),
    ...replacedNote(patched.annotations, replaced),
  ]);
  const made = { containers, annotations: after };
  return { is: 'done', ops: [...annotationOps(pod, before, after), ...ops], warnings, made };
};

// ── What is there already ───────────────────────────────────────────────────────────────────────────────────────────

/** Whether the pod has this very injection in it, by its marks and its containers. */
export const carries = (pod: KubeObject, injection: Injection): boolean => {
  const marks = readMarks(pod.metadata.annotations?.[markAnnotations.hash]);
  return marks !== undefined && oddMember(pod) === undefined && isThere(injection, pod, marks);
};

/** Re-invocation, or a pod that was copied from an injected one: what other webhooks changed since is theirs. */
const isThere = (injection: Injection, pod: KubeObject, marks: Marks): boolean => {
  const mark = marks.get(injection.set);
  if (mark?.hash !== injection.hashes.hash) return false;
  if ((mark.controllerRevision ?? '') !== injection.revision) return false;
  const { containers, initContainers } = specOf(pod);
  return hasAll(containers, injection.containers) && hasAll(initContainers, injection.initContainers);
};

const hasAll = (present: readonly Container[] | undefined, wanted: readonly Sidecar[]): boolean =>
  wanted.flatMap(namesInPod).every(name => present?.some(c => c.name === name && isInjected(c)));

type PodSpecOnWire = Partial<NonNullable<Pod['spec']>>;

const specOf = (pod: KubeObject): PodSpecOnWire => (pod as unknown as { readonly spec?: PodSpecOnWire }).spec ?? {};

/** The apiserver decodes a pod before it asks us; anybody else may send anything. */
const oddMember = (pod: KubeObject): string | undefined => {
  const spec: unknown = pod['spec'];
  if (!isObject(spec)) return 'spec';
  const lists = ['containers', 'initContainers', 'volumes', 'imagePullSecrets'];
  const odd = lists.find(list => spec[list] !== undefined && !isListOfObjects(spec[list]));
  return odd === undefined ? undefined : `spec.${odd}`;
};

const isListOfObjects = (value: unknown): boolean => Array.isArray(value) && value.every(isObject);

// ── Containers, volumes, secrets ────────────────────────────────────────────────────────────────────────────────────

interface Manner {
  readonly resources: Host['resources'];
  readonly order: SidecarOrder;
}

const additions = (pod: KubeObject, todo: readonly Injection[], { resources, order }: Manner) => {
  const spec = specOf(pod);
  const host: Host = { meta: pod.metadata, own: ownOf(spec.containers), resources };
  const init = place('initContainers', spec.initContainers, builtFor(host, todo, 'initContainers').toSorted(byName));
  const built = builtFor(host, todo, 'containers');
  const main = place('containers', spec.containers, order === 'container' ? built.toSorted(byName) : built);
  const secrets = todo.flatMap(injection => injection.imagePullSecrets);
  return {
    ops: [
      ...init.ops,
      ...main.ops,
      ...appendMissing('volumes', spec.volumes, todo.flatMap(volumesOf)),
      ...appendMissing('imagePullSecrets', spec.imagePullSecrets, secrets),
    ],
    warnings: [...init.warnings, ...main.warnings],
    containers: main.list,
    replaced: [...init.replaced, ...main.replaced],
  };
};

const builtFor = (host: Host, todo: readonly Injection[], list: 'containers' | 'initContainers'): readonly Built[] =>
  todo.flatMap(injection =>
    injection[list].flatMap(sidecar =>
      sidecarsFor(sidecar, host).map(
        (container): Built => ({ container, set: injection.set, place: placeOf(sidecar) }),
      ),
    ),
  );

const ownOf = (containers: readonly Container[] = []): readonly Container[] => containers.filter(c => !isInjected(c));

type ResourcesIn = { readonly is: 'computed'; readonly of: Map<Sidecar, Resources> } | Impossible;

/** Containers of the app are those that keep running, and that no set of this pod has the name of. */
const resourcesIn = (pod: KubeObject, todo: readonly Injection[], all: readonly Injection[]): ResourcesIn => {
  const { containers, initContainers = [] } = specOf(pod);
  const ours = new Set(
    all.flatMap(i => [...i.containers, ...i.initContainers]).flatMap(c => [c.name, ...namesInPod(c)]),
  );
  const running = [...initContainers.filter(isNativeSidecar), ...(containers ?? [])];
  const app = ownOf(running).filter(({ name }) => !ours.has(name));
  const of = new Map<Sidecar, Resources>();
  for (const { set, ...injection } of todo)
    for (const sidecar of [...injection.containers, ...injection.initContainers]) {
      if (sidecar.resourcesPolicy === undefined) continue;
      const computed = resourcesFor(sidecar.resourcesPolicy, app);
      if (computed.is === 'impossible') return noResources(set, sidecar.name, computed.why);
      of.set(sidecar, computed.resources);
    }
  return { is: 'computed', of };
};

const noResources = (set: string, container: string, why: string): Impossible => ({
  is: 'impossible',
  field: 'spec.containers',
  message: `SidecarSet ${set}: resources of its container ${container} cannot be computed: ${why}`,
});

const placeOf = ({ podInjectPolicy }: Sidecar): Built['place'] =>
  podInjectPolicy === 'BeforeAppContainer' ? 'before' : 'after';

const byName = (a: Built, b: Built): number => byBytes(a.container.name, b.container.name);

// ── Annotations ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Metadata is patched even where the containers are there already: the last word is always the same. */
const withAllPatches = (before: ReadonlyMap<string, string>, injections: readonly Injection[]): Patched =>
  withPatches(
    before,
    injections.flatMap(i => i.patchPodMetadata),
  );

interface BothMarks {
  readonly is: 'read';
  readonly hash: Marks;
  readonly withoutImage: Marks;
}

const marksIn = (annotations: ReadonlyMap<string, string>): BothMarks | Impossible => {
  const hash = readMarks(annotations.get(markAnnotations.hash));
  if (hash === undefined) return impossible(markAnnotations.hash, 'is not what SidecarSets leave on a pod');
  const withoutImage = readMarks(annotations.get(markAnnotations.withoutImage));
  if (withoutImage === undefined)
    return impossible(markAnnotations.withoutImage, 'is not what SidecarSets leave on a pod');
  return { is: 'read', hash, withoutImage };
};

const impossible = (annotation: string, message: string): Impossible => ({
  is: 'impossible',
  field: `metadata.annotations[${annotation}]`,
  message,
});

type Entries = readonly (readonly [string, string])[];

const markingsFor = (
  todo: readonly Injection[],
  before: ReadonlyMap<string, string>,
  marks: BothMarks,
  now: Instant,
): Entries => {
  if (todo.length === 0) return [];
  const at = timestampOf(now);
  const hash = todo.map(
    i => [i.set, markOf({ ...marking(i, at), hash: i.hashes.hash, revision: i.revision })] as const,
  );
  const withoutImage = todo.map(i => [i.set, markOf({ ...marking(i, at), hash: i.hashes.withoutImage })] as const);
  const sets = [...readInjectedList(before.get(names.sidecarSetInjectedList)), ...todo.map(i => i.set)];
  return [
    ...hotMarkings(todo, before),
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

const hotMarkings = (todo: readonly Injection[], before: ReadonlyMap<string, string>): Entries => {
  const hot = todo
    .flatMap(i => [...i.initContainers, ...i.containers])
    .filter(isHot)
    .map(c => c.name);
  if (hot.length === 0) return [];
  return [...hot.flatMap(hotAnnotations), [workingAnnotation, withWorking(before.get(workingAnnotation), hot)]];
};

const replacedNote = (before: ReadonlyMap<string, string>, replaced: readonly Replacement[]): Entries =>
  replaced.length === 0
    ? []
    : [[names.replacedContainers, printReplaced(before.get(names.replacedContainers), replaced)]];

const annotationOps = (
  pod: KubeObject,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly Op[] => {
  const changed = [...after].filter(([key, value]) => before.get(key) !== value);
  if (changed.length === 0) return [];
  if (pod.metadata.annotations === undefined)
    return [{ op: 'add', path: pointer('metadata', 'annotations'), value: Object.fromEntries(changed) }];
  return changed.map(([key, value]): Op => ({ op: 'add', path: pointer('metadata', 'annotations', key), value }));
};
