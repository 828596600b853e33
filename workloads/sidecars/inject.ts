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
import { once } from '../once.ts';
import { timestampOf } from '../pods/project.ts';
import { type BothMarks, type Entry, notesFor } from './annotations.ts';
import { isInjected } from './environment.ts';
import { isNativeSidecar } from './hash.ts';
import { type Injection, namesInPod } from './injection.ts';
import { type Marks, markAnnotations, readMarks } from './marks.ts';
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
  const entries = new Map<string, Entry>();
  for (const entry of [
    ...patched.annotations,
    ...notesFor(todo, patched.annotations, marks, timestampOf(now)),
    ...replacedNote(patched.annotations, replaced),
  ])
    entries.set(entry[0], entry);
  const after = [...entries.values()];
  const made = { containers, annotations: new Map(after) };
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
  const of = new Map<Sidecar, Resources>();
  if (!todo.some(asksForResources)) return { is: 'computed', of };
  const { containers, initContainers = [] } = specOf(pod);
  const ours = new Set(
    all.flatMap(i => [...i.containers, ...i.initContainers]).flatMap(c => [c.name, ...namesInPod(c)]),
  );
  const running = [...initContainers.filter(isNativeSidecar), ...(containers ?? [])];
  const app = ownOf(running).filter(({ name }) => !ours.has(name));
  for (const { set, ...injection } of todo)
    for (const sidecar of [...injection.containers, ...injection.initContainers]) {
      if (sidecar.resourcesPolicy === undefined) continue;
      const computed = resourcesFor(sidecar.resourcesPolicy, app);
      if (computed.is === 'impossible') return noResources(set, sidecar.name, computed.why);
      of.set(sidecar, computed.resources);
    }
  return { is: 'computed', of };
};

const asksForResources = once(({ containers, initContainers }: Injection): boolean =>
  [...containers, ...initContainers].some(({ resourcesPolicy }) => resourcesPolicy !== undefined),
);

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

const marksIn = (annotations: ReadonlyMap<string, string>): ({ readonly is: 'read' } & BothMarks) | Impossible => {
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

const replacedNote = (before: ReadonlyMap<string, string>, replaced: readonly Replacement[]): readonly Entry[] =>
  replaced.length === 0
    ? []
    : [[names.replacedContainers, printReplaced(before.get(names.replacedContainers), replaced)]];

const annotationOps = (
  pod: KubeObject,
  before: ReadonlyMap<string, string>,
  after: readonly Entry[],
): readonly Op[] => {
  const changed = after.filter(([key, value]) => before.get(key) !== value);
  if (changed.length === 0) return [];
  const additions = changed.map(addition);
  return pod.metadata.annotations === undefined ? [noAnnotations, ...additions] : additions;
};

const noAnnotations: Op = Object.freeze({ op: 'add', path: pointer('metadata', 'annotations'), value: {} });

/** Frozen, as what is the same for many pods. */
const addition = once(
  ([key, value]: Entry): Op => Object.freeze({ op: 'add', path: pointer('metadata', 'annotations', key), value }),
);
