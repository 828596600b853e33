/**
 * I12, no lost update: a write of ours changes what is ours to change. Labels, annotations, finalizers, owners,
 * conditions and containers of others are after it as they were before it, at the very revision that it made.
 */

import { isDeepStrictEqual } from 'node:util';
import { ourAnnotationPrefixes } from '../../../api/names.ts';
import type { KubeObject, Wire } from '../../../kube/contract.ts';
import { isOurs, type Write } from '../audit.ts';
import { auditLog, type Rule } from '../checker.ts';
import { list, record, text } from '../objects.ts';
import { controllerOf, describe, isOfOurKind, ourKinds } from '../ours.ts';
import type { World } from '../world.ts';

export const noLostUpdate = (): Rule => ({
  invariant: 'no lost update',
  needs: ['Pod', 'ControllerRevision', ...ourKinds, auditLog],
  see: ({ before, after, by }, world) => {
    if (by === undefined || before === undefined || after === undefined || !isOurs(by)) return [];
    const wrong =
      after.kind === 'Pod'
        ? inPod(before, after, by, world)
        : ourKinds.includes(after.kind)
          ? inSet(before, after)
          : [];
    return wrong.map(what => `${describe(after)}: ${what} changed by a write of ours`);
  },
});

const inSet = (before: KubeObject, after: KubeObject): readonly string[] => [
  ...differing(record(before.metadata), record(after.metadata), [
    'labels',
    'annotations',
    'finalizers',
    'ownerReferences',
  ]),
  ...differing(before, after, ['spec']),
];

const differing = (before: Wire, after: Wire, fields: readonly string[]): readonly string[] =>
  fields.filter(field => !isDeepStrictEqual(before[field], after[field]));

const inPod = (before: KubeObject, after: KubeObject, by: Write, world: World): readonly string[] => {
  const mayChange = keysOf(before, world);
  const [was, is] = [record(before.metadata), record(after.metadata)];
  const isRemoval = by.verb === 'delete' || by.verb === 'evict';
  return [
    ...differing(was, is, ['finalizers']),
    ...owners(before, after),
    ...entries('label', record(was['labels']), record(is['labels']), mayChange),
    ...entries('annotation', record(was['annotations']), record(is['annotations']), mayChange),
    ...specs(before, after),
    ...(isRemoval ? [] : statuses(record(before['status']), record(after['status']))),
  ];
};

const owners = (before: KubeObject, after: KubeObject): readonly string[] =>
  (before.metadata.ownerReferences ?? [])
    .filter(owner => !isOfOurKind(owner) && !after.metadata.ownerReferences?.some(o => isDeepStrictEqual(o, owner)))
    .map(({ kind, name }) => `the owner ${kind} ${name}`);

const entries = (what: string, was: Wire, is: Wire, mayChange: (key: string) => boolean): readonly string[] =>
  [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter(key => was[key] !== is[key] && !mayChange(key))
    .map(key => `${what} ${key}`);

const ourPrefixes = [...ourAnnotationPrefixes, 'controller-revision-hash'];

/** Our own, what a template of the owner has or had, and what SidecarSets say about the metadata of pods. */
const keysOf = (pod: KubeObject, world: World): ((key: string) => boolean) => {
  const owner = controllerOf(pod)?.uid ?? '';
  const revisions = [...world.of('ControllerRevision').values()].filter(r => controllerOf(r)?.uid === owner);
  const templates = [world.of('StatefulSet').get(owner), ...revisions.map(({ data }) => record(data))].map(holder =>
    record(record(record(record(holder)['spec'])['template'])['metadata']),
  );
  const patches = [...world.of('SidecarSet').values()].flatMap(set => list(record(set['spec'])['patchPodMetadata']));
  const known = new Set(
    [...templates, ...patches].flatMap(({ labels, annotations }) => [
      ...Object.keys(record(labels)),
      ...Object.keys(record(annotations)),
    ]),
  );
  return key => known.has(key) || ourPrefixes.some(prefix => key.startsWith(prefix));
};

const lists = ['containers', 'initContainers'];

const specs = (before: KubeObject, after: KubeObject): readonly string[] => {
  const [was, is] = [record(before['spec']), record(after['spec'])];
  const others = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(field => !lists.includes(field));
  return [
    ...differing(was, is, others).map(field => `spec.${field}`),
    ...lists.flatMap(field => containers(list(was[field]), list(is[field]), isOfOurKind(controllerOf(before)))),
  ];
};

/** Images of a pod's own containers are its owner's business; those of sidecars their SidecarSet's. */
const containers = (was: readonly Wire[], is: readonly Wire[], isOwned: boolean): readonly string[] => {
  if (
    !isDeepStrictEqual(
      was.map(c => c['name']),
      is.map(c => c['name']),
    )
  )
    return ['the list of containers'];
  return was.flatMap((container, index) => {
    const mayChange = isOwned || isSidecar(container) ? ['image', 'resources'] : [];
    const fields = [...new Set([...Object.keys(container), ...Object.keys(is[index] ?? {})])];
    return differing(
      container,
      is[index] ?? {},
      fields.filter(field => !mayChange.includes(field)),
    ).map(field => `${field} of container ${text(container['name'])}`);
  });
};

const isSidecar = (container: Wire): boolean => list(container['env']).some(env => env['name'] === 'IS_INJECTED');

const ourConditions: ReadonlySet<unknown> = new Set(['InPlaceUpdateReady', 'KruisePodReady', 'SidecarSetUpgradable']);

const statuses = (was: Wire, is: Wire): readonly string[] => {
  const foreign = (status: Wire): readonly Wire[] =>
    list(status['conditions']).filter(condition => !ourConditions.has(condition['type']));
  const lost = foreign(was).filter(condition => !foreign(is).some(other => isDeepStrictEqual(other, condition)));
  return [
    ...lost.map(condition => `condition ${text(condition['type'])}`),
    ...differing(was, is, ['phase', 'podIP', 'containerStatuses', 'initContainerStatuses']).map(f => `status.${f}`),
  ];
};
