import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject, Reader, Review, Verdict, Wire } from '../../kube/contract.ts';
import { applied, aSidecarSet, type SetOptions } from '../../test/support/sidecarsets.ts';
import { SidecarSets, type SidecarSetView } from '../../workloads/sidecarsets.ts';
import { sidecarSetHashes, sidecarSetRules } from './webhook.ts';

const rules = sidecarSetRules({
  namespace: 'berth-system',
  secretName: 's',
  mutatingConfiguration: 'm',
  validatingConfiguration: 'v',
  patchPodMetadata: 'allow',
});

const knowing = (...sets: readonly KubeObject[]): Reader => {
  const views = sets.flatMap(set => SidecarSets.view(set) ?? []) as readonly SidecarSetView[];
  return {
    get: (_, key) => views.find(v => v.key === key) as never,
    list: () => views as never,
    by: () => [],
    claimOn: () => undefined,
    refusalOn: () => undefined,
  };
};

const base = {
  uid: 'u',
  group: 'apps.kruise.io',
  version: 'v1beta1',
  plural: 'sidecarsets',
  subresource: '',
  namespace: '',
  name: '',
  user: 'a',
  dryRun: false,
};
const creation = (object: KubeObject): Review => ({ ...base, operation: 'CREATE', object });
const update = (oldObject: KubeObject, object: KubeObject): Review => ({
  ...base,
  operation: 'UPDATE',
  object,
  oldObject,
});

const fieldsOf = (verdict: Verdict): readonly string[] =>
  verdict.is === 'refused' ? verdict.problems.map(p => p.field) : [];
const wrongIn = (options: SetOptions, ...others: readonly KubeObject[]) =>
  fieldsOf(rules.decide(creation(aSidecarSet(options)), knowing(...others), 0));
const wrongAfter = (before: SetOptions, after: SetOptions) =>
  fieldsOf(rules.decide(update(aSidecarSet(before), aSidecarSet(after)), knowing(), 0));

describe('The hashes', () => {
  const hashed = (set: KubeObject): KubeObject => {
    const verdict = sidecarSetHashes.decide(creation(set), knowing(), 0);
    assert.ok(verdict.is === 'allowed');
    return applied(set, verdict.patch);
  };

  it('are written over whatever a user wrote there, and nothing else is touched', () => {
    const set = aSidecarSet({ metadata: { annotations: { mine: '1', 'kruise.io/sidecarset-hash': 'lie' } } });
    const after = hashed(set);
    assert.equal(after.metadata.annotations?.['kruise.io/sidecarset-hash']?.length, 64);
    assert.equal(after.metadata.annotations?.['mine'], '1');
    assert.deepEqual(after['spec'], set['spec']);
  });

  it('are written once [§4.1 #3]', () => {
    const verdict = sidecarSetHashes.decide(creation(hashed(aSidecarSet())), knowing(), 0);
    assert.deepEqual(verdict, { is: 'allowed', patch: [], warnings: [] });
  });

  it('are the same in both versions, and of a spec that cannot be read', () => {
    const hash = (set: KubeObject) => hashed(set).metadata.annotations?.['kruise.io/sidecarset-hash'];
    assert.equal(hash(aSidecarSet()), hash(aSidecarSet({ version: 'v1alpha1', spec: { namespace: 'x' } })));
    assert.equal(hash({ ...aSidecarSet(), spec: 5 })?.length, 64);
  });
});

