/** The CRDs of config/crd in a real apiserver: what it stores, defaults, refuses and shows. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { normaliseBroadcastJob } from '../../api/broadcastjob.ts';
import { normaliseSidecarSet } from '../../api/sidecarset.ts';
import { normaliseStatefulSet } from '../../api/statefulset.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { accepted, refused } from './crds/fields.ts';
import { manifests } from './crds/manifests.ts';
import { everyField, type Kind, kinds, least, type Version, type Wish } from './crds/objects.ts';

const { kubectl } = await clusterForTests();

interface Stored {
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

const versions: readonly Version[] = ['v1alpha1', 'v1beta1'];
const plurals = { SidecarSet: 'sidecarsets', StatefulSet: 'statefulsets', BroadcastJob: 'broadcastjobs' };
const normalisers = {
  SidecarSet: normaliseSidecarSet,
  StatefulSet: normaliseStatefulSet,
  BroadcastJob: normaliseBroadcastJob,
};

const manifest = ({ kind, spec = {}, version = 'v1beta1', name = 'web' }: Wish): string =>
  JSON.stringify({
    apiVersion: `apps.kruise.io/${version}`,
    kind,
    metadata: { name },
    spec: { ...least[kind], ...spec },
  });

const create = async (wish: Wish): Promise<Stored> =>
  JSON.parse(await kubectl(['create', '--validate=false', '-f', '-', '-o', 'json'], manifest(wish)));

/** What would be stored; nothing is. */
const tried = async (wish: Wish): Promise<Stored> =>
  JSON.parse(
    await kubectl(['create', '--validate=false', '--dry-run=server', '-f', '-', '-o', 'json'], manifest(wish)),
  );

const read = async (kind: Kind, name: string, version: Version): Promise<Stored> =>
  JSON.parse(await kubectl(['get', `${plurals[kind]}.${version}.apps.kruise.io`, name, '-o', 'json']));

const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    answer => assert.fail(`was accepted: ${JSON.stringify(answer)}`),
    (error: Error) => error.message,
  );

before(async () => {
  await kubectl(['apply', '--server-side', '-f', join(import.meta.dirname, '../../config/crd')]);
  const names = Object.values(plurals).map(plural => `crd/${plural}.apps.kruise.io`);
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', ...names]);
});

describe('objects of both versions', () => {
  for (const kind of kinds) {
    for (const version of versions) {
      test(`keep every field of a ${kind} that was written as ${version}, unknown ones of templates too`, async () => {
        const name = `every-${version}`;
        await create({ kind, version, name, spec: everyField[kind] });
        for (const readAs of versions)
          assert.deepEqual((await read(kind, name, readAs)).spec, everyField[kind], readAs);
      });
    }

    test(`keep what a ${kind} has beyond a v1alpha1 client's knowledge when such a client writes`, async () => {
      const name = `kept-${plurals[kind]}`;
      await create({ kind, version: 'v1beta1', name, spec: everyField[kind] });
      const resource = `${plurals[kind]}.v1alpha1.apps.kruise.io`;
      await kubectl(['annotate', resource, name, 'note=x']);
      assert.deepEqual((await read(kind, name, 'v1beta1')).spec, everyField[kind]);
    });
  }

  test('of OpenKruise stored as v1alpha1 with a namespace are read as that namespace in v1beta1', async () => {
    await create({ kind: 'SidecarSet', version: 'v1alpha1', name: 'in-shop', spec: { namespace: 'shop' } });
    const { spec } = normaliseSidecarSet(await read('SidecarSet', 'in-shop', 'v1beta1'));
    assert.equal(spec?.namespaceSelector?.matches({ 'kubernetes.io/metadata.name': 'shop' }), true);
    assert.equal(spec?.namespaceSelector?.matches({ 'kubernetes.io/metadata.name': 'other' }), false);
  });

  test('keep integers that JavaScript cannot hold', async () => {
    const text = manifest({ kind: 'BroadcastJob', spec: { completionPolicy: { activeDeadlineSeconds: 1234 } } });
    const stored = await kubectl(
      ['create', '--validate=false', '--dry-run=server', '-f', '-', '-o', 'json'],
      text.replace('1234', '9007199254740993'),
    );
    assert.match(stored, /"activeDeadlineSeconds": 9007199254740993/);
  });
});

