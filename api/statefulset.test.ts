import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { normaliseStatefulSet, type StatefulSetSpec } from './statefulset.ts';
import type { StoredObject } from './stored.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'web:1' }] } };

const stored = (spec: object, version = 'v1beta1'): StoredObject => ({
  apiVersion: `apps.kruise.io/${version}`,
  metadata: {},
  spec: { selector: { matchLabels: { app: 'web' } }, template, ...spec },
});
const specOf = (object: StoredObject): StatefulSetSpec => {
  const { spec, problems } = normaliseStatefulSet(object);
  assert.deepEqual(problems, []);
  assert.ok(spec);
  return spec;
};
const fieldsWrong = (spec: object) => normaliseStatefulSet(stored(spec)).problems.map(p => p.field);

const rollingDefaults = {
  partition: 0,
  maxUnavailable: { is: 'int', value: 1 },
  podUpdatePolicy: 'ReCreate',
  paused: false,
  minReadySeconds: 0,
};

describe('a StatefulSet', () => {
  test('without any settings has the defaults of OpenKruise, the same in both versions', () => {
    for (const version of ['v1alpha1', 'v1beta1']) {
      const { selector, template: kept, ...spec } = specOf(stored({}, version));
      assert.ok(selector.matches({ app: 'web' }));
      assert.deepEqual(kept, template);
      assert.deepEqual(spec, {
        replicas: 1,
        serviceName: '',
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: rollingDefaults },
        revisionHistoryLimit: 10,
        reserveOrdinals: [],
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        volumeClaimUpdateStrategy: { type: 'OnDelete' },
        ordinals: { start: 0 },
      });
    }
  });

  test('has settings of a rolling update only if it rolls', () => {
    assert.deepEqual(specOf(stored({ updateStrategy: { type: 'OnDelete' } })).updateStrategy, { type: 'OnDelete' });
    const partly = { rollingUpdate: { partition: 3, podUpdatePolicy: '' } };
    assert.deepEqual(specOf(stored({ updateStrategy: partly })).updateStrategy, {
      type: 'RollingUpdate',
      rollingUpdate: { ...rollingDefaults, partition: 3 },
    });
  });

  test('takes an unknown strategy for claims as OnDelete, because OpenKruise stores any', () => {
    assert.equal(
      specOf(stored({ volumeClaimUpdateStrategy: { type: 'Magic' } })).volumeClaimUpdateStrategy.type,
      'OnDelete',
    );
    assert.equal(specOf(stored({ volumeClaimUpdateStrategy: {} })).volumeClaimUpdateStrategy.type, 'OnDelete');
  });

  test('reads reserved ordinals as ranges, however long', () => {
    assert.deepEqual(specOf(stored({ reserveOrdinals: [1, '3-4', '0-2000000000'] })).reserveOrdinals, [
      { first: 1, last: 1 },
      { first: 3, last: 4 },
      { first: 0, last: 2_000_000_000 },
    ]);
    assert.deepEqual(fieldsWrong({ reserveOrdinals: [-1, '4', '4-2', ' 1-2', '1-2-3', 1.5] }), [
      'spec.reserveOrdinals[0]',
      'spec.reserveOrdinals[1]',
      'spec.reserveOrdinals[2]',
      'spec.reserveOrdinals[3]',
      'spec.reserveOrdinals[4]',
      'spec.reserveOrdinals[5]',
    ]);
  });

  test('that is invalid has problems with paths', () => {
    assert.deepEqual(
      fieldsWrong({
        replicas: -1,
        selector: {},
        template: { spec: 'x' },
        podManagementPolicy: 'Magic',
        updateStrategy: {
          rollingUpdate: { maxUnavailable: 'x', unorderedUpdate: { priorityStrategy: { weightPriority: [{}] } } },
        },
        volumeClaimTemplates: [{ spec: { resources: { requests: { storage: 'big' } } } }],
      }),
      [
        'spec.replicas',
        'spec.selector',
        'spec.template.spec',
        'spec.volumeClaimTemplates[0].spec.resources.requests[storage]',
        'spec.podManagementPolicy',
        'spec.updateStrategy.rollingUpdate.maxUnavailable',
        'spec.updateStrategy.rollingUpdate.unorderedUpdate.priorityStrategy.weightPriority[0].weight',
        'spec.updateStrategy.rollingUpdate.unorderedUpdate.priorityStrategy.weightPriority[0].matchSelector',
      ],
    );
  });

  test('keeps the template as it is, without defaults', () => {
    const own = { spec: { containers: [{ name: 'main', env: null, newer: true }], newer: { a: 1 } } };
    assert.deepEqual(specOf(stored({ template: own })).template, {
      spec: { containers: [{ name: 'main', newer: true }], newer: { a: 1 } },
    });
  });

  test('with conditions as Go writes them has a status', () => {
    const conditions = [{ type: 'FailedCreatePod', status: 'True', lastTransitionTime: null, message: 'm' }];
    const { status } = normaliseStatefulSet({ ...stored({}), status: { replicas: 3, conditions } });
    assert.deepEqual(status, { replicas: 3, conditions: [{ type: 'FailedCreatePod', status: 'True', message: 'm' }] });
  });

  test('is never an exception', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (spec, status) => {
        normaliseStatefulSet({ apiVersion: '', metadata: {}, spec, status });
        normaliseStatefulSet(stored({ template: spec, updateStrategy: status, reserveOrdinals: [spec] }));
      }),
    );
  });
});