describe('A SidecarSet', () => {
  const hot = { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'empty' };

  it('that is right is accepted', () => assert.deepEqual(wrongIn({}), []));

  const rows: readonly (readonly [string, SetOptions, readonly string[]])[] = [
    ['a dot in its name', { name: 'a.b' }, ['metadata.name']],
    ['a name of 64 characters', { name: 'a'.repeat(64) }, ['metadata.name']],
    ['no containers', { spec: { containers: [] } }, ['spec']],
    ['a container without a name', { container: { name: '' } }, ['spec.containers[0].name']],
    ['a container without an image', { container: { image: '' } }, ['spec.containers[0].image']],
    [
      'a mount of an unknown volume',
      { container: { volumeMounts: [{ name: 'x', mountPath: '/x' }] } },
      ['spec.containers[0].volumeMounts[0].name'],
    ],
    [
      'one path twice',
      {
        spec: { volumes: [{ name: 'v' }] },
        container: {
          volumeMounts: [
            { name: 'v', mountPath: '/x' },
            { name: 'v', mountPath: '/x' },
          ],
        },
      },
      ['spec.containers[0].volumeMounts[1].mountPath'],
    ],
    [
      'one name in both lists',
      { spec: { initContainers: [{ name: 'log', image: 'a' }] } },
      ['spec.initContainers[0].name'],
    ],
    [
      'a probe of a plain init container',
      { spec: { initContainers: [{ name: 'i', image: 'a', livenessProbe: {} }] } },
      ['spec.initContainers[0].livenessProbe'],
    ],
    [
      'a request above its limit',
      { container: { resources: { limits: { cpu: '1' }, requests: { cpu: '1001m' } } } },
      ['spec.containers[0].resources.requests[cpu]'],
    ],
    [
      'partition and selector',
      { strategy: { partition: 1, selector: { matchLabels: { a: 'b' } } } },
      ['spec.updateStrategy'],
    ],
    [
      'a custom version that no label can have',
      { spec: { customVersion: 'example/version-1' } },
      ['spec.customVersion'],
    ],
    [
      'a hot upgrade without an idle image',
      { container: { upgradeStrategy: { upgradeType: 'HotUpgrade' } } },
      ['spec.containers[0].upgradeStrategy.hotUpgradeEmptyImage'],
    ],
    [
      'a hot upgrade of too long a name',
      { container: { name: 'a'.repeat(62), upgradeStrategy: hot } },
      ['spec.containers[0].name'],
    ],
    [
      'a twin that has the name of another container',
      { container: { upgradeStrategy: hot }, spec: { initContainers: [{ name: 'log-2', image: 'a' }] } },
      ['spec.containers[0].name'],
    ],
    ['no selector [§4.2 #6]', { spec: { selector: undefined } }, ['spec.selector']],
    [
      'an unknown policy of a pin [§4.2 #10]',
      { spec: { injectionStrategy: { revision: { customVersion: 'v', policy: 'Often' } } } },
      ['spec.injectionStrategy.revision.policy'],
    ],
    [
      'an unknown place of a container [§4.2 #16]',
      { container: { podInjectPolicy: 'Beside' } },
      ['spec.containers[0].podInjectPolicy'],
    ],
    [
      'an unknown way to share volumes [§4.2 #16]',
      { container: { shareVolumePolicy: { type: 'some' } } },
      ['spec.containers[0].shareVolumePolicy.type'],
    ],
    ['an empty update selector', { strategy: { selector: {} } }, ['spec.updateStrategy.selector']],
    [
      'a weight of 101',
      {
        strategy: {
          priorityStrategy: { weightPriority: [{ weight: 101, matchSelector: { matchLabels: { a: 'b' } } }] },
        },
      },
      ['spec.updateStrategy.priorityStrategy.weightPriority[0].weight'],
    ],
    [
      'one scatter term twice',
      {
        strategy: {
          scatterStrategy: [
            { key: 'a', value: 'b' },
            { key: 'a', value: 'b' },
          ],
        },
      },
      ['spec.updateStrategy.scatterStrategy[1]'],
    ],
    [
      'a pin without a name',
      { spec: { injectionStrategy: { revision: { policy: 'Partial' } } } },
      ['spec.injectionStrategy.revision'],
    ],
    [
      'an annotation patch without annotations',
      { spec: { patchPodMetadata: [{}] } },
      ['spec.patchPodMetadata[0].annotations'],
    ],
    [
      'an annotation that is an object, even one that cannot be made a text',
      { spec: { patchPodMetadata: [{ annotations: { a: { toString: 1 } } }] } },
      ['spec.patchPodMetadata[0].annotations[a]'],
    ],
    [
      'one annotation twice [§4.2 #23]',
      { spec: { patchPodMetadata: [{ annotations: { a: '1' } }, { annotations: { a: '2' } }] } },
      ['spec.patchPodMetadata'],
    ],
    [
      'a source of variables that is no label',
      {
        container: {
          transferEnv: [{ sourceContainerNameFrom: { fieldRef: { fieldPath: 'metadata.name' } }, envName: 'A' }],
        },
      },
      ['spec.containers[0].transferEnv[0].sourceContainerNameFrom.fieldRef.fieldPath'],
    ],
  ];
  const computed = (resourcesExpr: Wire, more: Wire = {}): SetOptions => ({
    container: { resourcesPolicy: { targetContainersMode: 'sum', resourcesExpr, ...more } },
  });
  const policy = 'spec.containers[0].resourcesPolicy';
  const computedRows: typeof rows = [
    [
      'an expression that cannot work',
      computed({ limits: { cpu: 'cpu*cpu' } }),
      [`${policy}.resourcesExpr.limits.cpu`],
    ],
    ['no expression at all', computed({}), [`${policy}.resourcesExpr`]],
    [
      'a pattern that is none [§8.4 regex]',
      computed({ limits: { cpu: 'cpu' } }, { targetContainersNameRegex: '(' }),
      [`${policy}.targetContainersNameRegex`],
    ],
    [
      'computed and fixed resources [§8.4 both]',
      { container: { ...computed({}).container, resources: { limits: { cpu: '1' } } } },
      [policy],
    ],
    [
      'computed resources of an init container that ends [§4.2 #14]',
      { spec: { initContainers: [{ name: 'i', image: 'a', ...computed({ limits: { cpu: 'cpu' } }).container }] } },
      ['spec.initContainers[0].resourcesPolicy'],
    ],
  ];
  for (const [what, options, fields] of [...rows, ...computedRows])
    it(`with ${what} is refused`, () => assert.deepEqual(wrongIn(options), fields));

  it('with several mistakes is refused with all of them', () => {
    const fields = wrongIn({ name: 'a.b', container: { image: '' }, spec: { selector: {}, patchPodMetadata: [{}] } });
    assert.deepEqual([...fields].sort(), [
      'metadata.name',
      'spec.containers[0].image',
      'spec.patchPodMetadata[0].annotations',
      'spec.selector',
    ]);
  });

  it('under NotUpdate may have a strategy that nobody looks at', () => {
    const strategy = { type: 'NotUpdate', partition: 1, selector: { matchLabels: { a: 'b' } } };
    assert.deepEqual(wrongIn({ strategy }), []);
  });
});

