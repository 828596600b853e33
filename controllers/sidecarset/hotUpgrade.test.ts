/** A sidecar that is upgraded hot: the new one starts beside the old one, which is emptied when the new one is ready. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Pod } from '../../api/kubernetes.ts';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import type { Cluster } from '../../test/support/cluster/cluster.ts';
import { aSidecarSet, type SetOptions, usable } from '../../test/support/sidecarsets.ts';
import { Pods } from '../../workloads/resources.ts';
import { readMarks } from '../../workloads/sidecars/marks.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { fleet } from './fixture.ts';

const hot = (image: string, options: SetOptions = {}): SetOptions => ({
  ...options,
  image,
  container: {
    upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'log:empty' },
    ...options.container,
  },
});

const roll = (cluster: Cluster, options: SetOptions): void => {
  cluster.apply(SidecarSets, aSidecarSet(options));
  cluster.settle('logs');
};

/** Moves on, a second at a time, until it holds. */
const until = (cluster: Cluster, what: string, holds: () => boolean): void => {
  for (let round = 0; round < 200; round += 1) {
    if (holds()) return;
    cluster.seeAll();
    cluster.pass('logs');
    cluster.stepAllPods();
    cluster.wait(1000);
  }
  assert.fail(`waited for ${what}`);
};

const podOf = (cluster: Cluster, name = 'web-0'): KubeObject => {
  const pod = cluster.objects.get(Pods, `default/${name}`);
  assert.ok(pod);
  return pod;
};

const typed = (pod: KubeObject): Pod => pod as unknown as Pod;
const imagesOf = (pod: KubeObject): readonly string[] =>
  (typed(pod).spec?.containers ?? []).filter(c => c.name !== 'main').map(c => `${c.name}=${c.image}`);
const annotation = (pod: KubeObject, key: string): string => pod.metadata.annotations?.[key] ?? '';

/** version and versionalt of both twins, and the working one. */
const versionsOf = (pod: KubeObject): readonly string[] => [
  ...['log-1', 'log-2'].flatMap(twin => [
    annotation(pod, `version.sidecarset.kruise.io/${twin}`),
    annotation(pod, `versionalt.sidecarset.kruise.io/${twin}`),
  ]),
  annotation(pod, 'kruise.io/sidecarset-working-hotupgrade-container'),
];

const podStates = (cluster: Cluster): readonly KubeObject[] =>
  cluster.objects.log.flatMap(({ resource, object, is }) => (resource === Pods && is === 'there' ? [object] : []));

/** Every state of the versions that the pod went through, with the versions of the set called V1, V2 and so on. */
const historyOf = (cluster: Cluster): readonly string[] => {
  const rows = podStates(cluster).map(versionsOf);
  const versions = [...new Set(rows.flat().filter(v => /^\d{2,}$/.test(v)))].sort((a, b) => Number(a) - Number(b));
  const named = rows.map(row => row.map(v => (versions.includes(v) ? `V${versions.indexOf(v) + 1}` : v)).join(' '));
  return named.filter((row, i) => row !== named[i - 1]);
};

const restartsOf = (pod: KubeObject, name: string): number | undefined =>
  typed(pod).status?.containerStatuses?.find(c => c.name === name)?.restartCount;

const statusOf = (cluster: Cluster): Wire => (cluster.objects.get(SidecarSets, 'logs')?.['status'] ?? {}) as Wire;

const withAnnotation = (cluster: Cluster, key: string, value: string): void => {
  const pod = podOf(cluster);
  const annotations = { ...pod.metadata.annotations, [key]: value };
  cluster.objects.put(Pods, { ...pod, metadata: { ...pod.metadata, annotations } });
};

