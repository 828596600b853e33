import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { annotations } from '../../api/names.ts';
import type { Wire } from '../../kube/contract.ts';
import { isAvailable, standingOf } from './availability.ts';
import { podView } from './project.ts';
import type { PodView } from './view.ts';

const since = Date.UTC(2026, 0, 1, 12);

/** Ready since noon. */
const aPod = (metadata: Wire = {}): PodView =>
  podView({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-0',
      ownerReferences: [
        { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'web', uid: 's', controller: true },
      ],
      ...metadata,
    },
    spec: { containers: [{ name: 'log', image: 'log:v2' }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T12:00:00Z' }],
      containerStatuses: [{ name: 'log', image: 'log:v1', imageID: 'x', containerID: 'c1', state: { running: {} } }],
    },
  });

describe('A pod that is Ready', () => {
  it('is available after minReadySeconds, and not before', () => {
    assert.deepEqual(
      [4999, 5000].map(passed => isAvailable(aPod(), 5, since + passed)),
      [false, true],
    );
    assert.ok(isAvailable(aPod(), 0, since));
  });

  it('is not available once it is on its way out', () => {
    assert.ok(!isAvailable(aPod({ deletionTimestamp: '2026-01-01T12:00:00Z' }), 0, since));
  });

  it('is whole only if no update of it is open, whoever made it', () => {
    const now = since + 3_600_000;
    const formers = { log: { imageID: 'x', containerID: 'c1', restartCount: 0, image: 'log:v1' } };
    const record = { revision: 'h', updateTimestamp: '2026-01-01T13:00:00Z', lastContainerStatuses: formers };
    const taken = aPod({ annotations: { [annotations.sidecarSetInPlaceState]: JSON.stringify({ logs: record }) } });
    assert.equal(standingOf(aPod(), 0, now).isWhole, true);
    assert.equal(standingOf(taken, 0, now).isWhole, false);
  });

  it('asks to be looked at again when its minReadySeconds are over', () => {
    assert.equal(standingOf(aPod(), 5, since + 2000).wakeAfter, 3000);
    assert.equal(standingOf(aPod(), 5, since + 5000).wakeAfter, undefined);
  });
});
