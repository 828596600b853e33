import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { annotations } from '../../api/names.ts';
import type { Instant } from '../../kube/contract.ts';
import { aPod, aSidecarSet, injected, usable } from '../../test/support/sidecarsets.ts';
import { podView } from '../../workloads/pods/project.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { Traces } from '../../workloads/sidecars/traces.ts';
import { memberOf } from './member.ts';
import type { SeenPod } from './observe.ts';

const at = (second: number): string => new Date(second * 1000).toISOString();
const set = usable(aSidecarSet());
const seenAs = (pod: PodView): SeenPod => ({
  ...{ pod, name: pod.key, uid: pod.uid, claimed: false, belongs: true, isLeaving: false, atRest: undefined },
  traces: new Traces(pod, 'logs', text => text),
});
const memberAt = (seen: SeenPod, now: Instant) => memberOf(seen, set, () => [], now);

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

it('what a pod is to its set is remembered where it is that which is found anew, at any later time', () => {
  fc.assert(
    fc.property(second, second, fc.array(second, { minLength: 1 }), (started, ready, times) => {
      const seen = seenAs(updated(started, ready));
      for (const time of times.toSorted((a, b) => a - b))
        assert.deepEqual(memberAt(seen, time * 1000), memberAt({ ...seen, atRest: undefined }, time * 1000));
    }),
  );
});

it('what a pod is to its set is not found again once its update is over', () => {
  const seen = seenAs(updated(100, 100));
  assert.notEqual(memberAt(seen, 101_000), memberAt(seen, 101_000));
  assert.equal(memberAt(seen, 150_000), memberAt(seen, 151_000));
});
