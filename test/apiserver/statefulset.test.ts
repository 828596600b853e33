import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { waitFor } from '../cluster/deadline.ts';
import { installBerth } from '../cluster/installation.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { judged, recordCluster } from '../instruments/judged.ts';
import type { Recorder } from '../instruments/recorder.ts';
import { aStatefulSet, type SetOptions } from '../support/statefulsets.ts';

const cluster = await clusterForTests({ nodes: 5 });
const { controller } = await installBerth(cluster);

/** Pods that leave in a second, and run forever. */
const pod = (image: string): Wire => ({
  terminationGracePeriodSeconds: 1,
  containers: [{ name: 'main', image, command: ['sh', '-c', 'sleep 100000'] }],
});

const apply = async (options: SetOptions & { readonly name: string }): Promise<void> => {
  const set = aStatefulSet({ ...options, pod: { ...pod(options.image ?? 'app:v1'), ...options.pod } });
  await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(set));
};

interface Status {
  readonly observedGeneration?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  readonly pods?: readonly { readonly reason: string; readonly pods: readonly string[] }[];
}

const setOf = (recorder: Recorder, name: string): KubeObject | undefined =>
  recorder.newest('StatefulSet').find(({ metadata }) => metadata.name === name);

const statusOf = (recorder: Recorder, name: string): Status => (setOf(recorder, name)?.['status'] ?? {}) as Status;

const isComplete = (recorder: Recorder, name: string): boolean => {
  const set = setOf(recorder, name);
  const { observedGeneration, conditions } = statusOf(recorder, name);
  const isReady = conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return set !== undefined && observedGeneration === set.metadata.generation && isReady;
};

const podsOf = (recorder: Recorder, set: string): readonly KubeObject[] =>
  recorder.newest('Pod').filter(({ metadata }) => metadata.labels?.['app'] === set);

const imageOf = (object: KubeObject | undefined): string | undefined =>
  (object?.['spec'] as { readonly containers: readonly { readonly image: string }[] } | undefined)?.containers[0]
    ?.image;

const identities = (recorder: Recorder, set: string): readonly string[] =>
  podsOf(recorder, set)
    .map(p => `${p.metadata.name} ${p.metadata.uid} ${String((p['spec'] as Wire)['nodeName'])}`)
    .sort();

const until = (what: string, seconds: number, holds: () => boolean): Promise<true> =>
  waitFor(what, seconds * 1000, async () => holds() || undefined);

const begin = (name: string): Promise<Recorder> => recordCluster(cluster, name);

test('ten pods are made, and follow a new image where they stand, three at a time, across two crashes', async () => {
  await using recorder = await begin('rolling');
  const set = { name: 'rolling', replicas: 10, rolling: { maxUnavailable: 3 } };
  await apply(set);
  await until('ten pods', 60, () => isComplete(recorder, 'rolling') && podsOf(recorder, 'rolling').length === 10);
  const before = identities(recorder, 'rolling');
  await apply({ ...set, image: 'app:v2' });
  const updated = (): number => podsOf(recorder, 'rolling').filter(p => imageOf(p) === 'app:v2').length;
  for (const share of [2, 5]) {
    await until(`${share} pods with the new image`, 60, () => updated() >= share);
    await controller.kill();
    await controller.restart();
  }
  await until('the rollout to complete', 120, () => isComplete(recorder, 'rolling'));
  assert.deepEqual(identities(recorder, 'rolling'), before);
  assert.deepEqual(new Set(podsOf(recorder, 'rolling').map(imageOf)), new Set(['app:v2']));
  const { currentRevision, updateRevision, pods } = statusOf(recorder, 'rolling');
  assert.deepEqual([currentRevision, pods], [updateRevision, []]);
  const { unavailable, writesPerUpdate } = await judged(recorder);
  assert.deepEqual(
    unavailable.map(({ greatest, limit }) => greatest <= limit),
    [true],
  );
  assert.ok(writesPerUpdate.greatest <= 4, `${writesPerUpdate.greatest} writes for one pod`);
});