describe('defaults', () => {
  const container = {
    podInjectPolicy: 'BeforeAppContainer',
    upgradeStrategy: { upgradeType: 'ColdUpgrade' },
    shareVolumePolicy: { type: 'disabled' },
  };
  const written = {
    SidecarSet: {
      containers: [{ name: 'agent', image: 'agent:1', ...container }],
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', partition: 0, maxUnavailable: 1 },
    },
    StatefulSet: {
      replicas: 1,
      revisionHistoryLimit: 10,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    },
    BroadcastJob: {
      parallelism: 2147483647,
      completionPolicy: { type: 'Always' },
      failurePolicy: { type: 'FailFast' },
    },
  };

  for (const kind of kinds) {
    test(`are written into a ${kind}, the same in both versions, and none into its templates`, async () => {
      for (const version of versions) {
        const { spec } = await tried({ kind, version });
        assert.deepEqual(spec, { ...least[kind], ...written[kind] }, version);
      }
    });

    test(`mean the same to readers of a ${kind} before and after the apiserver wrote them`, async () => {
      const stored = await tried({ kind });
      const bare = { ...stored, spec: least[kind] };
      const [after, before] = [stored, bare].map(object => JSON.stringify(normalisers[kind](object)));
      assert.deepEqual(JSON.parse(after ?? ''), JSON.parse(before ?? ''));
    });
  }

  test('of a rolling update are written when it is there, and it is left away under OnDelete', async () => {
    const strategyOf = async (updateStrategy: object) =>
      (await tried({ kind: 'StatefulSet', spec: { updateStrategy } })).spec['updateStrategy'];
    assert.deepEqual(await strategyOf({ rollingUpdate: {} }), {
      type: 'RollingUpdate',
      rollingUpdate: { partition: 0, maxUnavailable: 1, podUpdatePolicy: 'ReCreate', minReadySeconds: 0 },
    });
    assert.deepEqual(await strategyOf({ type: 'OnDelete' }), { type: 'OnDelete' });
  });
});

describe('what OpenKruise accepts', () => {
  for (const [what, wish] of accepted) {
    test(`is accepted: ${what}`, async () => {
      for (const version of versions) assert.ok(await tried({ ...wish, version }));
    });
  }
});

describe('what is invalid', () => {
  for (const [field, wish] of refused) {
    test(`is refused in a ${wish.kind} with its path: ${field} of ${JSON.stringify(wish.spec ?? wish.name)}`, async () => {
      for (const version of versions) {
        const message = await refusal(tried({ ...wish, version }));
        assert.match(message, /is invalid/);
        assert.ok(message.includes(` ${field}: `) || message.includes(`* ${field}: `), message);
      }
    });
  }

  test('is refused when a number is too large for its type', async () => {
    assert.match(await refusal(tried({ kind: 'StatefulSet', spec: { replicas: 2 ** 31 } })), /int32 in spec\.replicas/);
  });

  test('is refused when fixed fields of a StatefulSet change, whichever version the change comes in', async () => {
    await create({ kind: 'StatefulSet', name: 'fixed', spec: { serviceName: 'web' } });
    const changes = { selector: { matchLabels: { x: 'y' } }, serviceName: null, podManagementPolicy: 'Parallel' };
    for (const [field, value] of Object.entries(changes)) {
      for (const version of versions) {
        const patch = JSON.stringify({ spec: { [field]: value } });
        const resource = `statefulsets.${version}.apps.kruise.io`;
        const message = await refusal(kubectl(['patch', resource, 'fixed', '--type=merge', '-p', patch]));
        assert.match(message, new RegExp(`spec\\.${field}: Forbidden`));
      }
    }
    await kubectl(['patch', 'statefulsets.apps.kruise.io', 'fixed', '--type=merge', '-p', '{"spec":{"replicas":0}}']);
  });
});

