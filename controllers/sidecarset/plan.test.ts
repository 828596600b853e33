/** What one pass would write, and what it says about the pods that it leaves. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Action, type KubeObject, seconds, type Wire } from '../../kube/contract.ts';
import { type Cluster, linesOf } from '../../test/support/cluster/cluster.ts';
import { reasonsIn } from '../../test/support/reasons.ts';
import { aPod, aSidecarSet, injected, type SetOptions } from '../../test/support/sidecarsets.ts';
import { ControllerRevisions, Pods } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { breakPod, fleet, podOf, reasonsOf, statusOf } from './fixture.ts';

/** The set is changed, and its revision recorded. */
const changed = (cluster: Cluster, options: SetOptions): Cluster => {
  cluster.apply(SidecarSets, aSidecarSet(options));
  cluster.seeAll();
  cluster.pass('logs');
  return cluster;
};

const taken = (cluster: Cluster): readonly string[] => {
  cluster.seeAll();
  return (cluster.plan('logs')?.actions ?? []).flatMap(a =>
    a.do === 'patch' && a.target.resource === Pods && a.part === 'object' ? [a.target.name] : [],
  );
};

const conditionsOf = (cluster: Cluster): readonly string[] =>
  (statusOf(cluster)['conditions'] as readonly { type: string; status: string; reason: string }[]).map(
    ({ type, status, reason }) => `${type} ${status} ${reason}`,
  );

const containersOf = (pod: KubeObject) =>
  (pod['status'] as { containerStatuses: readonly { name: string; image: string; restartCount: number }[] })
    .containerStatuses;

describe('A roll', () => {
  it('records the revision before any pod names it [§11.2 #2]', () => {
    const cluster = fleet(3);
    cluster.apply(SidecarSets, aSidecarSet({ image: 'log:v2' }));
    cluster.seeAll();
    assert.deepEqual(
      cluster.plan('logs')?.actions.map(a => a.do),
      ['create'],
    );
    assert.deepEqual(
      reasonsOf(cluster),
      [0, 1, 2].map(i => `default/web-${i} RevisionPending`),
    );
  });

  it('writes images, mark and record of a pod in one patch [§11.7 images, §11.7 hash, §11.7 record]', () => {
    const cluster = changed(fleet(1), { image: 'log:v2' });
    const [patch] = cluster.plan('logs')?.actions ?? [];
    assert.ok(patch?.do === 'patch' && patch.patch.as === 'json');
    assert.deepEqual(
      patch.patch.ops.map(op => op.path),
      [
        '/spec/containers/0/image',
        '/metadata/annotations/kruise.io~1sidecarset-hash',
        '/metadata/annotations/berth~1sidecarset-generations',
        '/metadata/annotations/kruise.io~1sidecarset-inplace-update-state',
      ],
    );
    assert.match(patch.why, /^move default\/web-0 to revision logs-\w+ of SidecarSet logs: log=log:v2$/);
  });

  it('ends with every pod at the new image, and no container of the app restarted [§11.2 #9, §11.9 image]', () => {
    const cluster = changed(fleet(5), { image: 'log:v2', strategy: { maxUnavailable: 2 } });
    cluster.settle('logs');
    for (let i = 0; i < 5; i += 1)
      assert.deepEqual(
        containersOf(podOf(cluster, `web-${i}`)).map(c => `${c.name} ${c.image} ${c.restartCount}`),
        ['log log:v2 1', 'main app:v1 0'],
      );
    const { matchedPods, updatedPods, readyPods, updatedReadyPods } = statusOf(cluster);
    assert.deepEqual([matchedPods, updatedPods, readyPods, updatedReadyPods], [5, 5, 5, 5]);
    assert.deepEqual(conditionsOf(cluster), [
      'Ready True UpToDate',
      'Reconciling False UpToDate',
      'Stalled False UpToDate',
      'InjectionActive True Injecting',
    ]);
  });

  it('goes back as well, and the old revision becomes the newest one [§10 rollback]', () => {
    const cluster = changed(fleet(2), { image: 'log:v2' });
    cluster.settle('logs');
    changed(cluster, { image: 'log:v1' });
    cluster.settle('logs');
    assert.deepEqual(
      containersOf(podOf(cluster, 'web-1')).map(c => c.image),
      ['log:v1', 'app:v1'],
    );
    assert.deepEqual(
      cluster.objects.list(ControllerRevisions).map(r => r['revision']),
      [3, 2],
    );
  });
});

