import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Container } from '../../api/kubernetes.ts';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { aPod, applied, aSidecarSet, injected, opsFor, usable } from '../../test/support/sidecarsets.ts';
import { inject } from './inject.ts';

const specOf = (pod: KubeObject) =>
  pod['spec'] as { [list in 'containers' | 'initContainers']: readonly Container[] } & Wire;
const names = (pod: KubeObject, list: 'containers' | 'initContainers' = 'containers') =>
  specOf(pod)[list].map(c => c.name);
const container = (pod: KubeObject, name: string): Container => {
  const found = specOf(pod).containers.find(c => c.name === name);
  assert.ok(found, `${name} is not in the pod`);
  return found;
};
const annotation = (pod: KubeObject, key: string): string | undefined => pod.metadata.annotations?.[key];
const withContainers = (...of: readonly Wire[]) => aPod('web-0', { containers: of });
const sidecars = (...of: readonly Wire[]) => aSidecarSet({ spec: { containers: of } });
const named = (...of: readonly string[]): readonly Wire[] => of.map(name => ({ name, image: `${name}:1` }));

describe('Where sidecars go', () => {
  it('before the app unless they say otherwise, in the order of the set', () => {
    const set = sidecars(
      { name: 'b', image: 'b' },
      { name: 'z', image: 'z', podInjectPolicy: 'AfterAppContainer' },
      { name: 'a', image: 'a' },
    );
    assert.deepEqual(names(injected(aPod(), [set])), ['b', 'a', 'main', 'z']);
  });

  it('in the place of a container of their name, and others keep theirs', () => {
    const after = { podInjectPolicy: 'AfterAppContainer' };
    const [one, two, three] = named('new-sidecar-1', 'sidecar-1', 'sidecar-2');
    const set = sidecars(
      { ...one, podInjectPolicy: 'BeforeAppContainer' },
      { ...two, ...after },
      { ...three, ...after },
    );
    const pod = withContainers(...named('sidecar-1', 'app', 'sidecar-2'));
    assert.deepEqual(names(injected(pod, [set])), ['new-sidecar-1', 'sidecar-1', 'app', 'sidecar-2']);
  });

  it('init containers by name, behind the own ones of the pod unless they say otherwise', () => {
    const before = { podInjectPolicy: 'BeforeAppContainer' };
    const [a, b, c] = named('a', 'b', 'c');
    const set = aSidecarSet({
      spec: { containers: undefined, initContainers: [{ ...c, ...before }, a, { ...b, ...before }] },
    });
    const pod = aPod('web-0', { initContainers: named('app1-init', 'app2-init') });
    assert.deepEqual(names(injected(pod, [set]), 'initContainers'), ['b', 'c', 'app1-init', 'app2-init', 'a']);
  });

  it('several sets in the order in which they are given, and the first of two with one container name', () => {
    const one = aSidecarSet({ name: 'one', image: 'one:1' });
    const two = aSidecarSet({ name: 'two', spec: { containers: named('log', 'extra') } });
    const pod = injected(aPod(), [one, two]);
    assert.deepEqual(names(pod), ['log', 'extra', 'main']);
    assert.equal(container(pod, 'log').image, 'one:1');
    assert.equal(annotation(pod, 'kruise.io/sidecarset-injected-list'), 'one,two');
  });
});

describe('A container of the pod with the name of a sidecar', () => {
  it('is replaced with a warning', () => {
    const result = inject(withContainers({ name: 'log', image: 'own:1' }), [usable(aSidecarSet()).injection], 0);
    assert.ok(result.is === 'done');
    assert.deepEqual(result.warnings, [
      "SidecarSet logs: its container log replaces the pod's own container of that name",
    ]);
  });
});

