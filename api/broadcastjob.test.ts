import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BroadcastJobSpec, normaliseBroadcastJob } from './broadcastjob.ts';
import type { StoredObject } from './stored.ts';

const template = { spec: { containers: [{ name: 'main', image: 'scan:1' }], restartPolicy: 'Never' } };

const stored = (spec: object, version = 'v1beta1'): StoredObject => ({
  apiVersion: `apps.kruise.io/${version}`,
  metadata: {},
  spec: { template, ...spec },
});
const specOf = (object: StoredObject): BroadcastJobSpec => {
  const { spec, problems } = normaliseBroadcastJob(object);
  assert.deepEqual(problems, []);
  assert.ok(spec);
  return spec;
};

describe('a BroadcastJob', () => {
  test('without any settings has the defaults of OpenKruise, the same in both versions', () => {
    for (const version of ['v1alpha1', 'v1beta1']) {
      assert.deepEqual(specOf(stored({}, version)), {
        template,
        parallelism: { is: 'int', value: 2147483647 },
        completionPolicy: { type: 'Always' },
        failurePolicy: { type: 'FailFast', restartLimit: 0 },
        paused: false,
      });
    }
  });

  test('takes empty policies as the defaults, and policies that nobody knows as OpenKruise does', () => {
    const types = (completion: string, failure: string) => {
      const spec = specOf(stored({ completionPolicy: { type: completion }, failurePolicy: { type: failure } }));
      return [spec.completionPolicy.type, spec.failurePolicy.type];
    };
    assert.deepEqual(types('', ''), ['Always', 'FailFast']);
    assert.deepEqual(types('Never', 'Pause'), ['Never', 'Pause']);
    assert.deepEqual(types('Sometimes', 'Explode'), ['Always', 'Continue']);
  });

  test('reads a parallelism without a percent sign as a percentage, as OpenKruise does', () => {
    assert.deepEqual(specOf(stored({ parallelism: '5' })).parallelism, { is: 'percent', value: 5 });
    assert.deepEqual(specOf(stored({ parallelism: '150%' })).parallelism, { is: 'percent', value: 150 });
    assert.deepEqual(specOf(stored({ parallelism: -2 })).parallelism, { is: 'int', value: -2 });
    const { spec, problems } = normaliseBroadcastJob(stored({ parallelism: 'abc' }));
    assert.equal(spec, undefined);
    assert.deepEqual(
      problems.map(p => p.field),
      ['spec.parallelism'],
    );
  });

  test('without a template has a problem, not an exception', () => {
    for (const spec of [undefined, null, 3, [], {}, { template: null }]) {
      assert.notDeepEqual(
        normaliseBroadcastJob({ apiVersion: '', metadata: {}, spec }).problems,
        [],
        JSON.stringify(spec),
      );
    }
  });

  test('has a status with conditions as OpenKruise writes them', () => {
    const conditions = [
      {
        type: 'Failed',
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: '2026-01-01T00:00:00Z',
        reason: 'Failed',
      },
    ];
    const { status } = normaliseBroadcastJob({ ...stored({}), status: { active: 0, phase: 'failed', conditions } });
    assert.equal(status.phase, 'failed');
    assert.equal(status.conditions?.[0]?.lastTransitionTime, '2026-01-01T00:00:00Z');
  });
});
