import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { annotations } from '../../api/names.ts';
import { aPod, aSidecarSet, injected } from '../../test/support/sidecarsets.ts';
import { sidecarProgressOf } from '../inplace/progress.ts';
import { podView } from '../pods/project.ts';
import type { PodView } from '../pods/view.ts';
import { Traces } from './traces.ts';

const at = (second: number): string => new Date(second * 1000).toISOString();
const tracesOf = (pod: PodView) => new Traces(pod, { set: 'logs', belongs: true, shared: text => text });

/** Updated at 100; its container is another one since `started`, and the pod Ready since `ready`. */
const updated = (started: number, ready: number): PodView => {
  const pod = injected(aPod('web-0'), [aSidecarSet()]);
  const former = { imageID: 'old', containerID: 'one', restartCount: 0, image: 'log:v0' };
  const record = { logs: { updateTimestamp: at(100), lastContainerStatuses: { log: former }, wasReady: true } };
  const own = { [annotations.sidecarSetInPlaceState]: JSON.stringify(record) };
  const status = { name: 'log', image: 'log:v1', imageID: 'new', containerID: 'two', ready: true, restartCount: 1 };
  return podView({
    ...pod,
    metadata: { ...pod.metadata, generation: 1, annotations: { ...pod.metadata.annotations, ...own } },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at(ready) }],
      containerStatuses: [{ ...status, state: { running: { startedAt: at(started) } } }],
    },
  });
};

const second = fc.integer({ min: 90, max: 130 });

it('progress that is remembered is that which is read anew, at any time and in any order', () => {
  fc.assert(
    fc.property(second, second, fc.array(second, { minLength: 1 }), (started, ready, times) => {
      const pod = updated(started, ready);
      const traces = tracesOf(pod);
      for (const time of times)
        assert.deepEqual(traces.progress(time * 1000), sidecarProgressOf(pod, 'logs', time * 1000));
    }),
  );
});
