/** What becomes of a pod whose own container has the name of one of a set's. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject, Verdict, Wire } from '../../kube/contract.ts';
import { Store } from '../../kube/store.ts';
import { aPod, applied, aSidecarSet } from '../../test/support/sidecarsets.ts';
import { Namespaces } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { podWebhook } from './webhook.ts';

const webhook = podWebhook({
  namespace: 'berth-system',
  secretName: 's',
  mutatingConfiguration: 'm',
  validatingConfiguration: 'v',
});

const decide = (pod: KubeObject, spec: Wire): Verdict => {
  const store = new Store({ report: ({ error }) => assert.fail(String(error)) });
  for (const resource of webhook.reads) store.register(resource);
  const meta = { uid: 'u', resourceVersion: '1' };
  store.changed(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { ...meta, name: 'default' } });
  const set = aSidecarSet({ spec });
  store.changed(SidecarSets, { ...set, metadata: { ...set.metadata, ...meta } });
  const base = { uid: 'u', group: '', version: 'v1', plural: 'pods', subresource: '', user: 'a', dryRun: false };
  return webhook.decide({ ...base, namespace: 'default', name: 'web-0', operation: 'CREATE', object: pod }, store, 0);
};

const refuse = { injectionStrategy: { onNameConflict: 'Refuse' } };
const withOwnLog = aPod('web-0', {
  containers: [
    { name: 'main', image: 'app:v1' },
    { name: 'log', image: 'own:v1' },
  ],
});

describe('A pod with a container of the name of a sidecar', () => {
  it('gets the sidecar in its place, and its creator is warned', () => {
    const verdict = decide(withOwnLog, {});
    assert.ok(verdict.is === 'allowed');
    assert.deepEqual(verdict.warnings, [
      "SidecarSet logs: its container log replaces the pod's own container of that name",
    ]);
    const after = applied(withOwnLog, verdict.patch);
    assert.equal(after.metadata.annotations?.['berth/replaced-containers'], '{"logs":["log"]}');
    const again = decide(after, {});
    assert.deepEqual(again.is === 'allowed' && [again.patch, again.warnings], [[], []]);
  });

  it('is refused where the set asks for it, with the place of the container', () => {
    const verdict = decide(withOwnLog, refuse);
    assert.ok(verdict.is === 'refused');
    assert.deepEqual(
      verdict.problems.map(p => p.field),
      ['spec.containers[1].name'],
    );
    assert.match(verdict.problems[0]?.message ?? '', /"log" is the name of a container of SidecarSet logs/);
  });

  it('is refused for the name of a twin too', () => {
    const hot = { upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'empty' } };
    const verdict = decide(
      aPod('web-0', { initContainers: [{ name: 'x' }], containers: [{ name: 'log-2', image: 'a' }] }),
      {
        ...refuse,
        containers: [{ name: 'log', image: 'log:v1', ...hot }],
      },
    );
    assert.equal(verdict.is, 'refused');
  });

  it('is not in conflict with what was injected before', () => {
    const first = decide(aPod(), refuse);
    assert.ok(first.is === 'allowed');
    const again = decide(applied(aPod(), first.patch), refuse);
    assert.deepEqual(again, {
      is: 'allowed',
      patch: [],
      warnings: [],
      decisions: [{ result: 'unchanged', reason: 'Current' }],
    });
  });
});