describe('A hot upgrade', () => {
  it('tells both twins their versions at every moment, to and fro [§12.2 versions, §12.3 table]', () => {
    const cluster = fleet(1, hot('log:v1'));
    roll(cluster, hot('log:v2'));
    roll(cluster, hot('log:v3'));
    assert.deepEqual(historyOf(cluster), [
      '1 0 0 1 {"log":"log-1"}', // injected
      '1 V1 V1 1 {"log":"log-2"}', // upgrade to V1
      '0 V1 V1 0 {"log":"log-2"}', // reset of the first
      'V2 V1 V1 V2 {"log":"log-1"}', // upgrade to V2
      'V2 0 0 V2 {"log":"log-1"}', // reset of the second
    ]);
    assert.deepEqual(imagesOf(podOf(cluster)), ['log-1=log:v3', 'log-2=log:empty']);
  });

  it('leaves no pod with two images, counts them all as updated, and restarts no app [§12.2 empty twin, §12.3 what]', () => {
    const cluster = fleet(4, hot('log:v1', { strategy: { maxUnavailable: 2 } }));
    roll(cluster, hot('log:v2', { strategy: { maxUnavailable: 2 } }));
    for (let i = 0; i < 4; i += 1) {
      const pod = podOf(cluster, `web-${i}`);
      assert.deepEqual(imagesOf(pod), ['log-1=log:empty', 'log-2=log:v2']);
      assert.equal(restartsOf(pod, 'main'), 0);
    }
    assert.equal(statusOf(cluster)['updatedReadyPods'], 4);
  });

  it('says on the pod that the former twin was emptied [§11.8 reset]', () => {
    const cluster = fleet(1, hot('log:v1'));
    cluster.apply(SidecarSets, aSidecarSet(hot('log:v2')));
    const told: string[] = [];
    until(cluster, 'the reset', () => {
      cluster.seeAll();
      told.push(...(cluster.plan('logs')?.actions ?? []).flatMap(a => a.tell?.done ?? []));
      return imagesOf(podOf(cluster)).includes('log-1=log:empty');
    });
    assert.ok(told.includes('ResetContainerSucceed'));
  });

  it('does not empty the former twin while the new one crashes, although it is ready for moments [§12.3 when]', () => {
    const cluster = fleet(1, hot('log:v1'));
    cluster.apply(SidecarSets, aSidecarSet(hot('log:crash')));
    for (let round = 0; round < 200; round += 1) {
      cluster.seeAll();
      cluster.pass('logs');
      cluster.stepAllPods();
      cluster.wait(700);
    }
    assert.deepEqual(imagesOf(podOf(cluster)), ['log-1=log:v1', 'log-2=log:crash']);
  });

  it('moves on from a bad image in the twin that failed; the other one serves all along [§12.2 broken twin]', () => {
    const cluster = fleet(1, hot('log:v1'));
    roll(cluster, hot('log:bad'));
    cluster.apply(SidecarSets, aSidecarSet(hot('log:v3')));
    until(cluster, 'the new image', () => imagesOf(podOf(cluster)).includes('log-2=log:v3'));
    assert.equal(imagesOf(podOf(cluster))[0], 'log-1=log:v1');
    cluster.settle('logs');
    assert.deepEqual(imagesOf(podOf(cluster)), ['log-1=log:empty', 'log-2=log:v3']);
  });
});

describe('The way back from a hot upgrade that failed', () => {
  it('makes the healthy twin work again, without a restart, and empties the bad one [§12.2 same image]', () => {
    const cluster = fleet(1, hot('log:v1'));
    roll(cluster, hot('log:bad'));
    roll(cluster, hot('log:v1'));
    assert.deepEqual(imagesOf(podOf(cluster)), ['log-1=log:v1', 'log-2=log:empty']);
    assert.equal(restartsOf(podOf(cluster), 'log-1'), 0);
    assert.deepEqual(historyOf(cluster).at(-1), '1 0 0 1 {"log":"log-1"}');
    assert.equal(statusOf(cluster)['updatedReadyPods'], 1);
  });

  it('is taken too where OpenKruise had only noted the hash', () => {
    const cluster = fleet(1, hot('log:v1'));
    const before = annotation(podOf(cluster), 'kruise.io/sidecarset-hash');
    roll(cluster, hot('log:bad'));
    withAnnotation(cluster, 'kruise.io/sidecarset-hash', before);
    roll(cluster, hot('log:v1'));
    assert.deepEqual(imagesOf(podOf(cluster)), ['log-1=log:v1', 'log-2=log:empty']);
  });

  it('from one that came up starts the old image anew, so that it can take over', () => {
    const cluster = fleet(1, hot('log:v1'));
    cluster.apply(SidecarSets, aSidecarSet(hot('log:v2')));
    until(
      cluster,
      'the new twin to run',
      () => typed(podOf(cluster)).status?.containerStatuses?.find(c => c.name === 'log-2')?.image === 'log:v2',
    );
    roll(cluster, hot('log:v1'));
    assert.deepEqual(imagesOf(podOf(cluster)), ['log-1=log:v1', 'log-2=log:empty']);
    assert.equal(restartsOf(podOf(cluster), 'log-1'), 2);
  });
});

