/** Area E: what revisions the controller keeps while a SidecarSet is written again and again. */

import { wrongWithLabelValue } from '../../api/labelSyntax.ts';
import { labels } from '../../api/names.ts';
import { sidecarSets } from '../../controllers/sidecarset/controller.ts';
import type { Action, KubeObject } from '../../kube/contract.ts';
import { ControllerRevisions } from '../../workloads/resources.ts';
import { canonicalTemplate, differences } from '../../workloads/revisions/canonical.ts';
import { recordedMembers, recordedSpec } from '../../workloads/sidecars/revision.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { Cluster } from '../support/cluster/cluster.ts';
import type { RecordedCase, RecordedRevision, RevisionsAnswer, RevisionsRequest, RevisionsStep } from './cases.ts';

export type RevisionsCase = RecordedCase<RevisionsRequest, RevisionsAnswer>;

const controller = sidecarSets({
  namespace: 'kruise-system',
  secretName: 's',
  mutatingConfiguration: 'm',
  validatingConfiguration: 'v',
});

export const revisionDifferences = ({ given, request, answer }: RevisionsCase): readonly string[] => {
  const cluster = new Cluster(controller);
  for (const revision of given.controllerRevisions ?? []) cluster.apply(ControllerRevisions, revision);
  return request.sequence.flatMap(({ object }, i) => {
    cluster.apply(SidecarSets, object);
    settle(cluster, object.metadata.name ?? '');
    const step = answer.steps[i];
    const found = stepIn(cluster, object.metadata.name ?? '');
    return step === undefined ? [] : differences(meaningOf(step), meaningOf(found), `steps[${i}]`);
  });
};

/** Without pods, nothing has to be waited for. */
const settle = (cluster: Cluster, key: string): void => {
  const { log } = cluster.objects;
  for (let pass = 0; pass < 20; pass += 1) {
    cluster.seeAll();
    const before = log.length;
    cluster.pass(key, isRefused);
    if (log.length === before) return;
  }
  throw new Error(`${key} is not at rest after 20 passes`);
};

/** An apiserver takes no object whose labels are none. */
const isRefused = (action: Action): boolean =>
  action.do === 'create' &&
  Object.values(action.object.metadata.labels ?? {}).some(value => wrongWithLabelValue(value) !== undefined);

const stepIn = ({ objects }: Cluster, set: string): RevisionsStep => {
  const status = objects.get(SidecarSets, set)?.['status'] as RevisionsStep['status'];
  return { status, controllerRevisions: objects.list(ControllerRevisions).map(revisionOf) };
};

const revisionOf = ({ metadata, ...rest }: KubeObject): RecordedRevision => ({
  name: metadata.name ?? '',
  revision: rest['revision'] as number,
  ...(metadata.labels && { labels: metadata.labels }),
  ...(metadata.annotations && { annotations: metadata.annotations }),
  data: JSON.stringify(rest['data']),
});

/** Names and what they are made of may differ. */
const meaningOf = ({ status, controllerRevisions }: RevisionsStep): unknown => ({
  latest: controllerRevisions.find(({ name }) => name === status.latestRevision)?.revision,
  revisions: controllerRevisions
    .toSorted((a, b) => a.revision - b.revision)
    .map(({ revision, labels: all, annotations, data }) => ({
      revision,
      ...{ annotations: sorted(annotations), data: dataOf(data) },
      labels: sorted(all).filter(([key]) => key !== labels.revisionHash),
    })),
});

const sorted = (map: Readonly<Record<string, string>> | null | undefined): readonly (readonly [string, string])[] =>
  Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

/** What is no revision of ours is compared as it stands. */
const dataOf = (json: string): unknown => {
  const data: unknown = JSON.parse(json);
  const spec = recordedSpec(data);
  return spec === undefined
    ? data
    : canonicalTemplate({ spec: Object.fromEntries(recordedMembers.map(member => [member, spec[member]])) });
};
