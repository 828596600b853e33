import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, Reader, Review, Verdict, Wire } from '../../kube/contract.ts';
import { broadcastJobWebhook } from './webhook.ts';

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'a' }] } };

const aJob = (spec: Wire, version = 'v1beta1'): KubeObject => ({
  apiVersion: `apps.kruise.io/${version}`,
  kind: 'BroadcastJob',
  metadata: { namespace: 'default', name: 'job' },
  spec: { template, ...spec },
});

const base = {
  uid: 'r',
  group: 'apps.kruise.io',
  version: 'v1beta1',
  plural: 'broadcastjobs',
  subresource: '',
  namespace: 'default',
  name: 'job',
  user: 'u',
  dryRun: false,
};
const reader: Reader = {
  get: () => undefined,
  list: () => [],
  by: () => [],
  claimOn: () => undefined,
  refusalOn: () => undefined,
};

const decide = (review: Review): Verdict => broadcastJobWebhook.decide(review, reader, 0);
const created = (spec: Wire, version?: string): Verdict =>
  decide({ ...base, operation: 'CREATE', object: aJob(spec, version) });
const updated = (from: Wire, to: Wire): Verdict =>
  decide({ ...base, operation: 'UPDATE', oldObject: aJob(from), object: aJob(to) });

const fieldsOf = (verdict: Verdict): readonly string[] =>
  verdict.is === 'refused' ? verdict.problems.map(problem => problem.field) : [];

const withPod = (spec: Wire, labels?: Wire): Wire => ({
  template: { metadata: { labels }, spec: { ...template.spec, ...spec } },
});

const refusals: readonly (readonly [says: string, spec: Wire, field: string])[] = [
  ['restartPolicy Always', withPod({ restartPolicy: 'Always' }), 'spec.template.spec.restartPolicy'],
  ['an absent restartPolicy', withPod({ restartPolicy: undefined }), 'spec.template.spec.restartPolicy'],
  ['a template without a spec', { template: {} }, 'spec.template.spec.restartPolicy'],
  ['no template', { template: undefined }, 'spec.template'],
  ['a reserved label', withPod({}, { 'broadcastjob-name': 'x' }), 'spec.template.metadata.labels[broadcastjob-name]'],
  [
    'the other reserved label',
    withPod({}, { 'broadcastjob-controller-uid': 'x' }),
    'spec.template.metadata.labels[broadcastjob-controller-uid]',
  ],
  [
    'a time to live of a job that never ends',
    { completionPolicy: { type: 'Never', ttlSecondsAfterFinished: 0 } },
    'spec.completionPolicy.ttlSecondsAfterFinished',
  ],
  [
    'a deadline of a job that never ends',
    { completionPolicy: { type: 'Never', activeDeadlineSeconds: 1 } },
    'spec.completionPolicy.activeDeadlineSeconds',
  ],
  ['an unknown completion policy', { completionPolicy: { type: 'Sometimes' } }, 'spec.completionPolicy.type'],
  ['an unknown failure policy', { failurePolicy: { type: 'failfast' } }, 'spec.failurePolicy.type'],
  ['a negative parallelism', { parallelism: -1 }, 'spec.parallelism'],
  ['a parallelism that is no number', { parallelism: 'abc' }, 'spec.parallelism'],
  ['a negative share', { parallelism: '-5%' }, 'spec.parallelism'],
  ['half a percent', { parallelism: '0.5%' }, 'spec.parallelism'],
  [
    'a negative deadline',
    { completionPolicy: { activeDeadlineSeconds: -1 } },
    'spec.completionPolicy.activeDeadlineSeconds',
  ],
  [
    'a negative time to live',
    { completionPolicy: { ttlSecondsAfterFinished: -1 } },
    'spec.completionPolicy.ttlSecondsAfterFinished',
  ],
  ['a negative restart limit', { failurePolicy: { restartLimit: -1 } }, 'spec.failurePolicy.restartLimit'],
  ['a restart limit beyond int32', { failurePolicy: { restartLimit: 2 ** 31 } }, 'spec.failurePolicy.restartLimit'],
];

for (const [says, spec, field] of refusals)
  test(`refuses ${says}, in both versions`, () => {
    assert.deepEqual(fieldsOf(created(spec)), [field]);
    assert.deepEqual(fieldsOf(created(spec, 'v1alpha1')), [field]);
  });

const accepted: readonly (readonly [says: string, spec: Wire])[] = [
  ['the least that there can be', {}],
  ['OnFailure', { ...withPod({ restartPolicy: 'OnFailure' }), failurePolicy: { restartLimit: 3 } }],
  ['Never ends', { completionPolicy: { type: 'Never' } }],
  ['every policy', { failurePolicy: { type: 'Pause', restartLimit: 0 }, completionPolicy: { type: 'Always' } }],
  ['a share beyond all', { parallelism: '150%' }],
  ['a deadline that fails it at once', { completionPolicy: { activeDeadlineSeconds: 0 } }],
  ['reserved labels that are empty', withPod({}, { 'broadcastjob-name': '' })],
  ['an empty policy type, as Go clients write it', { failurePolicy: { type: '' }, completionPolicy: { type: '' } }],
  ['keys of prototypes', withPod({}, { constructor: 'x', toString: 'y' })],
];

for (const [says, spec] of accepted)
  test(`accepts ${says} without a word`, () => {
    assert.deepEqual(created(spec), { is: 'allowed', patch: [], warnings: [] });
  });

test('reports all problems at once', () => {
  const spec = {
    ...withPod({ restartPolicy: 'Always' }, { 'broadcastjob-name': 'x' }),
    completionPolicy: { type: 'Never', ttlSecondsAfterFinished: 6, activeDeadlineSeconds: 7 },
    failurePolicy: { type: 'x' },
  };
  assert.deepEqual(fieldsOf(created(spec)), [
    'spec.completionPolicy.ttlSecondsAfterFinished',
    'spec.completionPolicy.activeDeadlineSeconds',
    'spec.failurePolicy.type',
    'spec.template.spec.restartPolicy',
    'spec.template.metadata.labels[broadcastjob-name]',
  ]);
});

test('a job that was stored with a mistake can be changed, with a warning, but not made worse', () => {
  const wrong = { failurePolicy: { type: 'x' } };
  assert.deepEqual(updated(wrong, { ...wrong, paused: true }), {
    is: 'allowed',
    patch: [],
    warnings: ['spec.failurePolicy.type: must be one of FailFast, Continue, Pause'],
  });
  assert.deepEqual(fieldsOf(updated(wrong, { ...wrong, parallelism: 'abc' })), ['spec.parallelism']);
});

test('warns where an accepted job will surprise', () => {
  const warningsOf = (verdict: Verdict): string => verdict.warnings.join('; ');
  assert.match(warningsOf(created({ parallelism: '5' })), /"5" is read as 5% of the nodes/);
  assert.match(warningsOf(created({ parallelism: '0%' })), /starts no pod/);
  assert.match(warningsOf(created(withPod({ restartPolicy: 'OnFailure' }))), /FailFast then ends the job/);
  assert.match(warningsOf(updated({}, withPod({ priority: 5 }))), /only pods that are created from now on/);
  assert.equal(warningsOf(updated({}, { paused: true })), '');
});

test('odd objects are refused, never an exception', () => {
  for (const spec of [null, 5, 'x', [], { template: [] }, { template: { spec: { containers: 5 } } }]) {
    const object = { ...aJob({}), spec };
    const verdict = decide({ ...base, operation: 'CREATE', object });
    assert.equal(verdict.is, 'refused', JSON.stringify(spec));
  }
});