describe('A sidecar', () => {
  it('has its own environment, the mark, and then what it takes over', () => {
    const set = sidecars({
      name: 'log',
      image: 'log:1',
      env: [{ name: 'OWN', value: '1' }],
      transferEnv: [{ sourceContainerName: 'main', envNames: ['B', 'OWN', 'A', 'MISSING'] }],
    });
    const env = ['A', 'B', 'OWN'].map(name => ({ name, value: `app ${name}` }));
    const pod = injected(withContainers({ name: 'main', image: 'app', env }), [set]);
    assert.deepEqual(container(pod, 'log').env, [
      { name: 'OWN', value: '1' },
      { name: 'IS_INJECTED', value: 'true' },
      { name: 'A', value: 'app A' },
      { name: 'B', value: 'app B' },
    ]);
  });

  it('takes variables from the container that a label of the pod names', () => {
    const from = { fieldRef: { fieldPath: "metadata.labels['main-container']" } };
    const set = sidecars({
      name: 'log',
      image: 'log:1',
      transferEnv: [{ sourceContainerNameFrom: from, envName: 'A' }],
    });
    const pod = aPod(
      'web-0',
      { containers: [{ name: 'other', image: 'o', env: [{ name: 'A', value: 'x' }] }] },
      {
        labels: { app: 'web', 'main-container': 'other' },
      },
    );
    assert.deepEqual(
      container(injected(pod, [set]), 'log').env?.map(e => e.name),
      ['IS_INJECTED', 'A'],
    );
  });

  it('brings the volumes that it mounts, and no others', () => {
    const set = aSidecarSet({
      container: { volumeMounts: [{ name: 'used', mountPath: '/used' }] },
      spec: {
        volumes: [
          { name: 'used', emptyDir: {} },
          { name: 'unused', emptyDir: {} },
        ],
      },
    });
    assert.deepEqual(specOf(injected(aPod(), [set]))['volumes'], [{ name: 'used', emptyDir: {} }]);
  });

  it('leaves a volume of the pod with the same name alone [§7.5 existing volume]', () => {
    const set = aSidecarSet({
      container: { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
      spec: { volumes: [{ name: 'v', emptyDir: {} }] },
    });
    const volumes = [{ name: 'v', hostPath: { path: '/x' } }];
    assert.deepEqual(specOf(injected(aPod('web-0', { volumes }), [set]))['volumes'], volumes);
  });

  it("shares the app's volumes, with the variables that their paths need, but not at a path of its own", () => {
    const set = aSidecarSet({
      container: { shareVolumePolicy: { type: 'enabled' }, volumeMounts: [{ name: 'own', mountPath: '/own' }] },
    });
    const main = {
      name: 'main',
      image: 'app',
      env: [{ name: 'ZONE', value: 'eu' }],
      volumeMounts: [
        { name: 'a', mountPath: '/own' },
        { name: 'b', mountPath: '/b', subPathExpr: '$(ZONE)/$(MISSING)' },
      ],
    };
    const log = container(injected(withContainers(main), [set]), 'log');
    assert.deepEqual(log.volumeMounts, [{ name: 'own', mountPath: '/own' }, main.volumeMounts[1]]);
    assert.deepEqual(log.env, [
      { name: 'IS_INJECTED', value: 'true' },
      { name: 'ZONE', value: 'eu' },
    ]);
  });

  it('that is upgraded hot comes twice, and its twins know which of them works [§12.1 injection]', () => {
    const set = aSidecarSet({
      container: { upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'empty:1' } },
    });
    const pod = injected(aPod(), [set]);
    assert.deepEqual(names(pod), ['log-1', 'log-2', 'main']);
    assert.deepEqual([container(pod, 'log-1').image, container(pod, 'log-2').image], ['log:v1', 'empty:1']);
    assert.equal(annotation(pod, 'kruise.io/sidecarset-working-hotupgrade-container'), '{"log":"log-1"}');
    assert.equal(annotation(pod, 'version.sidecarset.kruise.io/log-1'), '1');
    assert.equal(annotation(pod, 'versionalt.sidecarset.kruise.io/log-2'), '1');
  });
});

describe('The twins of a sidecar', () => {
  it('both have the resources that are computed [§8.3 twins]', () => {
    const set = aSidecarSet({
      container: {
        upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'empty:1' },
        resourcesPolicy: { targetContainersMode: 'sum', resourcesExpr: { requests: { cpu: 'cpu*2' } } },
      },
    });
    const app = { name: 'main', image: 'app:v1', resources: { requests: { cpu: '50m' } } };
    const pod = injected(aPod('web-0', { containers: [app] }), [set]);
    for (const twin of ['log-1', 'log-2'])
      assert.deepEqual(container(pod, twin)['resources'], { requests: { cpu: '100m' } });
  });
});

describe('Pull secrets', () => {
  it('are united by name, those of the pod first', () => {
    const set = aSidecarSet({ spec: { imagePullSecrets: [{ name: 'a' }, { name: 'b' }] } });
    const pod = aPod('web-0', { imagePullSecrets: [{ name: 'b' }] });
    assert.deepEqual(specOf(injected(pod, [set]))['imagePullSecrets'], [{ name: 'b' }, { name: 'a' }]);
  });
});

