/** What counts as evidence, held against what real kubelets wrote when images were changed under their hands. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { annotations } from '../../api/names.ts';
import type { Instant } from '../../kube/contract.ts';
import { type ImageChange, imageChanges, type Moment, moments } from '../../test/support/recordings.ts';
import { podView, timestampOf } from '../pods/project.ts';
import { type ContainerView, containerOf, type PodView } from '../pods/view.ts';
import { formersNow } from './former.ts';
import { type Proof, progressOf, proofOf } from './progress.ts';
import { printRecord, type UpdateRecord, updateRecordOf } from './record.ts';

const scenarios = [
  'image-change-gated',
  'image-change-ungated',
  'image-change-while-gate-never-set',
  'readiness-probe-image-change',
  'retag-same-digest',
  'two-containers-in-one-patch',
  'change-and-back-at-once',
  'change-during-stop',
  'bad-image-then-rollback',
  'crash-loop-then-rollback',
  'missing-at-creation-then-fixed',
  'native-sidecar-image',
];

/** Which content the tags of the recordings name, by the last four characters of the digest. */
const contents: Readonly<Record<string, string>> = { v1: '973e', v1again: '973e', v2: '2246' };

const runsWhatItShould = ({ image, status }: ContainerView): boolean =>
  status?.state.is === 'running' && status.imageID.endsWith(contents[image.split(':').at(-1) ?? ''] ?? 'nothing');

const wearing = (pod: PodView, record: UpdateRecord): PodView =>
  pod.managed === undefined
    ? pod
    : {
        ...pod,
        managed: {
          ...pod.managed,
          annotations: { ...pod.managed.annotations, [annotations.inPlaceState]: printRecord(record) },
        },
      };

interface Tracked extends ImageChange {
  readonly record: UpdateRecord;
  /** Moments after the change, with the record that Berth would have left on the pod. */
  readonly seen: readonly Moment[];
}

/** The changes of one recording, each decided on the last event before it, as if Berth had made them. */
const tracked = (name: string): readonly Tracked[] => {
  let earlier: UpdateRecord | undefined;
  return imageChanges(name).map(change => {
    const before = earlier === undefined ? change.before : wearing(change.before, earlier);
    const record = {
      revision: 'r',
      updatedAt: Math.floor(change.at / 1000) * 1000,
      wasReady: before.ready === 'True',
      formers: formersNow(before, change.containers, change.at),
    };
    earlier = record;
    return { ...change, record, seen: change.after.map(m => ({ ...m, pod: wearing(m.pod, record) })) };
  });
};

const proofs = ({ record, seen }: Tracked): readonly (Proof & { readonly pod: PodView })[] =>
  seen.map(({ pod, at }) => ({ ...proofOf(pod, record, at), pod }));

const changesOf = (name: string, at: number): Tracked => {
  const change = tracked(name)[at];
  assert.ok(change, `${name} has no change number ${at}`);
  return change;
};

const last = <T>(list: readonly T[]): T => {
  const item = list.at(-1);
  assert.ok(item !== undefined, 'the list is empty');
  return item;
};