describe('Metadata that a set patches', () => {
  const note = (value: string, patchPolicy = 'Overwrite'): Wire => ({
    patchPodMetadata: [{ annotations: { 'log.example/level': value }, patchPolicy }],
  });
  const levelOf = (cluster: Cluster) => podOf(cluster, 'web-0').metadata.annotations?.['log.example/level'];

  it('comes with the next image, and not before [§9 on update, §11.7 metadata]', () => {
    const cluster = fleet(1, { spec: note('info') });
    changed(cluster, { spec: note('debug') });
    cluster.settle('logs');
    assert.equal(levelOf(cluster), 'info');
    changed(cluster, { image: 'log:v2', spec: note('debug') });
    cluster.settle('logs');
    assert.equal(levelOf(cluster), 'debug');
  });

  /** What an image change makes of a pod with this text there, which may be none. */
  const afterUpdate = (has: string | undefined, patch: string, policy: string): string | undefined => {
    const cluster = fleet(1);
    const pod = podOf(cluster, 'web-0');
    const annotations = { ...pod.metadata.annotations, ...(has !== undefined && { 'log.example/level': has }) };
    cluster.objects.put(Pods, { ...pod, metadata: { ...pod.metadata, annotations } });
    changed(cluster, { image: 'log:v2', spec: note(patch, policy) });
    cluster.settle('logs');
    assert.equal(statusOf(cluster)['updatedReadyPods'], 1);
    return levelOf(cluster);
  };

  const rows: readonly (readonly [string, string | undefined, string, string, string])[] = [
    ['stays under Retain', 'info', 'debug', 'Retain', 'info'],
    ['is new under Retain', undefined, 'debug', 'Retain', 'debug'],
    ['is another under Overwrite', 'info', 'debug', 'Overwrite', 'debug'],
    ['is merged', '{"app":1}', '{"log":2}', 'MergePatchJson', '{"app":1,"log":2}'],
    ['is new where it is to be merged', undefined, '{"log":2}', 'MergePatchJson', '{"log":2}'],
    ['stays where it cannot be merged, and holds up no image', 'info', '{"log":2}', 'MergePatchJson', 'info'],
  ];
  for (const [what, has, patch, policy, is] of rows) it(what, () => assert.equal(afterUpdate(has, patch, policy), is));

  it('never is what we keep on the pod ourselves', () => {
    const lie = {
      patchPodMetadata: [{ annotations: { 'kruise.io/sidecarset-hash': '{}' }, patchPolicy: 'Overwrite' }],
    };
    const cluster = changed(fleet(1), { image: 'log:v2', spec: lie });
    cluster.settle('logs');
    assert.equal(statusOf(cluster)['updatedPods'], 1);
  });
});

describe("A container that has replaced the pod's own", () => {
  const withOwn = (name: string): KubeObject =>
    aPod(name, {
      containers: [
        { name: 'main', image: 'app:v1' },
        { name: 'log', image: 'own:v1' },
      ],
    });
  const told = (cluster: Cluster): readonly string[] => {
    cluster.seeAll();
    return (cluster.plan('logs')?.notices ?? []).map(({ reason, message }) => `${reason}: ${message.slice(0, 90)}`);
  };

  it('is counted, and told of once for each more', () => {
    const cluster = fleet(1);
    assert.equal(statusOf(cluster)['overriddenPods'], 0);
    cluster.apply(Pods, injected(withOwn('web-9'), [aSidecarSet()], cluster.now));
    assert.deepEqual(told(cluster), [
      "ContainerReplaced: a container of this set stands in the place of the pod's own of that name (default/web-9);",
    ]);
    cluster.settle('logs');
    assert.equal(statusOf(cluster)['overriddenPods'], 1);
    assert.deepEqual(told(cluster), []);
  });
});

