/** The fake kubelet shows the states that a real one showed, in the same order: 18 recorded scenarios. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play } from './player.ts';
import { type Recording, recording, scenarioNames, statesOf } from './recording.ts';
import type { Settings } from './settings.ts';

/** About as fast as the node that was recorded. */
const recordedNode: Settings = {
  delays: {
    init: 450,
    start: 100,
    restart: 100,
    ready: 990,
    notice: 30,
    stop: 120,
    finish: 1000,
    delete: 500,
    backoff: 10_000,
  },
  minor: 36,
};

/** What the recorded image did beyond what its command says: the web server of this scenario does not handle TERM. */
const asTheImageWas = (name: string, recorded: Recording): Recording =>
  name !== 'readiness-probe-image-change'
    ? recorded
    : {
        ...recorded,
        pod: {
          ...recorded.pod,
          metadata: { ...recorded.pod.metadata, annotations: { 'fake-kubelet/stop-code': 'never' } },
        },
      };

for (const name of scenarioNames)
  test(`as a real kubelet: ${name}`, () => {
    const recorded = asTheImageWas(name, recording(name));
    const played = statesOf(play(recorded, recordedNode).events);
    const expected = statesOf(recorded.events);
    for (const [i, state] of expected.entries()) assert.deepEqual(played[i], state, `state ${i} of ${expected.length}`);
    assert.equal(played.length, expected.length, `one state too many: ${JSON.stringify(played[expected.length])}`);
  });

test('eighteen scenarios are played', () => assert.equal(scenarioNames.length, 18));
