/** Which SidecarSets a new pod gets, and which pods a SidecarSet looks after. */

import { containerOf, isActive, type PodView } from '../pods/view.ts';
import type { NamespaceView } from '../resources.ts';
import type { SidecarSetView, UsableSidecarSet } from '../sidecarsets.ts';
import { namesInPod } from './injection.ts';

type Labels = Readonly<Record<string, string>>;

export interface Matched {
  readonly view: SidecarSetView;
  readonly set: UsableSidecarSet;
}

/** The sets that go into a new pod, in the order of their names; the base of a matching canary stays out. */
export const setsFor = (
  labels: Labels,
  namespace: NamespaceView | undefined,
  all: readonly SidecarSetView[],
): readonly Matched[] => {
  const matched = all.flatMap(view => {
    const set = view.usable;
    return set !== undefined && view.deletedAt === undefined && injects(set, labels, namespace) ? [{ view, set }] : [];
  });
  const bases = new Set(matched.flatMap(({ set }) => set.canaryOf ?? []));
  return matched.filter(({ view }) => !bases.has(view.name)).sort((a, b) => (a.view.name < b.view.name ? -1 : 1));
};

const injects = (set: UsableSidecarSet, labels: Labels, namespace: NamespaceView | undefined): boolean =>
  !set.spec.injectionStrategy.paused && set.spec.selector.matches(labels) && coversNamespace(set, namespace);

/** A namespace that nobody knows can only be covered by a set that asks for none in particular. */
export const coversNamespace = ({ spec }: UsableSidecarSet, namespace: NamespaceView | undefined): boolean =>
  spec.namespaceSelector === undefined || (namespace !== undefined && spec.namespaceSelector.matches(namespace.labels));

/** Whether a pod is one that a set may look after: it matches, and has all containers that the set once gave it. */
export const belongsTo = ({ spec, injection }: UsableSidecarSet): ((pod: PodView) => boolean) => {
  const names = injection.containers.flatMap(namesInPod);
  return pod => spec.selector.matches(pod.labels) && names.every(name => containerOf(pod, name) !== undefined);
};

/** Whether a pod should carry the set's containers and does not. */
export const lacks = (set: string, { spec }: UsableSidecarSet, pod: PodView): boolean =>
  !pod.injectedSets.includes(set) && isActive(pod) && spec.selector.matches(pod.labels);