describe('How many pods are taken', () => {
  const rows: readonly (readonly [string, number, Wire, number])[] = [
    ['one of five by default', 5, {}, 1],
    ['as many as maxUnavailable says [§2.4 maxUnavailable]', 10, { maxUnavailable: 3 }, 3],
    ['a share of all pods, rounded up', 5, { maxUnavailable: '5%' }, 1],
    ['a share of all pods', 10, { maxUnavailable: '50%' }, 5],
    ['none under maxUnavailable 0', 5, { maxUnavailable: 0 }, 0],
    ['all under maxUnavailable 100%', 5, { maxUnavailable: '100%' }, 5],
    ['all but the partition [§11.6 c, §2.4 partition]', 10, { maxUnavailable: 10, partition: 4 }, 6],
    ['all but a share', 10, { maxUnavailable: 10, partition: '18%' }, 8],
    ['one at least under a share below 100%', 5, { maxUnavailable: 5, partition: '99%' }, 1],
    ['all but one under a share of 1%', 5, { maxUnavailable: 5, partition: '1%' }, 4],
    ['none under a partition of 100%', 5, { maxUnavailable: 5, partition: '100%' }, 0],
    ['none while paused [§2.4 paused, §11.2 #6]', 5, { maxUnavailable: 5, paused: true }, 0],
    ['none under NotUpdate [§11.2 #5]', 5, { type: 'NotUpdate', maxUnavailable: 5 }, 0],
  ];
  for (const [what, pods, strategy, count] of rows)
    it(what, () => assert.equal(taken(changed(fleet(pods), { image: 'log:v2', strategy })).length, count));

  it('those that the selector names [§11.6 a, §2.4 selector]', () => {
    const cluster = fleet(3);
    const pod = podOf(cluster, 'web-1');
    cluster.objects.put(Pods, { ...pod, metadata: { ...pod.metadata, labels: { app: 'web', canary: 'yes' } } });
    const strategy = { selector: { matchLabels: { canary: 'yes' } }, maxUnavailable: 3 };
    assert.deepEqual(taken(changed(cluster, { image: 'log:v2', strategy })), ['web-1']);
    assert.deepEqual(reasonsOf(cluster), [
      'default/web-0 NotSelected',
      'default/web-1 Taken',
      'default/web-2 NotSelected',
    ]);
  });

  it('pods that do not serve first, and beyond the budget [§11.6 d]', () => {
    const cluster = fleet(4);
    breakPod(cluster, 'web-2');
    breakPod(cluster, 'web-3');
    const all = taken(changed(cluster, { image: 'log:v2' }));
    assert.deepEqual([...all].slice(0, 2).sort(), ['web-2', 'web-3']);
    assert.equal(all.length, 3);
  });

  it('the one that is used least of many, behind those that cost nothing', () => {
    const cluster = fleet(40);
    cluster.wait(seconds(60));
    cluster.apply(Pods, injected(aPod('late'), [aSidecarSet()], cluster.now));
    cluster.settle('logs');
    breakPod(cluster, 'web-0');
    assert.deepEqual(taken(changed(cluster, { image: 'log:v2' })).toSorted(), ['late', 'web-0']);
  });

  it('no more than the partition lets go, however often it is looked', () => {
    const cluster = changed(fleet(4), { image: 'log:v2', strategy: { maxUnavailable: 4, partition: 3 } });
    cluster.settle('logs');
    assert.equal(statusOf(cluster)['updatedPods'], 1);
  });

  it('none beside a pod that somebody claims', () => {
    const cluster = changed(fleet(3), { image: 'log:v2' });
    cluster.store.claim(podOf(cluster, 'web-1').metadata.uid ?? '', 'statefulset', cluster.now);
    assert.deepEqual(taken(cluster), ['web-1']);
  });

  it('no more that have just come back than a budget allows that has become smaller', () => {
    const cluster = changed(fleet(2), { image: 'log:v2', strategy: { maxUnavailable: 2 } });
    cluster.pass('logs');
    for (let step = 0; step < 3; step += 1) cluster.stepAllPods();
    assert.equal(statusOf(cluster)['matchedPods'], 2);
    assert.equal(taken(changed(cluster, { image: 'log:v3', strategy: { maxUnavailable: 1 } })).length, 1);
  });

  it('none more before those that were taken have settled [§11.5 ready]', () => {
    const cluster = changed(fleet(3), { image: 'log:v2' });
    cluster.pass('logs');
    assert.deepEqual(taken(cluster), []);
    assert.deepEqual(reasonsOf(cluster).filter(r => r.endsWith('BudgetUsed')).length, 2);
  });
});