describe('Annotations that a set gives to its pods', () => {
  const patching = (patchPolicy: string, value: string) =>
    aSidecarSet({ spec: { patchPodMetadata: [{ annotations: { key: value }, patchPolicy }] } });
  const after = (before: string | undefined, set: KubeObject) =>
    annotation(injected(aPod('web-0', {}, before === undefined ? {} : { annotations: { key: before } }), [set]), 'key');

  it('keep, overwrite or merge what is there, as their policy says', () => {
    assert.equal(after('there', patching('Retain', 'new')), 'there');
    assert.equal(after(undefined, patching('Retain', 'new')), 'new');
    assert.equal(after('there', patching('Overwrite', 'new')), 'new');
    assert.equal(after('{"a":1}', patching('MergePatchJson', '{"b":2}')), '{"a":1,"b":2}');
    assert.equal(after('', patching('MergePatchJson', 'not json')), 'not json');
    assert.equal(after(undefined, patching('Replace', 'new')), undefined);
  });

  it('that cannot be merged refuse the pod and name the annotation', () => {
    const result = inject(
      aPod('web-0', {}, { annotations: { key: 'no json' } }),
      [usable(patching('MergePatchJson', '{}')).injection],
      0,
    );
    assert.ok(result.is === 'impossible');
    assert.equal(result.field, 'metadata.annotations[key]');
  });
});

describe('Odd pods', () => {
  const odd: readonly (readonly [string, KubeObject])[] = [
    ['no spec', { apiVersion: 'v1', kind: 'Pod', metadata: {} }],
    ['containers that are no list', aPod('a', { containers: { name: 'a' } })],
    ['a container that is no object', aPod('a', { containers: ['a'] })],
    ['a corrupted mark', aPod('a', {}, { annotations: { 'kruise.io/sidecarset-hash': '{oops' } })],
  ];
  for (const [what, pod] of odd)
    it(`with ${what} are refused with a field`, () => {
      const result = inject(pod, [usable(aSidecarSet()).injection], 0);
      assert.equal(result.is, 'impossible');
    });
});

// ── Properties ──────────────────────────────────────────────────────────────────────────────────────────────────────

const word = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const unknown = fc.dictionary(
  fc.constantFrom('newField', 'x', '__proto__'),
  fc.json().map(text => JSON.parse(text) as unknown),
  { maxKeys: 2 },
);
const anyContainer = fc
  .record({
    name: word,
    image: word,
    more: unknown,
    mounts: fc.array(fc.record({ name: word, mountPath: word }), { maxLength: 2 }),
  })
  .map(({ name, image, more, mounts }): Wire => ({ ...more, name, image, volumeMounts: mounts }));
const anyPod = fc
  .record({
    containers: fc.uniqueArray(anyContainer, { selector: c => c['name'], minLength: 1, maxLength: 3 }),
    initContainers: fc.option(fc.uniqueArray(anyContainer, { selector: c => c['name'], maxLength: 2 }), {
      nil: undefined,
    }),
    more: unknown,
    annotations: fc.option(fc.dictionary(word, word), { nil: undefined }),
  })
  .map(({ containers, initContainers, more, annotations }) =>
    aPod(
      'web-0',
      { ...more, containers, ...(initContainers === undefined ? {} : { initContainers }) },
      annotations === undefined ? {} : { annotations },
    ),
  )
  .map(pod => JSON.parse(JSON.stringify(pod)) as KubeObject); // as it comes from the wire
const anySidecar = fc
  .record({
    name: fc.constantFrom('a', 'b', 'log', 'mesh'),
    image: word,
    podInjectPolicy: fc.constantFrom('BeforeAppContainer', 'AfterAppContainer'),
    share: fc.constantFrom('enabled', 'disabled'),
    hot: fc.boolean(),
  })
  .map(
    ({ name, image, podInjectPolicy, share, hot }): Wire => ({
      name,
      image,
      podInjectPolicy,
      shareVolumePolicy: { type: share },
      ...(hot ? { upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'empty' } } : {}),
      transferEnv: [{ sourceContainerName: 'a', envName: 'X' }],
    }),
  );
const anySet = fc
  .record({
    containers: fc.uniqueArray(anySidecar, { selector: c => c['name'], minLength: 1, maxLength: 2 }),
    initContainers: fc.uniqueArray(anySidecar, { selector: c => c['name'], maxLength: 1 }),
    native: fc.boolean(),
  })
  .map(({ containers, initContainers, native }) => ({
    containers,
    initContainers: initContainers.map(c => ({
      ...c,
      name: `${String(c['name'])}-init`,
      ...(native ? { restartPolicy: 'Always' } : {}),
    })),
    patchPodMetadata: [{ annotations: { a: '{}' }, patchPolicy: 'Overwrite' }],
  }));