test('a set grows and shrinks, in order', async () => {
  await using recorder = await begin('scaling');
  const set = { name: 'scaling', management: 'OrderedReady' as const };
  await apply({ ...set, replicas: 3 });
  await until('three pods', 60, () => isComplete(recorder, 'scaling') && podsOf(recorder, 'scaling').length === 3);
  await cluster.kubectl(['scale', 'statefulsets.apps.kruise.io/scaling', '--replicas=1']);
  await until('one pod', 60, () => isComplete(recorder, 'scaling') && podsOf(recorder, 'scaling').length === 1);
  await judged(recorder);
});

test('claims are there before their pods, and outlive them', async () => {
  await using recorder = await begin('claims');
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
  };
  await apply({ name: 'claims', replicas: 2, spec: { volumeClaimTemplates: [claim] } });
  await until('two pods', 60, () => podsOf(recorder, 'claims').length === 2);
  await cluster.kubectl(['scale', 'statefulsets.apps.kruise.io/claims', '--replicas=0']);
  await until('no pods', 60, () => podsOf(recorder, 'claims').length === 0);
  assert.match(await cluster.kubectl(['get', 'pvc', '-o', 'name']), /data-claims-0\n.*data-claims-1/);
  await judged(recorder);
});

test('kubectl set image on a pod drains it first, and the set says that it deviates', async () => {
  await using recorder = await begin('by-hand');
  await apply({ name: 'by-hand', replicas: 3 });
  await until('three pods', 60, () => isComplete(recorder, 'by-hand'));
  const before = identities(recorder, 'by-hand');
  await cluster.kubectl(['set', 'image', 'pod/by-hand-1', 'main=app:hot']);
  const one = (): KubeObject | undefined => podsOf(recorder, 'by-hand').find(p => p.metadata.name === 'by-hand-1');
  await until('the image', 30, () => imageOf(one()) === 'app:hot');
  await until(
    'the set to say so',
    30,
    () => statusOf(recorder, 'by-hand').pods?.[0]?.reason === 'DeviatesFromTemplate',
  );
  assert.deepEqual(identities(recorder, 'by-hand'), before);
  assert.match(one()?.metadata.annotations?.['berth/image-change'] ?? '', /"by":"berth:admin".*"to":"app:hot"/);
  await until('the set to be ready', 30, () => isComplete(recorder, 'by-hand'));
  await judged(recorder); // among it: the gate was closed, and Ready taken back, before the image was written
});

test('a bad image stops at the budget, and the next one repairs it without touching more pods', async () => {
  await using recorder = await begin('broken');
  await apply({ name: 'broken', replicas: 5 });
  await until('five pods', 60, () => isComplete(recorder, 'broken'));
  await apply({ name: 'broken', replicas: 5, image: 'no-such-image:v9' });
  const reasonOf = (): string | undefined =>
    statusOf(recorder, 'broken').conditions?.find(({ type }) => type === 'Ready')?.reason;
  await until('the set to name the cause', 60, () => reasonOf() === 'ImageError');
  assert.equal(podsOf(recorder, 'broken').filter(p => imageOf(p) === 'no-such-image:v9').length, 1);
  await apply({ name: 'broken', replicas: 5, image: 'app:v3' });
  await until('the repair', 120, () => isComplete(recorder, 'broken'));
  assert.deepEqual(new Set(podsOf(recorder, 'broken').map(imageOf)), new Set(['app:v3']));
  await judged(recorder);
});

test('a set that could not work is refused with every cause', async () => {
  const refused = apply({ name: 'bad', pod: { restartPolicy: 'Never', activeDeadlineSeconds: 1 } });
  const message = await refused.then(
    () => assert.fail('it was accepted'),
    (error: Error) => error.message,
  );
  assert.match(message, /spec\.template\.spec\.restartPolicy/);
  assert.match(message, /spec\.template\.spec\.activeDeadlineSeconds/);
});