describe('A hot upgrade that was begun is ended', () => {
  const stops: readonly (readonly [string, SetOptions])[] = [
    ['while the set is paused [§12.3 paused]', { strategy: { paused: true } }],
    ['under NotUpdate', { strategy: { type: 'NotUpdate' } }],
    ['while other fields of the set wait for new pods', { container: { env: [{ name: 'A', value: '1' }] } }],
    [
      'with the empty image that it was begun with',
      {
        container: { upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'log:other' } },
      },
    ],
  ];
  for (const [when, options] of stops)
    it(when, () => {
      const cluster = fleet(2, hot('log:v1'));
      cluster.apply(SidecarSets, aSidecarSet(hot('log:v2')));
      until(cluster, 'one to begin', () =>
        cluster.objects.list(Pods).some(pod => imagesOf(pod).includes('log-2=log:v2')),
      );
      roll(cluster, hot('log:v2', options));
      const images = cluster.objects.list(Pods).map(pod => imagesOf(pod).join(' '));
      assert.deepEqual(images.sort(), ['log-1=log:empty log-2=log:v2', 'log-1=log:v1 log-2=log:empty']);
    });
});

describe('Pods whose twins are both live, left so by OpenKruise', () => {
  it('are reset within the budget [§11.2 #7]', () => {
    const cluster = fleet(4, hot('log:v1'));
    roll(cluster, hot('log:v2', { strategy: { maxUnavailable: 4, partition: 4 } }));
    const set = hot('log:v2', { strategy: { maxUnavailable: 1 } });
    const mark = usable(aSidecarSet(set)).injection.hashes.hash;
    for (const pod of cluster.objects.list(Pods)) {
      const containers = (typed(pod).spec?.containers ?? []).map(c =>
        c.name === 'log-2' ? { ...c, image: 'log:v2' } : c,
      );
      const marks = readMarks(annotation(pod, 'kruise.io/sidecarset-hash'));
      const annotations = {
        ...pod.metadata.annotations,
        'kruise.io/sidecarset-hash': JSON.stringify({ logs: { ...marks?.get('logs'), hash: mark } }),
        'version.sidecarset.kruise.io/log-2': '77',
        'kruise.io/sidecarset-working-hotupgrade-container': '{"log":"log-2"}',
      };
      cluster.objects.put(Pods, {
        ...pod,
        metadata: { ...pod.metadata, annotations },
        spec: { ...(pod['spec'] as Wire), containers },
      });
    }
    for (let step = 0; step < 10; step += 1) {
      cluster.stepAllPods();
      cluster.wait(1000);
    }
    cluster.apply(SidecarSets, aSidecarSet(set));
    cluster.seeAll();
    cluster.pass('logs');
    const resets = () => cluster.objects.list(Pods).filter(pod => imagesOf(pod).includes('log-1=log:empty')).length;
    cluster.seeAll();
    cluster.pass('logs');
    assert.equal(resets(), 1);
    cluster.settle('logs');
    assert.equal(resets(), 4);
  });
});

describe('Whatever happens to a hot upgrade', () => {
  const image = fc.constantFrom('log:v1', 'log:v2', 'log:bad', 'log:crash', 'log:v3', 'log:v2again');
  const move = fc.oneof(
    { weight: 1, arbitrary: fc.record({ do: fc.constant('roll' as const), image, paused: fc.boolean() }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), informed: fc.boolean() }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('kubelet' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.nat({ max: 5 }) }) },
  );

  it('one twin has an image at any time, and a good image ends it', () => {
    fc.assert(
      fc.property(fc.array(move, { minLength: 10, maxLength: 60, size: 'max' }), moves => {
        const cluster = fleet(1, hot('log:v1'));
        for (const next of moves)
          switch (next.do) {
            case 'roll':
              cluster.apply(SidecarSets, aSidecarSet(hot(next.image, { strategy: { paused: next.paused } })));
              break;
            case 'pass':
              if (next.informed) cluster.seeAll();
              cluster.pass('logs');
              break;
            case 'kubelet':
              cluster.stepAllPods();
              break;
            case 'wait':
              cluster.wait(next.seconds * 1000);
          }
        roll(cluster, hot('log:v9'));
        for (const pod of podStates(cluster))
          assert.notDeepEqual(imagesOf(pod), ['log-1=log:empty', 'log-2=log:empty']);
        const pod = podOf(cluster);
        assert.deepEqual(
          imagesOf(pod)
            .toSorted((a, b) => a.slice(5).localeCompare(b.slice(5)))
            .map(i => i.slice(6)),
          ['log:empty', 'log:v9'],
        );
        assert.equal(statusOf(cluster)['updatedReadyPods'], 1);
      }),
      { numRuns: 150 },
    );
  });
});