describe('users of kubectl', () => {
  const header = async (kind: Kind, ...options: readonly string[]): Promise<string> =>
    (await kubectl(['get', `${plurals[kind]}.apps.kruise.io`, ...options]))
      .split('\n')[0]
      ?.replaceAll(/ +/g, ' ')
      .trim() ?? '';

  test('see the columns of OpenKruise', async () => {
    await create({ kind: 'SidecarSet', name: 'shown' });
    await create({ kind: 'StatefulSet', name: 'shown' });
    await create({ kind: 'BroadcastJob', name: 'shown' });
    assert.equal(await header('SidecarSet'), 'NAME MATCHED UPDATED READY AGE');
    assert.equal(await header('StatefulSet'), 'NAME DESIRED CURRENT UPDATED READY AGE');
    assert.equal(await header('StatefulSet', '-o', 'wide'), 'NAME DESIRED CURRENT UPDATED READY AGE CONTAINERS IMAGES');
    assert.equal(await header('BroadcastJob'), 'NAME DESIRED ACTIVE SUCCEEDED FAILED AGE');
    assert.match(await kubectl(['get', 'asts', 'shown', '-o', 'wide']), /shown +1 .* main +web:1/);
    assert.match(await kubectl(['get', 'bcj']), /shown/);
  });

  test('scale a StatefulSet through its scale subresource, in both versions', async () => {
    await create({ kind: 'StatefulSet', name: 'scaled' });
    const status = JSON.stringify({ status: { replicas: 2, labelSelector: 'app=web' } });
    await kubectl(['patch', 'asts', 'scaled', '--subresource=status', '--type=merge', '-p', status]);
    for (const [i, version] of versions.entries()) {
      const resource = `statefulsets.${version}.apps.kruise.io`;
      await kubectl(['scale', resource, 'scaled', `--replicas=${5 + i}`]);
      const scale = JSON.parse(await kubectl(['get', resource, 'scaled', '--subresource=scale', '-o', 'json']));
      assert.deepEqual([scale.spec, scale.status], [{ replicas: 5 + i }, { replicas: 2, selector: 'app=web' }]);
    }
  });

  test('have fields explained to them', async () => {
    const explained = await kubectl([
      'explain',
      'sidecarsets.spec.updateStrategy.maxUnavailable',
      '--api-version=apps.kruise.io/v1beta1',
    ]);
    assert.match(explained, /may be unavailable/);
  });

  test('may write a StatefulSet that was a built-in one, with its status', async () => {
    const text = JSON.stringify({
      ...JSON.parse(manifest({ kind: 'StatefulSet', name: 'native' })),
      status: { replicas: 1 },
    });
    assert.match(await kubectl(['apply', '-f', '-'], text), /created/);
  });
});

describe('statuses', () => {
  test('take our fields and those of OpenKruise, nulls of Go included', async () => {
    const conditions = [
      {
        type: 'Ready',
        status: 'False',
        observedGeneration: 2,
        reason: 'X',
        message: 'm',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ];
    const pods = [{ reason: 'Paused', count: 2, pods: ['web-0', 'web-1'] }];
    const common = { observedGeneration: 2, conditions, pods };
    const statuses = {
      SidecarSet: {
        ...common,
        matchedPods: 0,
        updatedPods: 0,
        readyPods: 0,
        updatedReadyPods: 0,
        latestRevision: 'r',
        collisionCount: 0,
        uninjectedPods: 1,
      },
      StatefulSet: {
        ...common,
        replicas: 0,
        updatedAvailableReplicas: 0,
        volumeClaims: [{ volumeClaimName: 'd', compatibleReplicas: 1, compatibleReadyReplicas: 0 }],
      },
      BroadcastJob: { ...common, phase: 'running', active: 0, desired: 3, startTime: '2026-01-01T00:00:00Z' },
    };
    for (const kind of kinds) {
      await create({ kind, name: 'with-status' });
      const resource = `${plurals[kind]}.apps.kruise.io`;
      const patch = JSON.stringify([
        {
          op: 'add',
          path: '/status',
          value: { ...statuses[kind], conditions: [{ ...conditions[0], lastProbeTime: null }] },
        },
      ]);
      await kubectl(['patch', resource, 'with-status', '--subresource=status', '--type=json', '-p', patch]);
      assert.deepEqual((await read(kind, 'with-status', 'v1alpha1')).status, statuses[kind]);
    }
  });
});

describe('manifests as users write them', () => {
  for (const [what, text] of Object.entries(manifests)) {
    test(`are accepted by client and server: ${what}`, async () => {
      assert.match(await kubectl(['apply', '-f', '-'], text), /created/);
      assert.match(await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], text), /applied/);
    });
  }
});
