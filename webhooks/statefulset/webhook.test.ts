import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { KubeObject, Reader, Review, Verdict, Wire } from '../../kube/contract.ts';
import { aStatefulSet, type SetOptions } from '../../test/support/statefulsets.ts';
import { statefulSetWebhook } from './webhook.ts';

const nobody: Reader = {
  get: () => undefined,
  list: () => [],
  by: () => [],
  claimOn: () => undefined,
  refusalOn: () => undefined,
};

const about = {
  uid: 'r',
  group: 'apps.kruise.io',
  version: 'v1beta1',
  plural: 'statefulsets',
  subresource: '',
  namespace: 'default',
  name: 'web',
  user: 'alice',
  dryRun: false,
};

const decide = (review: Review): Verdict => statefulSetWebhook.decide(review, nobody, 0);
const create = (object: KubeObject): Verdict => decide({ ...about, operation: 'CREATE', object });
const update = (oldObject: KubeObject, object: KubeObject): Verdict =>
  decide({ ...about, operation: 'UPDATE', object, oldObject });

const fieldsOf = (verdict: Verdict): readonly string[] =>
  verdict.is === 'refused' ? verdict.problems.map(({ field }) => field) : [];

const warningsOf = (verdict: Verdict): readonly string[] => verdict.warnings;

const withRolling = (rolling: Wire): SetOptions => ({ rolling });
const selector = { matchLabels: { app: 'web' } };

describe('A StatefulSet is refused', () => {
  const cases: readonly (readonly [string, SetOptions, readonly string[]])[] = [
    [
      'whose selector misses its own pods',
      { podMetadata: { labels: { app: 'other' } } },
      ['spec.template.metadata.labels'],
    ],
    ['with pods that end', { pod: { restartPolicy: 'OnFailure' } }, ['spec.template.spec.restartPolicy']],
    ['with a deadline', { pod: { activeDeadlineSeconds: 5 } }, ['spec.template.spec.activeDeadlineSeconds']],
    ['that begins below zero', { spec: { ordinals: { start: -1 } } }, ['spec.ordinals.start']],
    [
      'with a claim template without a name',
      { spec: { volumeClaimTemplates: [{ spec: {} }] } },
      ['spec.volumeClaimTemplates[0].metadata.name'],
    ],
    [
      'with two claim templates of one name',
      { spec: { volumeClaimTemplates: [{ metadata: { name: 'a' } }, { metadata: { name: 'a' } }] } },
      ['spec.volumeClaimTemplates[1].metadata.name'],
    ],
    [
      'with a label that is none',
      { podMetadata: { labels: { app: 'web', 'a b': 'c' } } },
      ['spec.template.metadata.labels[a b]'],
    ],
    [
      'with an annotation that is none',
      { podMetadata: { labels: { app: 'web' }, annotations: { '-': 'c' } } },
      ['spec.template.metadata.annotations[-]'],
    ],
    [
      'with two kinds of priority',
      withRolling({
        unorderedUpdate: {
          priorityStrategy: {
            orderPriority: [{ orderedKey: 'a' }],
            weightPriority: [{ weight: 1, matchSelector: selector }],
          },
        },
      }),
      ['spec.updateStrategy.rollingUpdate.unorderedUpdate.priorityStrategy'],
    ],
    [
      'with a weight for everything',
      withRolling({ unorderedUpdate: { priorityStrategy: { weightPriority: [{ weight: 1, matchSelector: {} }] } } }),
      ['spec.updateStrategy.rollingUpdate.unorderedUpdate.priorityStrategy.weightPriority[0].matchSelector'],
    ],
    ['with a number that is none', { spec: { replicas: 'many' } }, ['spec.replicas']],
    [
      'with a reserved range that ends before it begins',
      { spec: { reserveOrdinals: ['5-3'] } },
      ['spec.reserveOrdinals[0]'],
    ],
  ];
  for (const [what, options, fields] of cases)
    it(what, () => assert.deepEqual(fieldsOf(create(aStatefulSet(options))), fields));

  it('for everything that is wrong with it, at once', () => {
    const verdict = create(
      aStatefulSet({ pod: { restartPolicy: 'Never', activeDeadlineSeconds: 1 }, spec: { ordinals: { start: -3 } } }),
    );
    assert.equal(fieldsOf(verdict).length, 3);
  });

  it('when InPlaceOnly could never bring the change to a pod', () => {
    const before = aStatefulSet({ policy: 'InPlaceOnly' });
    const after = aStatefulSet({ policy: 'InPlaceOnly', image: 'app:v2', pod: { hostNetwork: true } });
    assert.deepEqual(fieldsOf(update(before, after)), ['spec.template.spec.hostNetwork']);
    assert.equal(update(before, aStatefulSet({ policy: 'InPlaceOnly', image: 'app:v2' })).is, 'allowed');
  });
});