describe('A pin to a revision that is not there [§4.2 #9]', () => {
  const field = 'spec.injectionStrategy.revision';
  const pinned: SetOptions = { spec: { injectionStrategy: { revision: { customVersion: 'v' } } } };

  it('is told of in a new set, which has none yet', () => {
    const verdict = rules.decide(creation(aSidecarSet(pinned)), knowing(), 0);
    assert.ok(verdict.is === 'allowed');
    assert.deepEqual(verdict.warnings, [`${field}: Cannot find specific ControllerRevision of customVersion v`]);
  });

  it('is refused when it is set, and holds up no other change later', () => {
    assert.deepEqual(wrongAfter({}, pinned), [field]);
    assert.deepEqual(wrongAfter(pinned, { ...pinned, image: 'log:v2' }), []);
  });
});

describe('Native sidecars', () => {
  it('may be rolled, in place [§4.2 #5]', () => {
    const spec = { initContainers: [{ name: 'mesh', image: 'a', restartPolicy: 'Always' }] };
    assert.deepEqual(wrongIn({ spec, strategy: { type: 'RollingUpdate' } }), []);
  });
});

describe('Two SidecarSets for the same pods', () => {
  it('may not share the name of an init container [§4.3 init containers]', () => {
    const init: SetOptions = { spec: { containers: [], initContainers: [{ name: 'i', image: 'a' }] } };
    assert.deepEqual(wrongIn({ name: 'other', ...init }, aSidecarSet(init)), ['spec.initContainers[0].name']);
  });

  it('may not share a container name, in their lists', () => {
    assert.deepEqual(wrongIn({ name: 'other' }, aSidecarSet()), ['spec.containers[0].name']);
  });

  it('may, if they select other pods or other namespaces', () => {
    assert.deepEqual(wrongIn({ name: 'other', spec: { selector: { matchLabels: { app: 'x' } } } }, aSidecarSet()), []);
    const inA = { spec: { namespaceSelector: { matchLabels: { team: 'a' } } } };
    const inB = { spec: { namespaceSelector: { matchLabels: { team: 'b' } } } };
    assert.deepEqual(wrongIn({ name: 'other', ...inA }, aSidecarSet(inB)), []);
  });

  it('may not have different volumes of one name, but may write one volume in two ways', () => {
    const withVolume = (volume: Wire, container: string): SetOptions => ({
      spec: { containers: [{ name: container, image: 'a' }], volumes: [{ name: 'v', ...volume }] },
    });
    const gi = { emptyDir: { sizeLimit: '1Gi' } };
    assert.deepEqual(
      wrongIn({ name: 'other', ...withVolume(gi, 'a') }, aSidecarSet(withVolume({ emptyDir: {} }, 'b'))),
      ['spec.volumes[0]'],
    );
    assert.deepEqual(wrongIn({ name: 'other', ...withVolume(gi, 'a') }, aSidecarSet(withVolume(gi, 'b'))), []);
  });

  it('may share everything if one is the canary of the other, whichever is judged [§4.3 canary]', () => {
    const canary: SetOptions = {
      name: 'canary',
      strategy: { type: 'NotUpdate' },
      metadata: {
        annotations: { 'apps.kruise.io/sidecarset-canary': 'true', 'apps.kruise.io/sidecarset-base': 'logs' },
      },
    };
    assert.deepEqual(wrongIn(canary, aSidecarSet()), []);
    assert.deepEqual(wrongIn({}, aSidecarSet(canary)), []);
  });
});

describe('An update of a SidecarSet', () => {
  it('may remove containers, and neither add nor rename any', () => {
    const two = {
      spec: {
        containers: [
          { name: 'log', image: 'a' },
          { name: 'b', image: 'b' },
        ],
      },
    };
    assert.deepEqual(wrongAfter(two, {}), []);
    assert.deepEqual(wrongAfter({}, two), ['spec.containers[1].name']);
  });

  it('may not change how a container is upgraded', () => {
    const hot = { container: { upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'empty' } } };
    const cold = { container: { upgradeStrategy: { upgradeType: 'ColdUpgrade' } } };
    assert.deepEqual(wrongAfter(cold, hot), ['spec.containers[0].upgradeStrategy.upgradeType']);
  });

  it('may leave a mistake that was stored already, and is told of it', () => {
    const verdict = rules.decide(
      update(
        aSidecarSet({ container: { image: '' } }),
        aSidecarSet({ container: { image: '' }, strategy: { paused: true } }),
      ),
      knowing(),
      0,
    );
    assert.ok(verdict.is === 'allowed');
    assert.deepEqual(verdict.warnings, ['spec.containers[0].image: must be given']);
  });
});
