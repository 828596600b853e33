/** Revisions of the template: made before any pod names them, found again after a rollback, removed when nobody needs them. */

import type { PodTemplate } from '../../api/kubernetes.ts';
import { labels } from '../../api/names.ts';
import { type Action, targetOf } from '../../kube/contract.ts';
import type { RevisionView } from '../../workloads/resources.ts';
import { ControllerRevisions } from '../../workloads/resources.ts';
import { freeName, inOrder, revisionOf, surplus } from '../../workloads/revisions/history.ts';
import { dataOf, templateIn } from '../../workloads/revisions/template.ts';
import { ownedBy } from '../../workloads/statefulsets.ts';
import type { Scene } from './observe.ts';

export interface History {
  /** Name of the revision of the last completed rollout. */
  readonly current: string;
  /** Name of the revision of the template; it may not be in the store yet. */
  readonly update: string;
  /** Templates of the stored revisions, by name: what pods may be made of. */
  readonly templates: ReadonlyMap<string, PodTemplate>;
  readonly collisions: number;
  readonly actions: readonly Action[];
}

export const historyOf = (scene: Scene): History => {
  const { set, spec, revisions, revisionNames } = scene;
  const found = revisionOf(spec.template, revisions);
  const stored = set.status.collisionCount ?? 0;
  const named =
    found === undefined
      ? freeName(set.name, spec.template, stored, name => revisionNames.has(name))
      : { name: found.name, collisions: stored };
  const current = set.status.currentRevision;
  return {
    update: named.name,
    current: current !== undefined && revisions.some(({ name }) => name === current) ? current : named.name,
    templates: templatesOf(revisions),
    collisions: named.collisions,
    actions: [...actionsFor(scene, found, named.name), ...truncation(scene, named.name)],
  };
};

const templatesOf = (revisions: readonly RevisionView[]): ReadonlyMap<string, PodTemplate> =>
  new Map(
    revisions.flatMap(({ name, data }) => {
      const template = templateIn(data);
      return template === undefined ? [] : [[name, template] as const];
    }),
  );

/** At most one write for each revision. */
const actionsFor = (scene: Scene, found: RevisionView | undefined, name: string): readonly Action[] => {
  const newest = inOrder(scene.revisions).at(-1);
  const next = (newest?.revision ?? 0) + 1;
  if (found === undefined) return [creation(scene, name, next), ...adoptions(scene, undefined)];
  return found === newest ? adoptions(scene, undefined) : [bump(scene, found, next), ...adoptions(scene, found)];
};

const creation = ({ set, spec }: Scene, name: string, revision: number): Action => ({
  do: 'create',
  resource: ControllerRevisions,
  object: {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace: set.namespace,
      labels: { ...spec.template.metadata?.labels, [labels.revisionHash]: name.slice(name.lastIndexOf('-') + 1) },
      annotations: set.annotations,
      ownerReferences: [ownedBy(set)],
    },
    data: dataOf(spec.template),
    revision,
  },
  why: `revision ${revision} of the template`,
});

/** A template that was wanted before is the newest again: its revision keeps its name and moves to the end. */
const bump = (scene: Scene, found: RevisionView, revision: number): Action => ({
  do: 'patch',
  target: targetOf(ControllerRevisions, found),
  part: 'object',
  guard: 'uid and version',
  patch: {
    as: 'strategic',
    body: { revision, ...(found.owner === undefined ? { metadata: { ownerReferences: [ownedBy(scene.set)] } } : {}) },
  },
  why: `the template of revision ${found.revision} is wanted again`,
});

const adoptions = ({ set, revisions }: Scene, except: RevisionView | undefined): readonly Action[] =>
  revisions
    .filter(revision => revision.owner === undefined && revision !== except)
    .map(revision => ({
      do: 'patch',
      target: targetOf(ControllerRevisions, revision),
      part: 'object',
      guard: 'uid and version',
      patch: { as: 'strategic', body: { metadata: { ownerReferences: [ownedBy(set)] } } }, // merged by uid
      why: 'a revision of nobody that the selector matches',
    }));

const truncation = (scene: Scene, update: string): readonly Action[] => {
  const { set, spec, live, condemned, revisions } = scene;
  const named = [...live, ...condemned].map(({ pod }) => pod.labels[labels.revision] ?? '');
  const used = new Set([update, set.status.currentRevision ?? '', set.status.updateRevision ?? '', ...named]);
  const ours = revisions.filter(({ owner }) => owner !== undefined);
  return surplus(ours, used, spec.revisionHistoryLimit).map(revision => ({
    do: 'delete',
    target: targetOf(ControllerRevisions, revision),
    why: `unused, and more than ${spec.revisionHistoryLimit} are kept`,
  }));
};