describe('A StatefulSet is accepted', () => {
  it('as it is, without a patch', () => {
    assert.deepEqual(create(aStatefulSet()), { is: 'allowed', patch: [], warnings: [] });
  });

  it('in place without a readiness gate in its template: pods get it when they are made', () => {
    assert.equal(create(aStatefulSet({ policy: 'InPlaceOnly' })).is, 'allowed');
  });

  it('with an old mistake, if nothing new is wrong; and reminded of it', () => {
    const broken = { spec: { ordinals: { start: -1 } } };
    const verdict = update(aStatefulSet(broken), aStatefulSet({ ...broken, image: 'app:v2' }));
    assert.equal(verdict.is, 'allowed');
    assert.deepEqual(warningsOf(verdict), ['spec.ordinals.start: must be greater than or equal to 0']);
  });

  it('with a warning when pods will be recreated', () => {
    const verdict = update(aStatefulSet(), aStatefulSet({ pod: { volumes: [{ name: 'v' }] } }));
    assert.deepEqual(warningsOf(verdict), [
      'spec.template.spec.volumes changed: 3 pods will be recreated, not updated in place',
    ]);
  });

  it('with a warning for what this version accepts and does not do', () => {
    const fields = {
      lifecycle: { preDelete: { labelsHandler: { a: 'b' } } },
      scaleStrategy: { maxUnavailable: 2 },
      persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' },
      volumeClaimUpdateStrategy: { type: 'OnPodRollingUpdate' },
    };
    const priorityStrategy = { orderPriority: [{ orderedKey: 'x' }] };
    const set = aStatefulSet({ spec: fields, rolling: { unorderedUpdate: { priorityStrategy } } });
    assert.deepEqual(
      warningsOf(create(set)).map(text => text.split(' ')[0]),
      [
        'spec.lifecycle.preDelete:',
        'spec.scaleStrategy.maxUnavailable:',
        'spec.updateStrategy.rollingUpdate.unorderedUpdate:',
        'spec.persistentVolumeClaimRetentionPolicy.whenScaled:',
        'spec.volumeClaimUpdateStrategy.type:',
      ],
    );
    const retained = { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' } };
    assert.deepEqual(warningsOf(create(aStatefulSet({ spec: retained }))), []);
  });

  it('with a warning when only a pull policy changes', () => {
    const container = { name: 'main', image: 'app:v1', imagePullPolicy: 'Always' };
    assert.equal(warningsOf(update(aStatefulSet(), aStatefulSet({ pod: { containers: [container] } }))).length, 1);
  });

  it('on deletion, and on subresources', () => {
    assert.equal(decide({ ...about, operation: 'DELETE', oldObject: aStatefulSet() }).is, 'allowed');
    assert.equal(
      decide({ ...about, subresource: 'status', operation: 'CREATE', object: aStatefulSet({ spec: { replicas: -1 } }) })
        .is,
      'allowed',
    );
  });
});

it('Nothing throws, whatever a set looks like', () => {
  const any = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.record({ template: fc.jsonValue(), selector: fc.constant(selector) }),
  );
  fc.assert(
    fc.property(any, spec => {
      const odd = { ...aStatefulSet(), spec } as KubeObject;
      create(odd);
      update(odd, aStatefulSet());
      update(aStatefulSet(), odd);
    }),
  );
});
