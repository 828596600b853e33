/** Keeps the set's recorded revisions: one for its spec, and as many old ones as it wants. */

import { labels } from '../../api/names.ts';
import { type Action, pointer, targetOf } from '../../kube/contract.ts';
import { ControllerRevisions, type RevisionView } from '../../workloads/resources.ts';
import {
  carriedRevision,
  newRevision,
  nextNumber,
  revisionOf,
  surplusRevisions,
} from '../../workloads/sidecars/history.ts';
import type { Mark } from '../../workloads/sidecars/marks.ts';
import { pinnedRevision, versionLabel } from '../../workloads/sidecars/revision.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import type { World } from './observe.ts';

export interface History {
  /** Undefined until it is in the store: only then may pods name it. */
  readonly current: RevisionView | undefined;
  readonly collisions: number;
  readonly actions: readonly Action[];
}

/** @param marks one for each revision that pods carry */
export const historyOf = (world: World, set: UsableSidecarSet, marks: readonly Mark[]): History => {
  const { view, revisions, namespace, isTaken } = world;
  const known = view.status.collisionCount ?? 0;
  const current = revisionOf(set, revisions);
  if (current !== undefined) return { current, collisions: known, actions: upkeep(world, set, current, marks) };
  const { object, name, collisions } = newRevision(view, set, revisions, { namespace, collisions: known, isTaken });
  const why = `record revision ${name} of SidecarSet ${view.name}`;
  return { current, collisions, actions: [{ do: 'create', resource: ControllerRevisions, object, why }] };
};

/** At most one write for each revision: the current one is renewed, surplus ones go. */
const upkeep = (
  { view, revisions }: World,
  set: UsableSidecarSet,
  current: RevisionView,
  marks: readonly Mark[],
): readonly Action[] => {
  const inUse = new Set([
    current.name,
    ...marks.flatMap(mark => carriedRevision(mark, revisions)?.name ?? []),
    ...pinnedBy(set, view.name, revisions),
  ]);
  const surplus = surplusRevisions(revisions, inUse, set.spec.revisionHistoryLimit);
  return [
    ...renewal(current, set, revisions),
    ...surplus.map(
      (revision): Action => ({
        do: 'delete',
        target: targetOf(ControllerRevisions, revision),
        why: `revision ${revision.name} of SidecarSet ${view.name} is beyond its history limit`,
      }),
    ),
  ];
};

const pinnedBy = ({ spec }: UsableSidecarSet, name: string, revisions: readonly RevisionView[]): readonly string[] => {
  const pin = spec.injectionStrategy.revision;
  const revision = pin && pinnedRevision(name, pin, revisions);
  return revision === undefined ? [] : [revision.name];
};

/** An old spec that is wanted again becomes the newest revision, and the custom version of the set names it. */
const renewal = (
  current: RevisionView,
  { spec }: UsableSidecarSet,
  revisions: readonly RevisionView[],
): readonly Action[] => {
  const isNewest = revisions.every(r => r.revision <= current.revision);
  const version = versionLabel(spec);
  const isNamed = version === undefined || current.labels[labels.sidecarSetCustomVersion] === version;
  if (isNewest && isNamed) return [];
  const named = {
    op: 'add',
    path: pointer('metadata', 'labels', labels.sidecarSetCustomVersion),
    value: version,
  } as const;
  const newest = { op: 'replace', path: '/revision', value: nextNumber(revisions) } as const;
  return [
    {
      do: 'patch',
      target: targetOf(ControllerRevisions, current),
      part: 'object',
      guard: 'uid and version',
      patch: { as: 'json', ops: [...(isNewest ? [] : [newest]), ...(isNamed ? [] : [named])] },
      why: `revision ${current.name} is the current one`,
    },
  ];
};
