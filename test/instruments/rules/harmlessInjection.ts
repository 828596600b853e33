/**
 * I9, harmless injection: what a user asked for in a new pod is all there in the pod that was stored, and a pod that no
 * set matches is not changed by us at all. The audit log has both the request and what each webhook did.
 */

import type { KubeObject, Wire } from '../../../kube/contract.ts';
import { auditLog, type Rule } from '../checker.ts';
import { keyOf, list, record, text } from '../objects.ts';
import { hasOurGate, selects } from '../ours.ts';
import type { World } from '../world.ts';

export const harmlessInjection = (): Rule => ({
  invariant: 'harmless injection',
  needs: ['Pod', 'SidecarSet', 'Namespace', auditLog],
  see: ({ entry, before, after, by }, world) => {
    if (entry.kind !== 'Pod' || before !== undefined || after === undefined || by?.verb !== 'create') return [];
    const lost = by.asked === undefined ? [] : lostOf(record(by.asked), after, overwritten(world));
    const isPainted = mutatedByUs(by.notes) && !isSelected(after, world) && !hasOurGate(after) && !isOrdered(after);
    return [
      ...lost.map(what => `${keyOf(after)} was created with ${what}, which is gone or different`),
      ...(isPainted ? [`${keyOf(after)} was changed at admission, and no set matches it`] : []),
    ];
  },
});

/** Namespaces aside: a set that was deleted a moment ago may still be seen. */
const isSelected = ({ metadata: { labels = {} } }: KubeObject, world: World): boolean =>
  [...world.of('SidecarSet').values(), ...world.gone('SidecarSet')].some(set =>
    selects(record(set['spec'])['selector'], labels),
  );

/** Its author asks for its containers to start in an order. */
const isOrdered = ({ metadata, ...pod }: KubeObject): boolean =>
  metadata.annotations?.['apps.kruise.io/container-launch-priority'] !== undefined ||
  list(record(pod['spec'])['containers'])
    .flatMap(container => list(container['env']))
    .some(({ name }) => name === 'KRUISE_CONTAINER_PRIORITY');

const mutatedByUs = (notes: Readonly<Record<string, string>>): boolean =>
  Object.entries(notes).some(([note, value]) => {
    if (!note.startsWith('mutation.webhook.admission.k8s.io/')) return false;
    const { configuration, mutated } = record(JSON.parse(value));
    return configuration === 'berth-mutating' && mutated === true;
  });

/** Keys that SidecarSets may write into pods. */
const overwritten = (world: World): ReadonlySet<string> =>
  new Set(
    [...world.of('SidecarSet').values()]
      .flatMap(set => list(record(set['spec'])['patchPodMetadata']))
      .flatMap(({ labels, annotations }) => [...Object.keys(record(labels)), ...Object.keys(record(annotations))]),
  );

const lostOf = (asked: Wire, stored: KubeObject, except: ReadonlySet<string>): readonly string[] => {
  const [metadata, spec] = [record(asked['metadata']), record(asked['spec'])];
  const inPod = record(stored['spec']);
  const has = (field: string): readonly Wire[] => list(inPod[field]);
  return [
    ...missing('label', record(metadata['labels']), record(stored.metadata.labels), except),
    ...missing('annotation', record(metadata['annotations']), record(stored.metadata.annotations), except),
    ...list(metadata['ownerReferences'])
      .filter(({ uid }) => !stored.metadata.ownerReferences?.some(owner => owner.uid === uid))
      .map(({ name }) => `owner ${text(name)}`),
    ...['containers', 'initContainers'].flatMap(field => lostContainers(list(spec[field]), has(field))),
    ...list(spec['volumes'])
      .filter(volume => !has('volumes').some(other => covers(other, volume)))
      .map(({ name }) => `volume ${text(name)}`),
  ];
};

const missing = (what: string, asked: Wire, stored: Wire, except: ReadonlySet<string>): readonly string[] =>
  Object.keys(asked)
    .filter(key => asked[key] !== stored[key] && !except.has(key))
    .map(key => `${what} ${key}`);

/** A sidecar takes the place of a container of its name. */
const lostContainers = (asked: readonly Wire[], stored: readonly Wire[]): readonly string[] => {
  const found = (name: unknown): Wire | undefined => stored.find(container => container['name'] === name);
  const kept = asked.filter(({ name }) => !isInjected(found(name)));
  const places = kept
    .map(({ name }) => stored.findIndex(container => container['name'] === name))
    .filter(place => place >= 0);
  return [
    ...kept
      .filter(container => !covers(found(container['name']), container))
      .map(({ name }) => `container ${text(name)}`),
    ...(places.every((place, index) => place > (places[index - 1] ?? -1)) ? [] : ['its containers in another order']),
  ];
};

const isInjected = (container: Wire | undefined): boolean =>
  list(container?.['env']).some(variable => variable['name'] === 'IS_INJECTED');

/** Everything that was asked for is there; quantities are rewritten by the apiserver, and defaults added. */
const covers = (stored: unknown, asked: unknown): boolean => {
  if (Array.isArray(asked)) {
    const all: readonly unknown[] = Array.isArray(stored) ? stored : [];
    return asked.every(item => all.some(other => covers(other, item)));
  }
  if (typeof asked !== 'object' || asked === null) return asked === null || asked === stored || isQuantity(asked);
  const fields = record(stored);
  return Object.entries(asked).every(
    ([key, value]) => key === 'resources' || isEmpty(value) || covers(fields[key], value),
  );
};

const isQuantity = (value: unknown): boolean => typeof value === 'string' && /^[0-9.]+[numkKMGTPE]?i?$/u.test(value);

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
