/** What holds for any pod, whatever is done to it: properties, and behaviour that no recording shows. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject, Wire } from '../../../kube/contract.ts';
import { sandboxFor } from './adopt.ts';
import { type Played, play } from './player.ts';
import { conditionOf, podView } from './pod.ts';
import type { Act, Observed } from './recording.ts';
import { delaysOf, settingsAt } from './settings.ts';
import { step } from './step.ts';
import { numberIn, objectIn, objectsIn, textIn } from './wire.ts';

const settings = settingsAt(1, 36);
const minute = 60_000;

const aPod = (spec: Wire = {}, annotations: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', annotations },
  spec: {
    readinessGates: [{ conditionType: 'InPlaceUpdateReady' }],
    terminationGracePeriodSeconds: 3,
    initContainers: [
      { name: 'first', image: 'local.test/app:v1' },
      { name: 'side', image: 'local.test/app:v1', restartPolicy: 'Always' },
    ],
    containers: [
      { name: 'a', image: 'local.test/app:v1' },
      { name: 'b', image: 'local.test/app:v1', readinessProbe: {} },
    ],
    ...spec,
  },
});

const oneContainer = (fields: Wire, restartPolicy = 'Always'): Wire => ({
  restartPolicy,
  readinessGates: [],
  initContainers: [],
  containers: [{ name: 'a', image: 'local.test/app:v1', ...fields }],
});

const done = (acts: readonly Act[], end: number, pod: KubeObject = aPod()): Played =>
  play({ pod, acts: [{ ms: 0, act: 'create' }, ...acts], end }, settings);

const statusesOf = (status: Wire): readonly Wire[] => [
  ...objectsIn(status['initContainerStatuses']),
  ...objectsIn(status['containerStatuses']),
];
const statusOf = (status: Wire, name: string): Wire => objectIn(statusesOf(status).find(c => c['name'] === name));
const isReady = (status: Wire): boolean =>
  objectsIn(status['conditions']).some(c => c['type'] === 'Ready' && c['status'] === 'True');
const last = ({ events }: Played): Wire => events.at(-1)?.status ?? {};
const reasonsOf = ({ events }: Played, name: string): readonly string[] =>
  events.map(({ status }) => textIn(objectIn(objectIn(statusOf(status, name)['state'])['waiting'])['reason']));

// ── Properties ──────────────────────────────────────────────────────────────────────────────────────────────────────

const anAct = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('a', 'b', 'a,b', 'side', 'first'),
      fc.constantFrom('v1', 'v2', 'v1again', 'missing', 'crash'),
    )
    .map(([names, tag]) => `image ${names} x->${tag}`),
  fc.constantFrom('gate True', 'gate False', 'resize a cpu 80m', 'resize b cpu 10m'),
);

const acts = fc
  .array(fc.record({ ms: fc.integer({ min: 0, max: 20_000 }), act: anAct }), { maxLength: 8 })
  .map((list): readonly Act[] => list.toSorted((x, y) => x.ms - y.ms));

const repaired: readonly Act[] = [
  { ms: minute, act: 'image a,b,side,first x->v2' },
  { ms: minute, act: 'gate True' },
];

test('whatever was done to a pod, once its images are good and its gate is open it becomes Ready with them', () => {
  fc.assert(
    fc.property(acts, list => {
      const status = last(done([...list, ...repaired], 5 * minute));
      assert.ok(isReady(status), JSON.stringify(status['conditions']));
      for (const name of ['side', 'a', 'b']) assert.equal(statusOf(status, name)['image'], 'local.test/app:v2');
    }),
  );
});

test('a pod with nothing to do is quiet', () => {
  fc.assert(
    fc.property(acts, list => {
      const script = [...list, ...repaired];
      assert.equal(done(script, 90 * minute).events.length, done(script, 5 * minute).events.length);
    }),
  );
});

test('a deleted pod ends, whatever was going on', () => {
  fc.assert(
    fc.property(acts, fc.integer({ min: 0, max: 20_000 }), (list, ms) => {
      const before = list.filter(act => act.ms <= ms);
      assert.equal(done([...before, { ms, act: 'delete' }], ms + minute).pod, undefined);
    }),
  );
});

const pairs = (events: readonly Observed[]): readonly (readonly [Wire, Wire])[] =>
  events.slice(1).map(({ status }, i) => [events[i]?.status ?? {}, status]);

test('a container has a new id exactly when its restarts are counted up, and generations never go back', () => {
  fc.assert(
    fc.property(acts, list => {
      for (const [before, after] of pairs(done(list, minute).events)) {
        assert.ok(numberIn(after['observedGeneration'], 0) >= numberIn(before['observedGeneration'], 0));
        for (const was of statusesOf(before)) {
          const is = statusOf(after, textIn(was['name']));
          if (was['containerID'] === undefined) continue;
          const restarts = numberIn(is['restartCount'], 0) - numberIn(was['restartCount'], 0);
          assert.ok(restarts === 0 || restarts === 1, `${restarts} restarts in one event`);
          assert.equal(is['containerID'] !== was['containerID'], restarts === 1);
        }
      }
    }),
  );
});

test('a restarted kubelet finds a settled pod as it is: it writes nothing', () => {
  fc.assert(
    fc.property(acts, list => {
      const { pod } = done([...list, ...repaired], 5 * minute);
      const view = pod === undefined ? undefined : podView(pod);
      assert.ok(view !== undefined);
      const { write } = step(sandboxFor(view, '10.77.0.2', delaysOf(view, settings)), view, 6 * minute, settings);
      assert.equal(write, undefined);
    }),
  );
});

// ── Behaviour that no recording shows ───────────────────────────────────────────────────────────────────────────────

test('a condition that somebody else overwrites is put right', () => {
  const { pod } = done([{ ms: 0, act: 'gate True' }], minute);
  assert.ok(pod !== undefined);
  const view = podView(pod);
  assert.ok(view !== undefined && conditionOf(view, 'Ready') === 'True');
  const { sandbox } = step(sandboxFor(view, '10.77.0.2', settings.delays), view, 2 * minute, settings);
  const conditions = objectsIn(view.status['conditions']).map(c =>
    c['type'] === 'Ready' ? { ...c, status: 'False' } : c,
  );
  const { write } = step(sandbox, { ...view, status: { ...view.status, conditions } }, 3 * minute, settings);
  const sent = write?.do === 'patch status' ? objectsIn(objectIn(write.body['status'])['conditions']) : [];
  assert.deepEqual(
    sent.map(({ type, status }) => [type, status]),
    [['Ready', 'True']],
  );
});

test('a write that was lost is asked for again, and nothing goes on before it is there', () => {
  const pod = aPod();
  const view = podView({ ...pod, spec: { ...objectIn(pod['spec']), nodeName: 'node-0' }, status: {} });
  assert.ok(view !== undefined);
  const first = step(sandboxFor(view, '10.77.0.2', settings.delays), view, 0, settings);
  const later = step(first.sandbox, view, minute, settings);
  assert.equal(first.write?.do, 'patch status');
  assert.deepEqual(later.write, first.write);
});

test('the back-off of a crash loop doubles', () => {
  const crashing = aPod(oneContainer({ image: 'local.test/app:crash' }));
  const restarts = (end: number): number => numberIn(statusOf(last(done([], end, crashing)), 'a')['restartCount'], 0);
  assert.ok(restarts(10_000) >= 2);
  assert.ok(restarts(2 * minute) - restarts(minute) <= 3);
  assert.ok(reasonsOf(done([], minute, crashing), 'a').includes('CrashLoopBackOff'));
});

test('annotations decide how long a container runs and how it ends, for one container or for all that matter', () => {
  const annotations = { 'fake-kubelet/run-time': '3s', 'fake-kubelet/exit-code.a': '4' };
  const { events } = done([], minute, aPod({ ...oneContainer({}, 'Never') }, annotations));
  const status = events.at(-1)?.status ?? {};
  assert.equal(status['phase'], 'Failed');
  assert.equal(objectIn(objectIn(statusOf(status, 'a')['state'])['terminated'])['exitCode'], 4);
});

test('an annotation makes a running container unready, and its end makes it ready', () => {
  const unready = aPod(oneContainer({}), { 'fake-kubelet/ready': 'false' });
  assert.equal(isReady(last(done([], minute, unready))), false);
  assert.equal(statusOf(last(done([], minute, unready)), 'a')['started'], true);
});

test('an init container that fails is tried again, unless the pod may never restart', () => {
  const initContainers = [{ name: 'first', image: 'local.test/app:v1', command: ['false'] }];
  const always = last(done([], minute, aPod({ ...oneContainer({}), initContainers })));
  assert.equal(always['phase'], 'Pending');
  assert.ok(numberIn(statusOf(always, 'first')['restartCount'], 0) > 1);
  const never = last(done([], minute, aPod({ ...oneContainer({}, 'Never'), initContainers })));
  assert.equal(never['phase'], 'Failed');
});

test('a pod that is deleted before anything ran counts as failed', () => {
  const { events } = done([{ ms: 50, act: 'delete' }], minute, aPod(oneContainer({})));
  const status = events.at(-1)?.status ?? {};
  assert.equal(status['phase'], 'Failed');
  assert.equal(events.at(-1)?.event, 'DELETED');
});

test('deletion does not wait for a start that takes long', () => {
  const slow = aPod(oneContainer({}), { 'fake-kubelet/start-delay': '1h' });
  assert.equal(done([{ ms: 10_000, act: 'delete' }], minute, slow).pod, undefined);
});

test('a kubelet before 1.34 does not say which generation it has observed', () => {
  const old = play({ pod: aPod(), acts: [{ ms: 0, act: 'create' }], end: minute }, settingsAt(1, 32));
  assert.equal(
    old.events.some(({ status }) => status['observedGeneration'] !== undefined),
    false,
  );
  assert.equal(
    objectsIn(last(old)['conditions']).some(c => c['observedGeneration'] !== undefined),
    false,
  );
});