describe('A change of more than images', () => {
  const more = { image: 'log:v2', container: { env: [{ name: 'A', value: '1' }] } };

  it('moves no pod, and names the fields [§11.9 other fields]', () => {
    const cluster = changed(fleet(2), more);
    assert.deepEqual(taken(cluster), []);
    const plan = cluster.plan('logs');
    assert.deepEqual(
      reasonsIn(plan).map(r => r.message),
      Array(2).fill('cannot be changed in place: spec.containers[0].env'),
    );
  });

  it('leaves the set stalled, with the fields in the message and an event [§11.8 not upgradable]', () => {
    const cluster = fleet(2);
    cluster.apply(SidecarSets, aSidecarSet(more));
    cluster.seeAll();
    const notices = cluster.pass('logs')?.notices?.map(n => `${n.type} ${n.reason}`);
    cluster.settle('logs');
    assert.deepEqual(conditionsOf(cluster).slice(0, 3), [
      'Ready False NotInPlace',
      'Reconciling False NotInPlace',
      'Stalled True NotInPlace',
    ]);
    assert.deepEqual(notices, ['Warning NotInPlace']);
    assert.deepEqual(statusOf(cluster)['pods'], [
      { reason: 'NotInPlace', count: 2, pods: ['default/web-0', 'default/web-1'] },
    ]);
  });

  it('that is taken back lets the image through [§11.9 taken back]', () => {
    const cluster = changed(fleet(2), more);
    changed(cluster, { image: 'log:v2' });
    assert.equal(taken(cluster).length, 1);
  });
});

describe('An image that cannot be pulled', () => {
  it('stops the roll at the budget and says so', () => {
    const cluster = changed(fleet(3), { image: 'log:bad' });
    cluster.settle('logs');
    assert.deepEqual(statusOf(cluster)['pods'], [
      { reason: 'BudgetUsed', count: 2, pods: (statusOf(cluster)['pods'] as { pods: string[] }[])[0]?.pods },
      { reason: 'ImageError', count: 1, pods: (statusOf(cluster)['pods'] as { pods: string[] }[])[1]?.pods },
    ]);
    assert.equal(conditionsOf(cluster)[2], 'Stalled True ImageError');
  });

  it('is left behind by the next change, broken pods first', () => {
    const cluster = changed(fleet(3), { image: 'log:bad' });
    cluster.settle('logs');
    changed(cluster, { image: 'log:v3' });
    cluster.settle('logs');
    assert.equal(statusOf(cluster)['updatedReadyPods'], 3);
  });
});

describe('An image that crashes', () => {
  it('never gets beyond the budget, although it is Ready for a moment again and again', () => {
    const cluster = changed(fleet(5), { image: 'log:crash' });
    for (let round = 0; round < 300; round += 1) {
      cluster.seeAll();
      cluster.pass('logs');
      cluster.stepAllPods();
      cluster.wait(round % 5 === 0 ? 4000 : 500);
    }
    const crashing = cluster.objects.list(Pods).filter(pod => containersOf(pod).some(c => c.image === 'log:crash'));
    assert.equal(crashing.length, 1);
  });
});

describe('Pods of a set', () => {
  it('that match and were created without it are counted and named', () => {
    const cluster = fleet(1);
    cluster.apply(Pods, aPod('late'));
    cluster.settle('logs');
    assert.equal(statusOf(cluster)['uninjectedPods'], 1);
    assert.deepEqual(statusOf(cluster)['pods'], [{ reason: 'NotInjected', count: 1, pods: ['default/late'] }]);
  });

  it('whose mark cannot be read are left alone, with a reason', () => {
    const cluster = fleet(1);
    const pod = podOf(cluster, 'web-0');
    const annotations = { ...pod.metadata.annotations, 'kruise.io/sidecarset-hash': '{oops' };
    cluster.objects.put(Pods, { ...pod, metadata: { ...pod.metadata, annotations } });
    changed(cluster, { image: 'log:v2' });
    assert.deepEqual(reasonsOf(cluster), ['default/web-0 RecordBroken']);
    assert.deepEqual(taken(cluster), []);
  });

  it('that lose their label leave, and keep their containers [§6 controller, §11.2 #1]', () => {
    const cluster = fleet(2);
    const pod = podOf(cluster, 'web-0');
    cluster.objects.put(Pods, { ...pod, metadata: { ...pod.metadata, labels: {} } });
    changed(cluster, { image: 'log:v2' });
    cluster.settle('logs');
    assert.equal(statusOf(cluster)['matchedPods'], 1);
    assert.deepEqual(
      containersOf(podOf(cluster, 'web-0')).map(c => c.image),
      ['log:v1', 'app:v1'],
    );
  });
});