describe('Evidence of an in-place update, on recorded kubelets', () => {
  for (const name of scenarios)
    it(`${name}: nothing is proven while a wrong image or the old container runs [§11.4 record]`, () => {
      const changes = tracked(name);
      assert.ok(changes.length > 0);
      for (const change of changes)
        for (const proof of proofs(change).filter(p => p.is === 'proven'))
          for (const container of change.containers) {
            const now = containerOf(proof.pod, container);
            if (now?.list === 'initContainers' && now.restartPolicy === undefined) continue; // not run again
            assert.ok(now !== undefined && runsWhatItShould(now), `${container} runs ${now?.status?.imageID}`);
            assert.notEqual(now.status?.containerID, containerOf(change.before, container)?.status?.containerID);
          }
    });

  for (const name of scenarios)
    it(`${name}: what ends with the right image running is proven`, () => {
      const end = last(tracked(name));
      assert.equal(last(proofs(end)).is, 'proven');
    });

  it('a changed image is observed long before it runs', () => {
    const states = proofs(changesOf('image-change-gated', 0)).map(p => (p.is === 'waiting' ? p.for.reason : p.is));
    assert.deepEqual(states.slice(0, 3), ['NotObserved', 'Stopping', 'proven']);
  });

  it('a container of the image in between is named as the wrong one', () => {
    const states = proofs(changesOf('change-and-back-at-once', 1)).map(p => (p.is === 'waiting' ? p.for.reason : p.is));
    assert.deepEqual(states, ['NotObserved', 'WrongImageRunning', 'proven']);
  });

  it('an image that cannot be pulled is told in the words of the kubelet', () => {
    const waiting = last(proofs(changesOf('bad-image-then-rollback', 0)));
    assert.ok(waiting.is === 'waiting' && waiting.for.reason === 'ImageError');
    assert.match(waiting.for.message, /^ImagePullBackOff /);
  });

  it('a crash loop is never settled, whenever one looks', () => {
    for (const { pod, at, until } of changesOf('crash-loop-then-rollback', 0).seen)
      for (const now of everySecond(at, Math.min(until, at + 60_000)))
        assert.notEqual(progressOf(pod, now).is, 'settled', `at ${now - at} ms after an event`);
  });

  it('the rollback of a crash loop is settled after it has run for 30 seconds at most', () => {
    const { pod, at } = last(changesOf('crash-loop-then-rollback', 1).seen);
    assert.notEqual(progressOf(pod, at).is, 'settled');
    assert.equal(progressOf(pod, at + 32_000).is, 'settled');
  });

  it('a plain change is settled two to four seconds after it runs', () => {
    const { pod, at } = last(changesOf('image-change-ungated', 0).seen);
    assert.equal(progressOf(pod, at + 1000).is, 'settling');
    assert.equal(progressOf(pod, at + 4000).is, 'settled');
  });

  it('a pod whose gate is still closed is to rejoin as soon as it is proven', () => {
    const change = changesOf('image-change-while-gate-never-set', 0);
    assert.equal(progressOf(last(change.seen).pod, last(change.seen).at).is, 'rejoining');
  });

  it('a new pod has its gate opened although nothing was ever updated', () => {
    const { pod, at } = last(moments('image-change-while-gate-never-set'));
    assert.equal(progressOf(pod, at).is, 'rejoining');
  });
});

