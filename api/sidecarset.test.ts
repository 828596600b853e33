import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { normaliseSidecarSet, type SidecarSetSpec, sidecarSetSpecInV1beta1 } from './sidecarset.ts';
import type { StoredObject } from './stored.ts';

const label = 'apps.kruise.io/sidecarset-custom-version';
const selector = { matchLabels: { app: 'web' } };
const containers = [{ name: 'agent', image: 'agent:1' }];

const stored = (spec: object, { version = 'v1beta1', labels = {} } = {}): StoredObject => ({
  apiVersion: `apps.kruise.io/${version}`,
  metadata: { labels },
  spec: { selector, containers, ...spec },
});
const specOf = (object: StoredObject): SidecarSetSpec => {
  const { spec, problems } = normaliseSidecarSet(object);
  assert.deepEqual(problems, []);
  assert.ok(spec);
  return spec;
};
const fieldsWrong = (object: StoredObject) => normaliseSidecarSet(object).problems.map(p => p.field);

describe('a SidecarSet', () => {
  test('without any settings has the defaults of OpenKruise', () => {
    const { selector: matcher, ...spec } = specOf(stored({ initContainers: [{ name: 'prep' }] }));
    assert.ok(matcher.matches({ app: 'web' }));
    const ours = { upgradeStrategy: { upgradeType: 'ColdUpgrade' }, shareVolumePolicy: { type: 'disabled' } };
    assert.deepEqual(spec, {
      containers: [{ name: 'agent', image: 'agent:1', podInjectPolicy: 'BeforeAppContainer', ...ours }],
      initContainers: [{ name: 'prep', podInjectPolicy: 'AfterAppContainer', ...ours }],
      updateStrategy: {
        type: 'RollingUpdate',
        paused: false,
        partition: { is: 'int', value: 0 },
        maxUnavailable: { is: 'int', value: 1 },
      },
      injectionStrategy: { paused: false },
      revisionHistoryLimit: 10,
    });
  });

  test('keeps all fields of its containers, also those that nobody knows yet', () => {
    const agent = { name: 'agent', image: 'agent:1', command: [], newer: { a: null, b: 1 }, podInjectPolicy: '' };
    const [container] = specOf(stored({ containers: [agent] })).containers ?? [];
    assert.deepEqual(container, {
      name: 'agent',
      image: 'agent:1',
      command: [],
      newer: { b: 1 },
      podInjectPolicy: 'BeforeAppContainer',
      upgradeStrategy: { upgradeType: 'ColdUpgrade' },
      shareVolumePolicy: { type: 'disabled' },
    });
  });

  test('with a regex that is empty looks at all containers', () => {
    const policy = {
      targetContainersMode: 'sum',
      targetContainersNameRegex: '',
      resourcesExpr: { limits: { cpu: 'cpu' } },
    };
    const [container] = specOf(stored({ containers: [{ name: 'agent', resourcesPolicy: policy }] })).containers ?? [];
    assert.equal(container?.resourcesPolicy?.targetContainersNameRegex, '.*');
  });

  test('of an unknown strategy type rolls, as in OpenKruise', () => {
    assert.equal(specOf(stored({ updateStrategy: { type: 'Sometimes' } })).updateStrategy.type, 'RollingUpdate');
  });

  test('under NotUpdate ignores what nobody validated there, and keeps what can be read', () => {
    const updateStrategy = {
      type: 'NotUpdate',
      paused: true,
      partition: -1,
      maxUnavailable: 'abc',
      selector: { matchLabels: 3 },
    };
    assert.deepEqual(specOf(stored({ updateStrategy })).updateStrategy, {
      type: 'NotUpdate',
      paused: true,
      partition: { is: 'int', value: 0 },
      maxUnavailable: { is: 'int', value: 1 },
    });
    assert.deepEqual(fieldsWrong(stored({ updateStrategy: { ...updateStrategy, type: 'RollingUpdate' } })), [
      'spec.updateStrategy.selector.matchLabels',
      'spec.updateStrategy.partition',
      'spec.updateStrategy.maxUnavailable',
    ]);
  });
});

describe('both versions of a SidecarSet', () => {
  test('in one namespace mean that namespace, in whichever version they are read', () => {
    for (const version of ['v1alpha1', 'v1beta1']) {
      const spec = specOf(stored({ namespace: 'shop', namespaceSelector: { matchLabels: { a: 'b' } } }, { version }));
      assert.deepEqual(spec.namespaceSelector?.source, { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } });
      assert.ok(!('namespace' in spec));
    }
  });

  test('in a namespace that is no name are never read as "all namespaces"', () => {
    assert.deepEqual(fieldsWrong(stored({ namespace: 7 })), ['spec.namespace']);
    assert.deepEqual(fieldsWrong(stored({ namespace: 'Not/aName' })), [
      'spec.namespaceSelector.matchLabels[kubernetes.io/metadata.name]',
    ]);
    assert.deepEqual(fieldsWrong(stored({ namespaceSelector: {} })), ['spec.namespaceSelector']);
  });

  test('take the custom version from the label in v1alpha1, from the field in v1beta1', () => {
    const both = (version: string) =>
      specOf(stored({ customVersion: 'field' }, { version, labels: { [label]: 'label' } }));
    assert.equal(both('v1alpha1').customVersion, 'label');
    assert.equal(both('v1beta1').customVersion, 'field');
    assert.equal('customVersion' in specOf(stored({}, { version: 'v1alpha1', labels: { [label]: '' } })), false);
  });

  test('stored with the label alone keep their custom version when they are read as v1beta1', () => {
    assert.equal(specOf(stored({}, { labels: { [label]: 'v2' } })).customVersion, 'v2');
  });

  test('become v1beta1 without losing what nobody knows, and stay so', () => {
    const object = stored({ namespace: 'shop', newer: 1 }, { version: 'v1alpha1', labels: { [label]: 'v1' } });
    const once = sidecarSetSpecInV1beta1(object);
    assert.deepEqual(once, {
      selector,
      containers,
      newer: 1,
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
      customVersion: 'v1',
    });
    assert.deepEqual(sidecarSetSpecInV1beta1({ ...object, apiVersion: 'apps.kruise.io/v1beta1', spec: once }), once);
  });
});

describe('a stored SidecarSet that is invalid', () => {
  test('has no spec, and problems with paths', () => {
    const { spec, problems } = normaliseSidecarSet(stored({ selector: {}, containers: [{ image: 1 }], volumes: 'x' }));
    assert.equal(spec, undefined);
    assert.deepEqual(
      problems.map(p => p.field),
      ['spec.selector', 'spec.containers[0].name', 'spec.containers[0].image', 'spec.volumes'],
    );
  });

  test('still has its status, if that can be read', () => {
    const object = {
      ...stored({ selector: {} }),
      status: { matchedPods: 3, conditions: [{ type: 'Ready', status: 'True' }] },
    };
    assert.equal(normaliseSidecarSet(object).status.matchedPods, 3);
    assert.deepEqual(normaliseSidecarSet({ ...object, status: { matchedPods: 'x' } }).status, {});
  });

  test('is never an exception', () => {
    const part = fc.oneof(
      fc.anything(),
      fc.record({ type: fc.constantFrom('NotUpdate', 'x'), partition: fc.anything() }),
    );
    fc.assert(
      fc.property(fc.anything(), part, fc.anything(), (namespace, updateStrategy, status) => {
        normaliseSidecarSet({ ...stored({ namespace, updateStrategy }), status });
        normaliseSidecarSet({ apiVersion: '', metadata: {}, spec: status });
      }),
    );
  });
});