describe('A set that was stored past the webhook', () => {
  it('and cannot be read is stalled, and touches nothing', () => {
    const cluster = fleet(1);
    cluster.apply(SidecarSets, aSidecarSet({ spec: { selector: {} } }));
    cluster.seeAll();
    assert.deepEqual(
      linesOf(cluster.pass('logs')).filter(line => !line.includes('status')),
      [],
    );
    assert.deepEqual(conditionsOf(cluster)[2], 'Stalled True InvalidSpec');
    assert.ok(conditionsOf(cluster).includes('InjectionActive False InvalidSpec'));
  });

  it('with wrong hashes is rolled by its spec all the same', () => {
    const lies = {
      annotations: { 'kruise.io/sidecarset-hash': 'lie', 'kruise.io/sidecarset-hash-without-image': 'lie' },
    };
    const cluster = fleet(1, { metadata: lies });
    changed(cluster, { image: 'log:v2' });
    cluster.settle('logs');
    assert.equal(statusOf(cluster)['updatedReadyPods'], 1);
  });
});

describe('Revisions', () => {
  it('beyond the limit go, oldest first, and never one that a pod carries [§10 limit]', () => {
    const limited = { spec: { revisionHistoryLimit: 2 } };
    const cluster = fleet(1, { ...limited, strategy: { type: 'NotUpdate' } });
    for (const image of ['log:v2', 'log:v3', 'log:v4']) {
      changed(cluster, { ...limited, image, strategy: { type: 'NotUpdate' } });
      cluster.settle('logs');
    }
    assert.deepEqual(
      cluster.objects.list(ControllerRevisions).map(r => r['revision']),
      [1, 4],
    );
  });

  it('carry the custom version of the set [§10 custom version]', () => {
    const cluster = fleet(0, { spec: { customVersion: 'one' } });
    changed(cluster, { spec: { customVersion: 'two' } });
    cluster.settle('logs');
    const labels = cluster.objects
      .list(ControllerRevisions)
      .map(r => r.metadata.labels?.['apps.kruise.io/sidecarset-custom-version']);
    assert.deepEqual(labels, ['two']);
  });
});

describe('A write that the apiserver refuses', () => {
  const words = 'PodUnavailableBudget web: no more pods may be unavailable';
  const refusing =
    (...names: readonly string[]) =>
    (action: Action): string | undefined =>
      action.do === 'patch' && action.part === 'object' && names.includes(action.target.name) ? words : undefined;
  const messages = (cluster: Cluster): readonly string[] => {
    cluster.seeAll();
    return reasonsIn(cluster.plan('logs'))
      .map(({ pod, message }) => `${pod}: ${message}`)
      .sort();
  };

  it('is stated with its words, and the other pods go on', () => {
    const cluster = fleet(3);
    cluster.refuse(refusing('web-1'));
    changed(cluster, { image: 'log:v2' });
    cluster.settle('logs');
    assert.deepEqual(messages(cluster), [`default/web-1: the apiserver refuses: ${words}`]);
    assert.deepEqual(conditionsOf(cluster).slice(0, 3), [
      'Ready False Refused',
      'Reconciling False Refused',
      'Stalled True Refused',
    ]);
    assert.equal(statusOf(cluster)['updatedReadyPods'], 2);
  });

  it('is tried again by every pass, each pod in its turn', () => {
    const cluster = fleet(3);
    cluster.refuse(refusing('web-0', 'web-1', 'web-2'));
    changed(cluster, { image: 'log:v2' });
    const tried = [1, 2, 3, 4, 5, 6].map(() => {
      const [name] = taken(cluster);
      cluster.pass('logs');
      cluster.wait(1000);
      return name;
    });
    assert.deepEqual(tried.slice(3), tried.slice(0, 3));
    assert.equal(new Set(tried).size, 3);
    assert.deepEqual(
      reasonsOf(cluster),
      [0, 1, 2].map(i => `default/web-${i} Refused`),
    );
  });

  it('is done when the cause is gone', () => {
    const cluster = fleet(2);
    cluster.refuse(refusing('web-0', 'web-1'));
    changed(cluster, { image: 'log:v2' });
    cluster.settle('logs');
    cluster.refuse(() => undefined);
    cluster.settle('logs');
    assert.deepEqual(reasonsOf(cluster), []);
    assert.equal(conditionsOf(cluster)[0], 'Ready True UpToDate');
  });

  it('says nothing of another target that is wanted since', () => {
    const cluster = fleet(2);
    cluster.refuse(refusing('web-0', 'web-1'));
    changed(cluster, { image: 'log:v2' });
    cluster.settle('logs');
    cluster.refuse(() => undefined);
    changed(cluster, { image: 'log:v3' });
    assert.deepEqual(
      reasonsOf(cluster)
        .map(r => r.split(' ')[1])
        .toSorted((a = '', b = '') => (a < b ? -1 : 1)),
      ['BudgetUsed', 'Taken'],
    );
  });

  it('of the revision holds all pods, with the words', () => {
    const cluster = fleet(2);
    cluster.refuse(action => (action.do === 'create' ? 'exceeded quota: revisions' : undefined));
    changed(cluster, { image: 'log:v2' });
    assert.deepEqual(
      messages(cluster),
      [0, 1].map(i => `default/web-${i}: the apiserver refuses: exceeded quota: revisions`),
    );
  });
});

