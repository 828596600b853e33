/** The model's kubelet may do what a real one did: each recorded sequence is one of its own. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { Pods } from '../../workloads/resources.ts';
import { type Observed, recording, statesOf } from '../cluster/kubelet/recording.ts';
import { objectIn, objectsIn, textIn } from '../cluster/kubelet/wire.ts';
import { Cells, now } from './cells.ts';
import { looks, type Process, type ProcessOf } from './kubelet.ts';

/** What else was recorded has sidecars that start first, probes or resizes, which the model does without. */
const scenarios: Readonly<Record<string, Process>> = {
  'bad-image-then-rollback': 'stays',
  'change-and-back-at-once': 'stays',
  'change-during-stop': 'stays',
  'crash-loop-then-rollback': 'stays',
  'delete-with-finalizer': 'stays',
  'image-change-gated': 'stays',
  'image-change-ungated': 'stays',
  'image-change-while-gate-never-set': 'stays',
  'missing-at-creation-then-fixed': 'stays',
  'never-exit-0': 'ends well',
  'never-exit-3': 'ends badly',
  'onfailure-exit-1': 'crashes',
  'retag-same-digest': 'stays',
  'two-containers-in-one-patch': 'stays',
};

for (const [name, process] of Object.entries(scenarios))
  test(`a real kubelet did this, and the model's may: ${name}`, () => {
    const { pod, events } = recording(name);
    const crashes = name.startsWith('crash-loop');
    const processOf: ProcessOf = ({ image }) => (crashes && image === 'local.test/app:v2' ? 'crashes' : process);
    const sequence = [...distinct(events)];
    let may: readonly Moment[] = [{ pod: created(pod), runtime: {} }];
    for (const [i, event] of sequence.entries()) {
      const acted = may.map(moment => ({ ...moment, pod: withActs(moment.pod, event) }));
      const shown = textOfStatus(event.status);
      may = within(acted, shown, processOf);
      assert.ok(
        may.length > 0,
        `state ${i} of ${sequence.length} is none of the model's: ${shown}\nbut one of: ${acted.map(m => textOfStatus(objectIn(m.pod['status']))).join('\n')}`,
      );
    }
    assert.ok(sequence.length >= 5);
  });

interface Moment {
  readonly pod: KubeObject;
  readonly runtime: Wire;
}

const created = (pod: KubeObject): KubeObject => ({
  ...pod,
  metadata: { ...pod.metadata, name: 'pod', namespace: 'default', uid: 'uid', generation: 1 },
  status: { phase: 'Pending' },
});

/** What others did to the pod up to this event: its spec, its gate and its deletion are as they were recorded. */
const withActs = (pod: KubeObject, { metadata, images, status }: Observed): KubeObject => {
  const containers = objectsIn(objectIn(pod['spec'])['containers']).map(c => ({
    ...c,
    image: images[textIn(c['name'])],
  }));
  const bound = status['conditions'] === undefined ? {} : { nodeName: 'node-0' };
  const gate = objectsIn(status['conditions']).filter(c => c['type'] === 'InPlaceUpdateReady');
  const mine = objectsIn(objectIn(pod['status'])['conditions']).filter(c => c['type'] !== 'InPlaceUpdateReady');
  const deletion =
    metadata['deletionGracePeriodSeconds'] === undefined ? {} : { deletionTimestamp: '2026-01-01T12:00:00Z' };
  return {
    ...pod,
    metadata: { ...pod.metadata, generation: Number(metadata['generation']), ...deletion },
    spec: { ...objectIn(pod['spec']), containers, ...bound },
    status: { ...objectIn(pod['status']), conditions: [...mine, ...gate] },
  };
};

/** Those of the moments that show this status, at once or after a look or two; a look that nobody saw shows nothing new. */
const within = (moments: readonly Moment[], shown: string, processOf: ProcessOf): readonly Moment[] => {
  const cells = new Cells();
  const known = new Map<number, Moment>();
  const visit = (moment: Moment, depth: number): void => {
    if (depth > 2) return;
    const cell = cells.of(Pods, moment.pod, moment.runtime);
    if (textOfStatus(objectIn(moment.pod['status'])) === shown) known.set(cell.id, moment);
    for (const look of looks(moment.pod, moment.runtime, processOf, now))
      if (look.pod !== undefined) visit({ pod: look.pod, runtime: look.runtime }, depth + 1);
  };
  for (const moment of moments) visit(moment, 0);
  return [...known.values()];
};

const distinct = function* (events: readonly Observed[]): Generator<Observed> {
  let before = '';
  for (const event of events) {
    if (event.event === 'DELETED') continue;
    const text = JSON.stringify([event.metadata['generation'], event.images, textOfStatus(event.status)]);
    if (text !== before) yield event;
    before = text;
  }
};

/** What planners read of a status. Times, addresses and the words of a back-off are left out. */
const textOfStatus = (status: Wire): string => {
  const [state] = statesOf([{ event: '', metadata: {}, images: {}, status: { ...status } }]);
  const conditions = objectsIn(state?.['conditions'])
    .filter(({ type }) => ['Ready', 'ContainersReady', 'InPlaceUpdateReady'].includes(textIn(type)))
    .map(({ type, is }) => `${textIn(type)}=${textIn(is)}`);
  const containers = objectsIn(status['containerStatuses']).map(textOfContainer);
  return JSON.stringify([status['observedGeneration'], status['phase'], conditions, containers]);
};

const textOfContainer = ({ name, image, restartCount, ready, state }: Wire): string => {
  const [kind = '', detail] = Object.entries(objectIn(state))[0] ?? [];
  const { reason, exitCode } = objectIn(detail);
  const isHeld = /BackOff|ErrImagePull/u.test(textIn(reason)) || (kind === 'terminated' && exitCode !== 0);
  return `${textIn(name)} ${textIn(image).replace('docker.io/library/', '')} ${JSON.stringify(restartCount)} ${JSON.stringify(ready)} ${isHeld ? 'held' : kind}`;
};
