/** Everything that is wrong with a StatefulSet. Its pods are the apiserver's to judge, except where the set depends on it. */

import type { PersistentVolumeClaim, PodTemplate } from '../../api/kubernetes.ts';
import { wrongWithLabelKey, wrongWithLabelValue } from '../../api/labelSyntax.ts';
import { entryOf, invalid, type Problem, required, under } from '../../api/problem.ts';
import { normaliseStatefulSet, type RollingUpdate, type StatefulSetSpec } from '../../api/statefulset.ts';
import type { KubeObject } from '../../kube/contract.ts';
import { differenceBetween } from '../../workloads/inplace/change.ts';

/** @param before the object that is replaced, if there is one */
export const problemsIn = (object: KubeObject, before?: KubeObject): readonly Problem[] => {
  const { spec, problems } = normaliseStatefulSet(object);
  if (spec === undefined) return problems;
  const earlier = before === undefined ? undefined : normaliseStatefulSet(before).spec;
  return [
    ...ordinalProblems(spec),
    ...templateProblems(spec),
    ...claimProblems(spec.volumeClaimTemplates ?? []),
    ...strategyProblems(spec),
    ...(earlier === undefined ? [] : inPlaceOnlyProblems(spec, earlier)),
  ];
};

/** Names of pods with a negative ordinal would be those of another set. */
const ordinalProblems = ({ ordinals }: StatefulSetSpec): readonly Problem[] =>
  ordinals.start < 0 ? [invalid('spec.ordinals.start', 'must be greater than or equal to 0')] : [];

// ── Template ────────────────────────────────────────────────────────────────────────────────────────────────────────

const templateProblems = ({ selector, template }: StatefulSetSpec): readonly Problem[] => {
  const path = 'spec.template';
  return [
    ...(selector.matches(template.metadata?.labels)
      ? []
      : [invalid(`${path}.metadata.labels`, '`selector` does not match template `labels`')]),
    ...syntaxProblems(template, `${path}.metadata`),
    ...podProblems(template, `${path}.spec`),
  ];
};

const syntaxProblems = ({ metadata }: PodTemplate, path: string): readonly Problem[] => [
  ...Object.entries(metadata?.labels ?? {}).flatMap(([key, value]) => {
    const field = entryOf(under(path, 'labels'), key);
    return [...said(field, wrongWithLabelKey(key)), ...said(field, wrongWithLabelValue(value))];
  }),
  ...Object.keys(metadata?.annotations ?? {}).flatMap(key =>
    said(entryOf(under(path, 'annotations'), key), wrongWithLabelKey(key.toLowerCase())),
  ),
];

const said = (field: string, what: string | undefined): readonly Problem[] =>
  what === undefined ? [] : [invalid(field, what)];

const podProblems = ({ spec }: PodTemplate, path: string): readonly Problem[] => {
  const policy = spec?.restartPolicy ?? '';
  return [
    ...(policy === '' || policy === 'Always'
      ? []
      : [
          {
            field: `${path}.restartPolicy`,
            message: 'supports only Always',
            reason: 'FieldValueNotSupported' as const,
          },
        ]),
    ...(spec?.activeDeadlineSeconds === undefined || spec.activeDeadlineSeconds === null
      ? []
      : [forbidden(`${path}.activeDeadlineSeconds`, 'activeDeadlineSeconds in StatefulSet is not supported')]),
  ];
};

// ── Claims ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A claim is named after its template; without a name a pod would silently go without it. */
const claimProblems = (templates: readonly PersistentVolumeClaim[]): readonly Problem[] =>
  templates.flatMap(({ metadata }, i): readonly Problem[] => {
    const field = `spec.volumeClaimTemplates[${i}].metadata.name`;
    const name = metadata?.name ?? '';
    if (name === '') return [required(field, 'must be given: claims and volumes are named after it')];
    const isTwice = templates.findIndex(other => other.metadata?.name === name) < i;
    return isTwice ? [{ field, message: `${name} is the name of an earlier one`, reason: 'FieldValueDuplicate' }] : [];
  });

// ── Update strategy ─────────────────────────────────────────────────────────────────────────────────────────────────

const strategyProblems = ({ updateStrategy }: StatefulSetSpec): readonly Problem[] => {
  if (updateStrategy.type === 'OnDelete') return [];
  const { unorderedUpdate } = updateStrategy.rollingUpdate;
  const path = 'spec.updateStrategy.rollingUpdate.unorderedUpdate.priorityStrategy';
  return unorderedUpdate?.priorityStrategy === undefined
    ? []
    : priorityProblems(unorderedUpdate.priorityStrategy, path);
};

type PriorityStrategy = NonNullable<NonNullable<RollingUpdate['unorderedUpdate']>['priorityStrategy']>;

const priorityProblems = (strategy: PriorityStrategy, path: string): readonly Problem[] => {
  const { orderPriority = [], weightPriority = [] } = strategy;
  return [
    ...(orderPriority.length > 0 && weightPriority.length > 0
      ? [invalid(path, 'only one of weightPriority and orderPriority can be used')]
      : []),
    ...weightPriority.flatMap(({ matchSelector }, i) =>
      matchSelector.isEmpty
        ? [required(`${path}.weightPriority[${i}].matchSelector`, 'selector can not be empty')]
        : [],
    ),
    ...orderPriority.flatMap(({ orderedKey }, i) =>
      orderedKey === '' ? [required(`${path}.orderPriority[${i}].orderedKey`, 'order key can not be empty')] : [],
    ),
  ];
};

/** What cannot be changed in place would never reach a pod. */
const inPlaceOnlyProblems = (spec: StatefulSetSpec, before: StatefulSetSpec): readonly Problem[] => {
  const { updateStrategy: s } = spec;
  if (s.type === 'OnDelete' || s.rollingUpdate.podUpdatePolicy !== 'InPlaceOnly') return [];
  const difference = differenceBetween(before.template, spec.template);
  return difference.is === 'inPlace'
    ? []
    : difference.fields.map(field =>
        forbidden(`spec.template.${field}`, 'currently only image update is allowed for InPlaceOnly'),
      );
};

const forbidden = (field: string, message: string): Problem => ({ field, message, reason: 'FieldValueForbidden' });
