/** Pods and sets that nobody should write: each has its answer, and no pod is lost by accident. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { annotations as names } from '../../api/names.ts';
import type { KubeObject, Verdict, Wire } from '../../kube/contract.ts';
import { Store } from '../../kube/store.ts';
import { aPod, applied, aSidecarSet, type SetOptions } from '../../test/support/sidecarsets.ts';
import { Namespaces } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { podWebhook } from './webhook.ts';

const webhook = podWebhook({
  namespace: 'berth-system',
  secretName: 's',
  mutatingConfiguration: 'm',
  validatingConfiguration: 'v',
});

/** What is answered to the creation of a pod, beside these sets as they are stored. */
const decide = (pod: KubeObject, ...sets: readonly KubeObject[]): Verdict => {
  const store = new Store({ report: ({ error }) => assert.fail(String(error)) });
  for (const resource of webhook.reads) store.register(resource);
  const meta = { uid: 'u', resourceVersion: '1' };
  store.changed(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { ...meta, name: 'default' } });
  for (const set of sets) store.changed(SidecarSets, { ...set, metadata: { ...set.metadata, ...meta } });
  const base = { uid: 'u', group: '', version: 'v1', plural: 'pods', subresource: '', user: 'a', dryRun: false };
  return webhook.decide({ ...base, namespace: 'default', name: 'web-0', operation: 'CREATE', object: pod }, store, 0);
};

const admitted = (pod: KubeObject, ...sets: readonly KubeObject[]): KubeObject => {
  const verdict = decide(pod, ...sets);
  assert.ok(verdict.is === 'allowed', JSON.stringify(verdict));
  return applied(pod, verdict.patch);
};

const patchOf = (verdict: Verdict): unknown => verdict.is === 'allowed' && verdict.patch;

const containersOf = (pod: KubeObject): readonly string[] =>
  (pod['spec'] as { containers: readonly { name: string }[] }).containers.map(c => c.name);

const refusedFor = (pod: KubeObject, ...sets: readonly KubeObject[]): readonly string[] => {
  const verdict = decide(pod, ...sets);
  return verdict.is === 'refused' ? verdict.problems.map(({ field, message }) => `${field}: ${message}`) : [];
};

describe('Annotations of ours', () => {
  const text = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constantFrom('', '{', 'null', '[]', '{"logs":1}', '{"__proto__":{}}'),
  );
  const hot = { upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'empty' } };

  it('may hold anything: a pod is injected, or refused with the annotation', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(names)), text, fc.boolean(), (key, value, isHot) => {
        const pod = aPod('web-0', {}, { annotations: { [key]: value } });
        const verdict = decide(pod, aSidecarSet(isHot ? { container: hot } : {}));
        if (verdict.is === 'refused')
          assert.deepEqual([...new Set(verdict.problems.map(p => p.field))], [`metadata.annotations[${key}]`]);
        else assert.ok(verdict.is === 'allowed' && containersOf(applied(pod, verdict.patch)).includes('main'));
      }),
    );
  });

  it('in the form of very old versions are read, and written anew', () => {
    const pod = aPod('web-0', {}, { annotations: { [names.sidecarSetHash]: '{"logs":"old"}' } });
    assert.deepEqual(containersOf(admitted(pod, aSidecarSet())), ['log', 'main']);
  });
});

describe('A set', () => {
  it('whose selector selects everything goes into every pod, once', () => {
    const everything = { matchExpressions: [{ key: 'no-such-label', operator: 'DoesNotExist' }] };
    const set = aSidecarSet({ spec: { selector: everything } });
    for (const labels of [undefined, {}, { app: 'other' }]) {
      const pod = admitted(aPod('web-0', {}, { labels }), set);
      assert.deepEqual(containersOf(pod), ['log', 'main']);
      assert.deepEqual(patchOf(decide(pod, set)), []);
    }
  });

  it('whose selector is empty, stored past every rule, goes into none', () => {
    assert.deepEqual(containersOf(admitted(aPod(), aSidecarSet({ spec: { selector: {} } }))), ['main']);
  });

  it('with a nonsense expression, stored past the webhook, refuses its pods by name, and no others', () => {
    const resourcesPolicy = (expression: string): Wire => ({
      resourcesPolicy: { targetContainersMode: 'sum', resourcesExpr: { requests: { cpu: expression } } },
    });
    for (const expression of ['cpu-100', 'cpu*cpu', '1/0', 'nobody(cpu)', '((((', '2 + @']) {
      const set = aSidecarSet({ container: resourcesPolicy(expression) });
      const [said = ''] = refusedFor(aPod(), set);
      assert.match(said, /^spec\.containers: SidecarSet logs: resources of its container log cannot/, expression);
      const other = aPod('web-0', {}, { labels: { app: 'other' } });
      assert.deepEqual(containersOf(admitted(other, set)), ['main']);
    }
  });

  it('as it was written for v1alpha1 is for its one namespace only', () => {
    const inNamespace = (namespace: string): SetOptions => ({ version: 'v1alpha1', spec: { namespace } });
    const labels = { 'kubernetes.io/metadata.name': 'default' };
    const here = aSidecarSet(inNamespace('elsewhere'));
    assert.deepEqual(containersOf(admitted(aPod('web-0', {}, { labels: { ...labels, app: 'web' } }), here)), ['main']);
  });
});

describe('Sizes at the limit', () => {
  const long = 'x'.repeat(63);

  it('of names are carried whole', () => {
    const set = aSidecarSet({ name: long, container: { name: long } });
    const pod = admitted(aPod('p'.repeat(253)), set);
    assert.deepEqual(containersOf(pod), [long, 'main']);
    assert.equal(pod.metadata.annotations?.[names.sidecarSetInjectedList], long);
    assert.deepEqual(Object.keys(JSON.parse(pod.metadata.annotations?.[names.sidecarSetHash] ?? '') as object), [long]);
  });

  it('of a set and of a pod with 250 containers each, which share their volumes, are injected once', () => {
    const many = Array.from({ length: 250 }, (_, i) => i);
    const own = many.map(i => ({
      name: `own-${i}`,
      image: 'app:v1',
      volumeMounts: [{ name: `v${i}`, mountPath: `/v${i}` }],
    }));
    const volumes = many.map(i => ({ name: `v${i}`, emptyDir: {} }));
    const containers = many.map(i => ({ name: `side-${i}`, image: 'log:v1', shareVolumePolicy: { type: 'enabled' } }));
    const set = aSidecarSet({ spec: { containers } });
    const pod = admitted(aPod('web-0', { containers: own, volumes }), set);
    assert.equal(containersOf(pod).length, 500);
    assert.deepEqual(patchOf(decide(pod, set)), []);
  });
});
