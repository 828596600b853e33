/** Where new containers go in the lists of a pod. */

import type { Container } from '../../api/kubernetes.ts';
import { type Op, pointer } from '../../kube/contract.ts';
import { isInjected } from './environment.ts';
import type { Replacement } from './replaced.ts';

/** A container that is ready to go into a pod. */
export interface Built {
  readonly container: Container;
  readonly set: string;
  readonly place: 'before' | 'after';
}

export interface Placed {
  /** The whole list as it will be. */
  readonly list: readonly Container[];
  readonly ops: readonly Op[];
  /** Containers of the pod's own that have given way. */
  readonly replaced: readonly Replacement[];
  readonly warnings: readonly string[];
}

/**
 * Containers of the pod keep their order. One of the same name is replaced where it stands; of the others, those that
 * go before stand in front of the pod's own, in their order, and the rest behind.
 */
export const place = (
  list: 'containers' | 'initContainers',
  present: readonly Container[] | undefined,
  built: readonly Built[],
): Placed => {
  const { first, clashes } = firstOfEachName(built);
  const replacing = first.filter(b => indexIn(present, b) >= 0);
  const added = first.filter(b => indexIn(present, b) < 0);
  const replaced = replacing
    .filter(b => isOwn(present?.[indexIn(present, b)]))
    .map(({ set, container }): Replacement => ({ set, container: container.name }));
  const inPlace = (present ?? []).map((own, at) => replacing.find(b => indexIn(present, b) === at)?.container ?? own);
  return {
    list: [...standing(added, 'before'), ...inPlace, ...standing(added, 'after')],
    ops: [...replacing.map(b => replaceAt(list, indexIn(present, b), b)), ...additions(list, present, added)],
    replaced,
    warnings: [...clashes.map(clashWarning), ...replaced.map(replaceWarning)],
  };
};

/** Of two containers of one name, which no apiserver keeps, the first. */
const indexIn = (present: readonly Container[] | undefined, { container }: Built): number =>
  present?.findIndex(c => c.name === container.name) ?? -1;

const replaceAt = (list: string, index: number, { container }: Built): Op => ({
  op: 'replace',
  path: pointer('spec', list, index),
  value: container,
});

const standing = (added: readonly Built[], place: Built['place']): readonly Container[] =>
  added.filter(b => b.place === place).map(b => b.container);

const additions = (list: string, present: readonly Container[] | undefined, added: readonly Built[]): readonly Op[] => {
  const [before, after] = [standing(added, 'before'), standing(added, 'after')];
  if (added.length === 0) return [];
  if (present === undefined) return [{ op: 'add', path: pointer('spec', list), value: [...before, ...after] }];
  return [
    ...after.map((value): Op => ({ op: 'add', path: pointer('spec', list, '-'), value })),
    ...before.map((value, index): Op => ({ op: 'add', path: pointer('spec', list, index), value })),
  ];
};

interface Clash {
  readonly kept: Built;
  readonly dropped: Built;
}

/** Two sets with one container name would make a pod that nobody can create: the first set wins. */
const firstOfEachName = (
  built: readonly Built[],
): { readonly first: readonly Built[]; readonly clashes: readonly Clash[] } => {
  const byName = new Map<string, Built>();
  const clashes: Clash[] = [];
  for (const b of built) {
    const kept = byName.get(b.container.name);
    if (kept === undefined) byName.set(b.container.name, b);
    else clashes.push({ kept, dropped: b });
  }
  return { first: [...byName.values()], clashes };
};

const clashWarning = ({ kept, dropped }: Clash): string =>
  `SidecarSet ${dropped.set}: its container ${dropped.container.name} is left out, SidecarSet ${kept.set} has one of that name`;

const isOwn = (container: Container | undefined): boolean => container !== undefined && !isInjected(container);

const replaceWarning = ({ set, container }: Replacement): string =>
  `SidecarSet ${set}: its container ${container} replaces the pod's own container of that name`;
