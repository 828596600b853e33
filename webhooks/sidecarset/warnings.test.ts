import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { aSidecarSet, type SetOptions } from '../../test/support/sidecarsets.ts';
import { warningsAbout } from './warnings.ts';

/** A set whose pods are all up to date. */
const stored = (options: SetOptions = {}, status: Wire = {}): KubeObject => ({
  ...aSidecarSet(options),
  status: { matchedPods: 412, updatedPods: 412, latestRevision: 'logs-1', ...status },
});

const all = 'the 412 pods with the containers';
const env = { container: { env: [{ name: 'A', value: '1' }] } };
const v2 = (strategy: Wire): SetOptions => ({ image: 'log:v2', strategy });

describe('Of a change its author is warned', () => {
  const rows: readonly (readonly [string, SetOptions, readonly string[]])[] = [
    ['not at all where pods just move', { image: 'log:v2' }, []],
    [
      'that pods cannot take it in place',
      env,
      [
        `spec.containers[0].env changes: ${all} cannot take this in place and stay at revision logs-1 until they are made anew`,
      ],
    ],
    [
      'that pods are evicted',
      { ...env, strategy: { nonInPlace: 'Recreate' } },
      [
        `spec.containers[0].env changes: ${all} cannot take this in place and are evicted within maxUnavailable where a controller makes them anew`,
      ],
    ],
    [
      'that it is only for new pods',
      { spec: { volumes: [{ name: 'cache', emptyDir: {} }] } },
      [`spec.volumes changes: ${all} keep what they have; new pods get it`],
    ],
    [
      'that the strategy leaves pods alone',
      v2({ type: 'NotUpdate' }),
      [`spec.updateStrategy.type: NotUpdate leaves ${all} as they are; new pods get the change`],
    ],
    [
      'that the rollout is paused',
      v2({ paused: true }),
      [`spec.updateStrategy.paused: ${all} stay as they are until it is false`],
    ],
    [
      'that the partition keeps all pods',
      v2({ partition: '100%' }),
      [`spec.updateStrategy.partition: it keeps all of ${all} at their revision`],
    ],
    ['not at all where the partition leaves one to go', v2({ partition: '99%' }), []],
    [
      'that no pod that serves may be taken',
      v2({ maxUnavailable: '0%' }),
      ['spec.updateStrategy.maxUnavailable: 0 moves only pods that do not serve'],
    ],
    [
      'that the selectors have no pod in common',
      v2({ selector: { matchLabels: { app: 'other' } } }),
      ['spec.updateStrategy.selector: selects none of the pods that spec.selector does, so none moves'],
    ],
    [
      'that pods may leave the set',
      { spec: { selector: { matchLabels: { app: 'other' } } } },
      [
        `spec.selector changes: of ${all}, those that it does not match any more keep the containers and are not updated`,
      ],
    ],
    [
      'that new pods go without',
      { spec: { injectionStrategy: { paused: true } } },
      ['spec.injectionStrategy.paused: new pods start without these containers'],
    ],
  ];
  for (const [what, after, warnings] of rows)
    it(what, () => assert.deepEqual(warningsAbout(aSidecarSet(after), stored()), warnings));

  it('that the selector has moved none before', () => {
    const selector = { matchLabels: { canary: 'yes' } };
    const before = stored({ strategy: { selector } }, { pods: [{ reason: 'NotSelected', count: 412 }] });
    assert.deepEqual(warningsAbout(aSidecarSet(v2({ selector })), before), [
      `spec.updateStrategy.selector: none of ${all} was selected by it, so none moves`,
    ]);
  });

  it('when the strategy alone changes and pods are behind, and not when it stays', () => {
    const before = stored({ image: 'log:v2' }, { updatedPods: 3 });
    assert.equal(warningsAbout(aSidecarSet(v2({ paused: true })), before).length, 1);
    const paused = stored(v2({ paused: true }), { updatedPods: 3 });
    assert.deepEqual(warningsAbout(aSidecarSet(v2({ paused: true })), paused), []);
  });

  it('with no word of pods where there are none', () => {
    const none = stored({}, { matchedPods: 0, updatedPods: 0 });
    assert.deepEqual(warningsAbout(aSidecarSet({ ...env, strategy: { partition: 5 } }), none), []);
  });

  it('of one pod in the singular', () => {
    const [warning] = warningsAbout(aSidecarSet(v2({ paused: true })), stored({}, { matchedPods: 1, updatedPods: 1 }));
    assert.match(warning ?? '', /the 1 pod with the containers/);
  });
});

describe('Of a new set its author is warned', () => {
  it('of what moves nobody, and of what injects nobody', () => {
    const set = aSidecarSet({ strategy: { maxUnavailable: 0 }, spec: { injectionStrategy: { paused: true } } });
    assert.equal(warningsAbout(set).length, 2);
    assert.deepEqual(warningsAbout(aSidecarSet()), []);
  });

  it('not at all where it cannot be read: then it is refused', () =>
    assert.deepEqual(warningsAbout(aSidecarSet({ spec: { selector: {} } })), []));
});
