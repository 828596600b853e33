/** What a set does that its author may not expect. */

import { normaliseStatefulSet, type StatefulSetSpec } from '../../api/statefulset.ts';
import type { Review } from '../../kube/contract.ts';
import { differenceBetween } from '../../workloads/inplace/change.ts';
import { sameTemplate } from '../../workloads/revisions/canonical.ts';

export const warningsAbout = (review: Review): readonly string[] => {
  const after = review.operation === 'DELETE' ? undefined : normaliseStatefulSet(review.object).spec;
  if (after === undefined) return [];
  const before = review.operation === 'UPDATE' ? normaliseStatefulSet(review.oldObject).spec : undefined;
  return [
    ...aboutHistory(after),
    ...notYet(after).map(field => `${field}: is accepted, but this version of Berth does not act on it yet`),
    ...(before === undefined ? [] : [...aboutRecreation(before, after), ...aboutPulling(before, after)]),
  ];
};

const aboutHistory = ({ revisionHistoryLimit }: StatefulSetSpec): readonly string[] =>
  revisionHistoryLimit < 0 ? [`spec.revisionHistoryLimit: ${revisionHistoryLimit} is read as 0`] : [];

/** The same list stands in docs/compatibility.md. */
const notYet = ({ lifecycle, scaleStrategy, updateStrategy: s, ...spec }: StatefulSetSpec): readonly string[] => {
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  return [
    ...Object.keys(lifecycle ?? {}).map(moment => `spec.lifecycle.${moment}`),
    ...(scaleStrategy?.maxUnavailable === undefined ? [] : ['spec.scaleStrategy.maxUnavailable']),
    ...(s.type === 'RollingUpdate' && s.rollingUpdate.unorderedUpdate !== undefined
      ? ['spec.updateStrategy.rollingUpdate.unorderedUpdate']
      : []),
    ...(['whenDeleted', 'whenScaled'] as const)
      .filter(when => retention[when] === 'Delete')
      .map(when => `spec.persistentVolumeClaimRetentionPolicy.${when}`),
    ...(spec.volumeClaimUpdateStrategy.type === 'OnDelete' ? [] : ['spec.volumeClaimUpdateStrategy.type']),
  ];
};

const aboutRecreation = (before: StatefulSetSpec, after: StatefulSetSpec): readonly string[] => {
  const { updateStrategy: s } = after;
  if (s.type === 'OnDelete' || s.rollingUpdate.podUpdatePolicy !== 'InPlaceIfPossible') return [];
  const difference = differenceBetween(before.template, after.template);
  const pods = Math.max(0, after.replicas - s.rollingUpdate.partition);
  return difference.is === 'inPlace' || pods === 0
    ? []
    : difference.fields.map(
        field => `spec.template.${field} changed: ${pods} pods will be recreated, not updated in place`,
      );
};

/** No pod is touched for the sake of a pull policy. */
const aboutPulling = (before: StatefulSetSpec, after: StatefulSetSpec): readonly string[] => {
  const policies = ({ template }: StatefulSetSpec): string =>
    JSON.stringify((template.spec?.containers ?? []).map(c => [c.name, c.imagePullPolicy ?? '']));
  return sameTemplate(before.template, after.template) && policies(before) !== policies(after)
    ? ['spec.template: a change of imagePullPolicy alone changes no pod; the next revision will have it']
    : [];
};
