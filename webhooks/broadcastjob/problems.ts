/** Everything that is wrong with a BroadcastJob. Its template is the apiserver's to judge, except where a job depends on it. */

import { normaliseBroadcastJob } from '../../api/broadcastjob.ts';
import { isObject } from '../../api/json.ts';
import type { PodTemplate } from '../../api/kubernetes.ts';
import { labels } from '../../api/names.ts';
import { invalid, type Problem, required, under } from '../../api/problem.ts';
import type { KubeObject } from '../../kube/contract.ts';

type Raw = { readonly [key: string]: unknown };

/** Policies and numbers are judged as they were written: reading them forgives what OpenKruise forgave. */
export const problemsIn = (object: KubeObject): readonly Problem[] => {
  const spec = member(object, 'spec');
  const { spec: readable, problems } = normaliseBroadcastJob(object);
  return [
    ...problems,
    ...completionProblems(member(spec, 'completionPolicy')),
    ...failureProblems(member(spec, 'failurePolicy')),
    ...notNegative(spec, 'parallelism', 'spec'),
    ...(readable === undefined ? [] : templateProblems(readable.template)),
  ];
};

const member = (parent: Raw, name: string): Raw => {
  const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
  return isObject(value) ? value : {};
};

const completionProblems = (policy: Raw): readonly Problem[] => {
  const path = 'spec.completionPolicy';
  const times = ['ttlSecondsAfterFinished', 'activeDeadlineSeconds'];
  return [
    ...oneOf(policy['type'], under(path, 'type'), ['Always', 'Never']),
    // The schema says so too, but the CRD that is installed may be an older one.
    ...(policy['type'] === 'Never'
      ? times.filter(name => isGiven(policy[name])).map(name => notWithNever(path, name))
      : []),
    ...times.flatMap(name => notNegative(policy, name, path)),
  ];
};

const notWithNever = (path: string, name: string): Problem => ({
  field: under(path, name),
  message: `${name} can only work with Always CompletionPolicyType`,
  reason: 'FieldValueForbidden',
});

const failureProblems = (policy: Raw): readonly Problem[] => [
  ...oneOf(policy['type'], 'spec.failurePolicy.type', ['FailFast', 'Continue', 'Pause']),
  ...notNegative(policy, 'restartLimit', 'spec.failurePolicy'),
];

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** Empty counts as absent, as everywhere. What is no text is reported by the reader. */
const oneOf = (value: unknown, field: string, known: readonly string[]): readonly Problem[] =>
  typeof value !== 'string' || value === '' || known.includes(value)
    ? []
    : [{ field, message: `must be one of ${known.join(', ')}`, reason: 'FieldValueNotSupported' }];

const notNegative = (parent: Raw, name: string, path: string): readonly Problem[] => {
  const value = parent[name];
  return typeof value === 'number' && value < 0 ? [invalid(under(path, name), 'must not be negative')] : [];
};

const reserved = [labels.broadcastJobName, labels.broadcastJobUid] as const;

const templateProblems = ({ metadata, spec }: PodTemplate): readonly Problem[] => [
  ...restartProblems(spec?.restartPolicy),
  ...reserved
    .filter(label => metadata?.labels?.[label])
    .map(
      (label): Problem => ({
        field: `spec.template.metadata.labels[${label}]`,
        message: 'is set by the controller',
        reason: 'FieldValueForbidden',
      }),
    ),
];

const restartProblems = (policy: string | undefined): readonly Problem[] => {
  const field = 'spec.template.spec.restartPolicy';
  if (policy === 'Never' || policy === 'OnFailure') return [];
  return policy === undefined || policy === ''
    ? [required(field, 'must be Never or OnFailure: pods are restarted for ever by default')]
    : [invalid(field, 'must be Never or OnFailure')];
};
