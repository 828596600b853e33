/** What a set may not have in common with another one that selects the same pods. */

import { invalid, type Problem } from '../../api/problem.ts';
import { sameTemplate } from '../../workloads/revisions/canonical.ts';
import type { Injection } from '../../workloads/sidecars/injection.ts';
import { overlap } from '../../workloads/sidecars/overlap.ts';
import type { SidecarSetView, UsableSidecarSet } from '../../workloads/sidecarsets.ts';

export const conflicts = ({ usable }: SidecarSetView, others: readonly SidecarSetView[]): readonly Problem[] =>
  usable === undefined
    ? []
    : others.flatMap(({ name, usable: other }) =>
        other === undefined || !selectSamePods(usable, other)
          ? []
          : [
              ...containerConflicts('containers', usable.injection, other.injection, name),
              ...containerConflicts('initContainers', usable.injection, other.injection, name),
              ...volumeConflicts(usable.injection, other.injection, name),
              ...annotationConflicts(usable.injection, other.injection, name),
            ],
      );

const selectSamePods = ({ spec: a }: UsableSidecarSet, { spec: b }: UsableSidecarSet): boolean =>
  overlap(a.selector.source, b.selector.source) &&
  (a.namespaceSelector === undefined ||
    b.namespaceSelector === undefined ||
    overlap(a.namespaceSelector.source, b.namespaceSelector.source));

const containerConflicts = (
  list: 'containers' | 'initContainers',
  own: Injection,
  other: Injection,
  name: string,
): readonly Problem[] =>
  own[list].flatMap((container, index) =>
    other[list].some(c => c.name === container.name)
      ? [invalid(`spec.${list}[${index}].name`, `container ${container.name} already exist in ${name}`)]
      : [],
  );

const volumeConflicts = (own: Injection, other: Injection, name: string): readonly Problem[] =>
  own.volumes.flatMap((volume, index) => {
    const same = other.volumes.find(v => v.name === volume.name);
    return same === undefined || sameTemplate({ spec: { volumes: [same] } }, { spec: { volumes: [volume] } })
      ? []
      : [invalid(`spec.volumes[${index}]`, `volume ${volume.name} is in conflict with sidecarset ${name}`)];
  });

/** Two sets may merge into one annotation; what one of them overwrites the other may not write. */
const annotationConflicts = (own: Injection, other: Injection, name: string): readonly Problem[] => {
  const theirs = new Map(writesOf(other));
  return writesOf(own).flatMap(([key, policy]) =>
    theirs.has(key) && (policy === 'Overwrite' || theirs.get(key) === 'Overwrite')
      ? [invalid('spec.patchPodMetadata', `annotation ${key} is in conflict with sidecarset ${name}`)]
      : [],
  );
};

const writesOf = ({ patchPodMetadata }: Injection): readonly (readonly [string, string])[] =>
  patchPodMetadata
    .filter(({ patchPolicy }) => patchPolicy !== 'Retain')
    .flatMap(({ annotations, patchPolicy }) => Object.keys(annotations ?? {}).map(key => [key, patchPolicy] as const));
