import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { progressOf } from '../inplace/progress.ts';
import { standingOf } from './availability.ts';
import { instantOf, podView, timestampOf } from './project.ts';
import { whyNotReady } from './trouble.ts';

const ours = { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'web', uid: 's', controller: true };
const theirs = { ...ours, apiVersion: 'apps/v1' };

const aPod = (more: Wire = {}, metadata: Wire = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-0', namespace: 'default', uid: 'u', resourceVersion: '1', ...metadata },
  ...more,
});

describe('The view of a pod', () => {
  it('is small for pods of others', () => {
    const view = podView(aPod({ spec: { containers: [{ name: 'a' }] } }, { ownerReferences: [theirs] }));
    assert.equal(view.managed, undefined);
    assert.deepEqual(view.owner, { uid: 's', group: 'apps', version: 'v1', kind: 'StatefulSet', name: 'web' });
  });

  it('knows more of pods that Berth looks after: ours, and those with a sidecar', () => {
    assert.ok(podView(aPod({}, { ownerReferences: [ours] })).managed);
    const injected = podView(aPod({}, { annotations: { 'kruise.io/sidecarset-injected-list': 'log,,mesh' } }));
    assert.ok(injected.managed);
    assert.deepEqual(injected.injectedSets, ['log', 'mesh']);
  });

  it('knows of any pod whether its gate is left closed', () => {
    const gated = aPod({ spec: { readinessGates: [{ conditionType: 'KruisePodReady' }] } });
    assert.equal(podView(gated).leftClosed, true);
    assert.equal(podView(aPod()).leftClosed, undefined);
  });

  it('lists containers with their place in the spec, init containers first, each with its status', () => {
    const view = podView(
      aPod(
        {
          spec: {
            initContainers: [{ name: 'side', image: 's:1', restartPolicy: 'Always' }],
            containers: [{ name: 'a' }, { name: 'b', env: [{ name: 'IS_INJECTED', value: 'true' }] }],
          },
          status: {
            containerStatuses: [
              { name: 'b', state: { waiting: { reason: 'ContainerCreating' } } },
              { name: 'a', state: { running: { startedAt: '2026-01-01T00:00:00Z' } }, restartCount: 2 },
            ],
          },
        },
        { ownerReferences: [ours] },
      ),
    );
    assert.deepEqual(
      view.managed?.containers.map(c => [c.list, c.index, c.name, c.injected, c.status?.state.is]),
      [
        ['initContainers', 0, 'side', false, undefined],
        ['containers', 0, 'a', false, 'running'],
        ['containers', 1, 'b', true, 'waiting'],
      ],
    );
  });

  it('keeps annotations of ours and of OpenKruise only', () => {
    const annotations = { 'berth/x': '1', 'apps.kruise.io/y': '2', 'example.com/z': '3' };
    const view = podView(aPod({}, { ownerReferences: [ours], annotations }));
    assert.deepEqual(Object.keys(view.managed?.annotations ?? {}), ['berth/x', 'apps.kruise.io/y']);
  });

  it('can be asked everything, whatever is on the wire', () => {
    const odd = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.array(fc.record({ name: fc.jsonValue(), state: fc.jsonValue() })),
    );
    const spec = fc.record({ containers: odd, initContainers: odd, volumes: odd, readinessGates: odd, affinity: odd });
    const status = fc.record({ conditions: odd, containerStatuses: odd, phase: odd, initContainerStatuses: odd });
    fc.assert(
      fc.property(fc.oneof(spec, odd), fc.oneof(status, odd), (s, t) => {
        const view = podView(aPod({ spec: s, status: t } as Wire, { ownerReferences: [ours] }));
        const now = Date.UTC(2026, 0, 1);
        progressOf(view, now);
        standingOf(view, 10, now);
        whyNotReady(view);
      }),
    );
  });
});

describe('Times', () => {
  it('are read as written, and printed as the API writes them', () => {
    assert.equal(timestampOf(instantOf('2026-01-02T03:04:05Z') ?? 0), '2026-01-02T03:04:05Z');
  });

  it('that are none are undefined', () => {
    for (const text of [undefined, null, '', 'soon']) assert.equal(instantOf(text), undefined);
  });
});