const twoSets = fc
  .tuple(anySet, anySet)
  .map(([one, two]) => [aSidecarSet({ name: 'one', spec: one }), aSidecarSet({ name: 'two', spec: two })]);

describe('Injection', () => {
  it('idempotent: a pod that was injected gets nothing more', () => {
    fc.assert(
      fc.property(anyPod, twoSets, (pod, sets) => {
        const injections = sets.map(set => usable(set).injection);
        const once = applied(pod, opsFor(pod, injections, 0));
        if (names(once).length === new Set(names(once)).size) assert.deepEqual(opsFor(once, injections, 5000), []);
      }),
    );
  });

  it('idempotent: when another webhook has added to the pod in between, its additions are left as they are', () => {
    const addition = fc.record({
      container: fc.record({ name: fc.constantFrom('theirs', 'x'), image: word }),
      place: fc.constantFrom<(0 | '-')[]>(0, '-'),
      label: word,
    });
    fc.assert(
      fc.property(anyPod, twoSets, addition, (pod, sets, { container, place, label }) => {
        const injections = sets.map(set => usable(set).injection);
        const once = applied(pod, opsFor(pod, injections, 0));
        const added = applied(once, [
          { op: 'add', path: `/spec/containers/${place}`, value: container },
          { op: 'add', path: '/metadata/labels', value: { app: 'web', label } },
        ]);
        if (names(once).length === new Set(names(once)).size) assert.deepEqual(opsFor(added, injections, 5000), []);
      }),
    );
  });

  it('harmless: a pod that no set matches gets no operation at all', () => {
    fc.assert(fc.property(anyPod, pod => assert.deepEqual(opsFor(pod, []), [])));
  });

  it('harmless: what the pod had is still there, field by field, and in its order', () => {
    fc.assert(
      fc.property(anyPod, twoSets, (pod, sets) => {
        const after = injected(pod, sets);
        const mine = new Set(sets.flatMap(set => opsNames(set)));
        const own = (of: KubeObject) => specOf(of).containers.filter(c => !mine.has(c.name));
        assert.deepEqual(own(after), own(pod));
        for (const [key, value] of Object.entries(specOf(pod)))
          if (!['containers', 'initContainers', 'volumes', 'imagePullSecrets'].includes(key))
            assert.deepEqual(specOf(after)[key], value);
      }),
    );
  });
});

const opsNames = (set: KubeObject): readonly string[] =>
  usable(set).injection.containers.flatMap(c => [c.name, `${c.name}-1`, `${c.name}-2`]);

describe('What is remembered from pod to pod', () => {
  const sets = [
    aSidecarSet({ name: 'one', image: 'one:1', metadata: { generation: 3 } }),
    aSidecarSet({
      name: 'two',
      spec: {
        containers: [{ name: 'two', image: 'two:1', transferEnv: [{ sourceContainerName: 'main', envName: 'A' }] }],
      },
    }),
    aSidecarSet({ name: 'three', spec: { containers: named('three', 'log') } }),
  ];
  const env = fc.constantFrom([], [{ name: 'A', value: '1' }], [{ name: 'A', value: '2' }]);
  const pods = fc.record({
    env,
    annotations: fc.constantFrom(undefined, {}, { mine: 'yes' }),
    chosen: fc.subarray([0, 1, 2]),
    second: fc.nat(1),
    isInjectedAlready: fc.boolean(),
  });

  it('changes nothing: each gets what it would get alone', () => {
    fc.assert(
      fc.property(fc.array(pods), all => {
        const shared = sets.map(set => usable(set).injection);
        for (const { env: own, annotations, chosen, second, isInjectedAlready } of all) {
          const plain = aPod('web-0', { containers: [{ name: 'main', image: 'app:v1', env: own }] }, { annotations });
          const pod = isInjectedAlready ? injected(plain, sets.slice(0, 1)) : plain;
          const alone = chosen.flatMap(i => sets[i] ?? []).map(set => usable(set).injection);
          const together = chosen.flatMap(i => shared[i] ?? []);
          assert.deepEqual(inject(pod, together, second * 1000), inject(pod, alone, second * 1000));
        }
      }),
    );
  });
});