describe('Evidence that no recording shows', () => {
  const done = last(changesOf('retag-same-digest', 0).seen);

  it('equal content proves nothing while another image may still come up', () => {
    const { record } = changesOf('retag-same-digest', 0);
    const formers = new Map([...record.formers].map(([name, f]) => [name, { ...f, pending: true }]));
    assert.equal(proofOf(done.pod, { ...record, formers }, done.at).is, 'waiting');
  });

  it('a retag on top of a retag that has run for half a minute is proven at once', () => {
    const again = formersNow(done.pod, ['a'], done.at + 32_000);
    assert.equal(again.get('a')?.pending, undefined);
  });

  it('a container that has failed may come up once more before its successor', () => {
    const { record } = changesOf('crash-loop-then-rollback', 1);
    assert.equal(record.formers.get('a')?.pending, true);
  });

  it('a container that was restarted a moment ago may be a flash of a crash loop, and come up once more', () => {
    const flash = changesOf('crash-loop-then-rollback', 0).seen.find(
      ({ pod }) => pod.ready === 'True' && isRestarted(pod),
    );
    assert.ok(flash);
    assert.equal(formersNow(flash.pod, ['a'], flash.at).get('a')?.pending, true);
  });

  it('a change on top of an unfinished retag remembers that the retag may still come up', () => {
    const midway = changesOf('retag-same-digest', 0).seen[0];
    assert.ok(midway);
    assert.equal(formersNow(midway.pod, ['a'], midway.at).get('a')?.pending, true);
  });

  it('a record made while draining keeps that knowledge', () => {
    const midway = changesOf('retag-same-digest', 0).seen[0];
    assert.ok(midway);
    const drained = {
      revision: 'r',
      updatedAt: midway.at,
      wasReady: true,
      formers: formersNow(midway.pod, ['a'], midway.at),
    };
    assert.equal(formersNow(wearing(midway.pod, drained), ['a'], midway.at).get('a')?.pending, true);
  });

  it('a digest under a third name is proven after it has run unchanged for the grace period and 30 seconds', () => {
    const { record } = changesOf('retag-same-digest', 0);
    const formers = new Map([...record.formers].map(([name, f]) => [name, { ...f, imageID: 'other@sha256:00' }]));
    assert.equal(proofOf(done.pod, { ...record, formers }, done.at + 30_000).is, 'waiting');
    assert.equal(proofOf(done.pod, { ...record, formers }, done.at + 33_000).is, 'proven');
  });

  it('a kubelet that had nothing to do is believed after the same time', () => {
    const { pod, at } = last(changesOf('image-change-ungated', 0).seen);
    const record = { revision: 'r', updatedAt: at, wasReady: true, formers: formersNow(pod, ['a'], at) };
    assert.equal(proofOf(pod, record, at + 31_000).is, 'waiting');
    assert.equal(proofOf(pod, record, at + 33_000).is, 'proven');
  });

  it('records of OpenKruise are proven by a start after the update', () => {
    const { seen, record } = changesOf('image-change-ungated', 0);
    const theirs = { ...record, formers: new Map([['a', { imageID: record.formers.get('a')?.imageID ?? '' }]]) };
    const states = seen.map(({ pod, at }) => proofOf(pod, theirs, at).is);
    assert.deepEqual(states.at(-1), 'proven');
    assert.ok(!states.slice(0, -1).includes('proven'));
  });

  it('a record of a container that is gone keeps nobody waiting', () => {
    const record = { revision: 'r', updatedAt: 0, wasReady: true, formers: new Map([['gone', { imageID: 'x' }]]) };
    assert.equal(proofOf(done.pod, record, done.at).is, 'proven');
  });

  it('a container without a status is still to come [§11.4 statuses]', () => {
    const { record } = changesOf('image-change-ungated', 0);
    const { managed } = done.pod;
    assert.ok(managed);
    const containers = managed.containers.map(({ status: _status, ...container }) => container);
    const proof = proofOf({ ...done.pod, managed: { ...managed, containers } }, record, done.at);
    assert.deepEqual(proof, { is: 'waiting', for: { reason: 'Starting', container: 'a', state: 'no status yet' } });
  });

  // Written as 12:00:00, which may have been at any time of that second.
  const began = Date.UTC(2026, 0, 1, 12);

  it('a pod is settled when it has been Ready for two seconds, counted from the end of the second that was written', () => {
    const pod = runningAgain(began, 1);
    assert.equal(progressOf(pod, began + 2999).is, 'settling');
    assert.equal(progressOf(pod, began + 3000).is, 'settled');
  });

  it('a restart that nobody asked for makes it thirty', () => {
    const pod = runningAgain(began, 2);
    const progress = progressOf(pod, began + 30_999);
    assert.ok(progress.is === 'settling' && progress.for.reason === 'CrashLoop');
    assert.equal(progressOf(pod, began + 31_000).is, 'settled');
  });

  it('a pod that is not Ready is not settled, however long it has run', () => {
    const progress = progressOf({ ...runningAgain(began, 1), ready: 'False' }, began + 3_600_000);
    assert.ok(progress.is === 'settling' && progress.for.reason === 'NotReady');
  });

  it('a record that cannot be read counts as none', () => {
    const broken = done.pod.managed;
    assert.ok(broken);
    const pod = { ...done.pod, managed: { ...broken, annotations: { [annotations.inPlaceState]: '{' } } };
    assert.equal(updateRecordOf(pod).is, 'broken');
    assert.equal(progressOf(pod, done.at).is, 'idle');
  });
});

/** Of one container, which was replaced and has been Ready since it started, after so many restarts beyond the former. */
const runningAgain = (since: Instant, restarts: number): PodView => {
  const at = timestampOf(since);
  const formers = new Map([['a', { imageID: 'x@sha256:01', containerID: 'c1', restartCount: 0 }]]);
  return podView({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-0',
      ownerReferences: [
        { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'web', uid: 's', controller: true },
      ],
      annotations: {
        [annotations.inPlaceState]: printRecord({ revision: 'r', updatedAt: since, wasReady: true, formers }),
      },
    },
    spec: { containers: [{ name: 'a', image: 'app:v2' }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at }],
      containerStatuses: [
        {
          name: 'a',
          image: 'app:v2',
          imageID: 'x@sha256:02',
          containerID: 'c2',
          restartCount: restarts,
          state: { running: { startedAt: at } },
        },
      ],
    },
  });
};

const isRestarted = (pod: PodView): boolean => (containerOf(pod, 'a')?.status?.restartCount ?? 0) > 0;

const everySecond = (from: Instant, to: Instant): readonly Instant[] =>
  Array.from({ length: Math.max(1, Math.ceil((to - from) / 500)) }, (_, i) => from + i * 500);