describe('The condition SidecarSetUpgradable', () => {
  const more = { image: 'log:v2', container: { env: [{ name: 'A', value: '1' }] } };
  const upgradable = (cluster: Cluster, name = 'web-0'): string | undefined => {
    const { conditions } = podOf(cluster, name)['status'] as {
      conditions: readonly { type: string; status: string; reason: string; message: string }[];
    };
    const found = conditions.find(c => c.type === 'SidecarSetUpgradable');
    return found && `${found.status} ${found.reason} ${found.message}`;
  };
  const writes = (cluster: Cluster): number =>
    cluster.objects.log.filter(
      ({ object }, i, log) =>
        object.kind === 'Pod' &&
        JSON.stringify(conditionIn(object)) !==
          JSON.stringify(conditionIn(log.findLast((c, j) => j < i && c.object.kind === 'Pod')?.object)),
    ).length;
  const conditionIn = (pod: KubeObject | undefined) =>
    (pod?.['status'] as { conditions?: readonly { type: string }[] } | undefined)?.conditions?.find(
      c => c.type === 'SidecarSetUpgradable',
    );

  it('is not there on pods that were only injected [§11.8 condition]', () => {
    const cluster = fleet(1);
    assert.equal(upgradable(cluster), undefined);
  });

  it('is True after an update [§11.7 condition]', () => {
    const cluster = changed(fleet(1), { image: 'log:v2' });
    cluster.settle('logs');
    assert.equal(upgradable(cluster), 'True AllSidecarsetUpgradable {"logs":true}');
  });

  it('is False on pods that would need to be replaced, until the change is taken back [§11.8 condition]', () => {
    const cluster = changed(fleet(2), more);
    cluster.settle('logs');
    for (const name of ['web-0', 'web-1'])
      assert.equal(upgradable(cluster, name), 'False UpdateImmutableField {"logs":false}');
    changed(cluster, {});
    cluster.settle('logs');
    assert.equal(upgradable(cluster), 'True AllSidecarsetUpgradable {"logs":true}');
  });

  it('is written once for each change of what it says', () => {
    const cluster = changed(fleet(1), more);
    cluster.settle('logs');
    changed(cluster, { ...more, image: 'log:v3' });
    cluster.settle('logs');
    assert.equal(writes(cluster), 1);
    changed(cluster, { image: 'log:v3' });
    cluster.settle('logs');
    assert.equal(writes(cluster), 2);
  });

  it('loses sets that are gone', () => {
    const cluster = fleet(1);
    const pod = podOf(cluster, 'web-0');
    const status = pod['status'] as { conditions: readonly unknown[] };
    const stale = { type: 'SidecarSetUpgradable', status: 'False', message: '{"gone":false}' };
    cluster.objects.put(Pods, { ...pod, status: { ...status, conditions: [...status.conditions, stale] } });
    cluster.settle('logs');
    assert.equal(upgradable(cluster), 'True AllSidecarsetUpgradable {}');
  });
});
