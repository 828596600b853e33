import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject, Reader, Resource, Review, Seen, Verdict } from '../../kube/contract.ts';
import { Store } from '../../kube/store.ts';
import { aPod, applied, aSidecarSet } from '../../test/support/sidecarsets.ts';
import type { Installation } from '../../workloads/installation.ts';
import { podWebhook } from './webhook.ts';

const installation: Installation = {
  namespace: 'berth-system',
  secretName: 's',
  mutatingConfiguration: 'm',
  validatingConfiguration: 'v',
};
const webhook = podWebhook(installation);

const namespace = (name: string, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
});

/** What the webhook process knows. */
const knowing = (...objects: readonly KubeObject[]): Reader => {
  const { reads: resources } = webhook;
  const store = new Store({ report: ({ error }) => assert.fail(String(error)) });
  for (const resource of resources) store.register(resource);
  for (const [i, object] of [namespace('default'), ...objects].entries()) {
    const resource = resources.find(r => r.kind === object.kind) as Resource<Seen>;
    store.changed(resource, { ...object, metadata: { uid: `${i}`, resourceVersion: `${i + 1}`, ...object.metadata } });
  }
  return store;
};

const base = {
  uid: 'u',
  group: '',
  version: 'v1',
  plural: 'pods',
  subresource: '',
  namespace: 'default',
  name: 'web-0',
  user: 'a',
  dryRun: false,
};
const created = (pod: KubeObject, reader: Reader, more: Partial<typeof base> = {}): Verdict =>
  webhook.decide({ ...base, ...more, operation: 'CREATE', object: pod } satisfies Review, reader, 0);

const containersAfter = (pod: KubeObject, reader: Reader, more: Partial<typeof base> = {}): readonly string[] => {
  const verdict = created(pod, reader, more);
  assert.ok(verdict.is === 'allowed');
  return (
    applied(pod, verdict.patch)['spec'] as { containers: readonly { name: string; image: string }[] }
  ).containers.map(c => `${c.name} ${c.image}`);
};

const own = 'main app:v1';

describe('A pod that is created', () => {
  it('gets the sets that select it, in the order of their names [§7.4 several sets]', () => {
    const sets = [
      aSidecarSet({ name: 'b', spec: { containers: [{ name: 'b', image: 'b' }] } }),
      aSidecarSet({ name: 'a' }),
    ];
    assert.deepEqual(containersAfter(aPod(), knowing(...sets)), ['log log:v1', 'b b', own]);
  });

  it('gets none that selects others, is paused, is being deleted, or is for other namespaces', () => {
    const others = [
      aSidecarSet({ name: 'a', spec: { selector: { matchLabels: { app: 'x' } } } }),
      aSidecarSet({ name: 'b', spec: { injectionStrategy: { paused: true } } }),
      aSidecarSet({ name: 'c', metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      aSidecarSet({ name: 'd', spec: { namespaceSelector: { matchLabels: { team: 'x' } } } }),
      aSidecarSet({ name: 'e', version: 'v1alpha1', spec: { namespace: 'elsewhere' } }),
    ];
    const { decisions: _counted, ...verdict } = created(aPod(), knowing(...others));
    assert.deepEqual(verdict, { is: 'allowed', patch: [], warnings: [] });
  });

  it('is found by expressions as well as by labels', () => {
    for (const expression of [
      { key: 'app', operator: 'In', values: ['x', 'web'] },
      { key: 'app', operator: 'Exists' },
      { key: 'app', operator: 'NotIn', values: ['x'] },
    ]) {
      const set = aSidecarSet({ spec: { selector: { matchExpressions: [expression] } } });
      assert.deepEqual(containersAfter(aPod(), knowing(set)), ['log log:v1', own]);
    }
  });

  it('without a namespace is in that of the request', () => {
    const set = aSidecarSet({ spec: { namespaceSelector: { matchLabels: { team: 'x' } } } });
    const pod = aPod('web-0', {}, { namespace: undefined });
    const reader = knowing(set, namespace('shop', { team: 'x' }));
    assert.deepEqual(containersAfter(pod, reader, { namespace: 'shop' }), ['log log:v1', own]);
    assert.deepEqual(containersAfter(pod, reader), [own]);
  });

  it('is not touched by a set that was stored broken', () => {
    assert.deepEqual(containersAfter(aPod(), knowing(aSidecarSet({ spec: { containers: 'none' } }))), [own]);
  });

  it('that is finished already, or is no pod at all, is left alone', () => {
    const finished = { ...aPod(), status: { phase: 'Succeeded' } };
    assert.deepEqual(containersAfter(finished, knowing(aSidecarSet())), [own]);
    assert.deepEqual(containersAfter(aPod(), knowing(aSidecarSet()), { group: 'other' }), [own]);
    assert.deepEqual(containersAfter(aPod(), knowing(aSidecarSet()), { subresource: 'binding' }), [own]);
  });

  it('gets a canary instead of its base [§7.9 canary]', () => {
    const canary = aSidecarSet({
      name: 'canary',
      image: 'log:canary',
      metadata: {
        annotations: { 'apps.kruise.io/sidecarset-canary': 'true', 'apps.kruise.io/sidecarset-base': 'logs' },
      },
    });
    assert.deepEqual(containersAfter(aPod(), knowing(aSidecarSet(), canary)), ['log log:canary', own]);
  });

  it('in a dry run gets the same answer as without [§7.12 dry run]', () => {
    const reader = knowing(aSidecarSet());
    assert.deepEqual(created(aPod(), reader, { dryRun: true }), created(aPod(), reader));
  });

  it('is given nothing more when it is updated [§7.11 update]', () => {
    const pod = aPod();
    const object = { ...pod, metadata: { ...pod.metadata, labels: { app: 'web', more: 'yes' } } };
    const review: Review = { ...base, operation: 'UPDATE', object, oldObject: pod };
    assert.deepEqual(webhook.decide(review, knowing(aSidecarSet()), 0), { is: 'allowed', patch: [], warnings: [] });
  });

  it('with a corrupted mark is refused, with the annotation', () => {
    const pod = aPod('web-0', {}, { annotations: { 'kruise.io/sidecarset-hash': '{oops' } });
    const verdict = created(pod, knowing(aSidecarSet()));
    assert.ok(verdict.is === 'refused');
    assert.deepEqual(
      verdict.problems.map(p => p.field),
      ['metadata.annotations[kruise.io/sidecarset-hash]'],
    );
  });
});

describe('A set that is pinned to a revision', () => {
  const revision = (name: string, number: number, image: string, version: string): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace: 'berth-system',
      labels: { 'kruise.io/sidecarset-name': 'logs', 'apps.kruise.io/sidecarset-custom-version': version },
    },
    revision: number,
    data: {
      spec: {
        $patch: 'replace',
        containers: [{ name: 'log', image }],
        initContainers: null,
        volumes: null,
        imagePullSecrets: null,
        patchPodMetadata: null,
      },
    },
  });
  const history = [revision('logs-1', 1, 'log:one', 'v'), revision('logs-2', 2, 'log:two', 'v')];
  const pinned = (pin: object, strategy: object = {}): KubeObject =>
    aSidecarSet({ spec: { injectionStrategy: { revision: pin } }, strategy: { ...strategy } });
  const image = (set: KubeObject, uid = 'u') => containersAfter(aPod(), knowing(set, ...history), { uid })[0];

  it('by name, or by the newest of a custom version, gives that one', () => {
    assert.equal(image(pinned({ revisionName: 'logs-1' })), 'log log:one');
    assert.equal(image(pinned({ customVersion: 'v' })), 'log log:two');
  });

  it('by both, gives the one that is named [§2.1 revisionName pin]', () => {
    assert.equal(image(pinned({ revisionName: 'logs-1', customVersion: 'v' })), 'log log:one');
  });

  it('in part, gives the pinned one to pods that the strategy does not select [§7.3 Partial, not selected]', () => {
    const selecting = (app: string) =>
      image(pinned({ revisionName: 'logs-1', policy: 'Partial' }, { selector: { matchLabels: { app } } }));
    assert.equal(selecting('other'), 'log log:one');
    assert.equal(selecting('web'), 'log log:v1');
  });

  it('in part, gives the pinned one to the share of pods that the partition keeps, once and for all', () => {
    const half = pinned({ customVersion: 'v', policy: 'Partial' }, { partition: '50%' });
    const most = pinned({ customVersion: 'v', policy: 'Partial' }, { partition: '90%' });
    const shareOf = (set: KubeObject): number =>
      Array.from({ length: 400 }, (_, i) => image(set, `uid-${i}`)).filter(is => is === 'log log:two').length;
    const share = shareOf(half);
    assert.ok(share > 150 && share < 250, `${share} of 400`);
    assert.ok(shareOf(most) > 330, `${shareOf(most)} of 400`);
    assert.equal(image(half, 'uid-1'), image(half, 'uid-1'));
    assert.equal(image(pinned({ customVersion: 'v', policy: 'Partial' }, { partition: '100%' })), 'log log:two');
    assert.equal(image(pinned({ customVersion: 'v', policy: 'Partial' }, { partition: 3 })), 'log log:v1');
  });

  it('in part, is drawn once for a pod: a review that comes again, under another id, changes nothing', () => {
    const reader = knowing(pinned({ customVersion: 'v', policy: 'Partial' }, { partition: '50%' }), ...history);
    for (let i = 0; i < 50; i += 1) {
      const first = created(aPod(), reader, { uid: `first-${i}` });
      assert.ok(first.is === 'allowed');
      const again = created(applied(aPod(), first.patch), reader, { uid: `again-${i}` });
      assert.deepEqual(again.is === 'allowed' && again.patch, []);
    }
  });

  it('in part, gives the pinned one to pods that the strategy leaves out, and to all while it is paused', () => {
    const drawn = (strategy: object) =>
      image(pinned({ customVersion: 'v', policy: 'Partial' }, { partition: '0%', ...strategy }));
    assert.equal(drawn({}), 'log log:v1');
    assert.equal(drawn({ selector: { matchLabels: { app: 'web' } } }), 'log log:v1');
    assert.equal(drawn({ selector: { matchLabels: { app: 'other' } } }), 'log log:two');
    assert.equal(drawn({ paused: true }), 'log log:two');
  });

  it('that is gone gives the current one, with a warning: no pod is lost [§7.3 gone]', () => {
    const verdict = created(aPod(), knowing(pinned({ revisionName: 'gone' })));
    assert.ok(verdict.is === 'allowed');
    assert.match(verdict.warnings.join(), /the pinned revision gone cannot be found/);
  });
});

describe('The scope of the pod webhook', () => {
  it('fails only where a namespace asks for it, and never covers our own namespace and kube-system [§6 #2]', () => {
    const scopes = webhook.entries.map(({ failurePolicy, operations, namespaceSelector }) => {
      const { matchExpressions } = namespaceSelector as { matchExpressions: { operator: string; values: string[] }[] };
      return [failurePolicy, operations.join(), ...matchExpressions.map(e => `${e.operator} ${e.values.join()}`)];
    });
    assert.deepEqual(scopes, [
      ['Ignore', 'CREATE', 'NotIn berth-system,kube-system', 'NotIn required'],
      ['Fail', 'CREATE', 'NotIn berth-system,kube-system', 'In required'],
      ['Ignore', 'UPDATE', 'NotIn berth-system,kube-system'],
    ]);
  });
});

describe('The gate KruisePodReady', () => {
  const ofGroup = (apiVersion: string): KubeObject =>
    aPod('web-0', {}, { ownerReferences: [{ apiVersion, kind: 'CloneSet', name: 'web', uid: 'c', controller: true }] });
  const gatesOf = (pod: KubeObject, podReadyGate: 'owned' | 'all'): unknown => {
    const review = { ...base, operation: 'CREATE', object: pod } satisfies Review;
    const verdict = podWebhook({ ...installation, podReadyGate }).decide(review, knowing(), 0);
    assert.ok(verdict.is === 'allowed');
    return (applied(pod, verdict.patch)['spec'] as { readonly readinessGates?: unknown }).readinessGates;
  };
  const gate = { conditionType: 'KruisePodReady' };
  const other = { conditionType: 'example.com/other' };

  it('goes into pods of kinds of the group', () => {
    assert.deepEqual(gatesOf(ofGroup('apps.kruise.io/v1alpha1'), 'owned'), [gate]);
    assert.deepEqual(gatesOf(ofGroup('apps/v1'), 'owned'), undefined);
    assert.deepEqual(gatesOf(aPod(), 'owned'), undefined);
  });

  it('goes into all pods where the installation says so, behind the gates that are there, and once', () => {
    assert.deepEqual(gatesOf(aPod('web-0', { readinessGates: [other] }), 'all'), [other, gate]);
    assert.deepEqual(gatesOf(aPod('web-0', { readinessGates: [gate, other] }), 'all'), [gate, other]);
    assert.deepEqual(gatesOf({ ...aPod(), status: { phase: 'Succeeded' } }, 'all'), undefined);
  });
});

describe('Containers that start in an order', () => {
  const main = { name: 'main', image: 'app:v1' };
  const ordered = aPod('web-0', {}, { annotations: { 'apps.kruise.io/container-launch-priority': 'Ordered' } });

  it('are those of a pod with its sidecars in it', () => {
    const verdict = created(ordered, knowing(aSidecarSet()));
    assert.ok(verdict.is === 'allowed');
    const { metadata, spec } = applied(ordered, verdict.patch) as unknown as {
      metadata: { annotations: Record<string, string> };
      spec: { containers: readonly { name: string; env: readonly { valueFrom?: unknown }[] }[] };
    };
    assert.equal(metadata.annotations['berth/launch-order'], '{"log":0,"main":-1}');
    assert.deepEqual(
      spec.containers.map(({ name, env }) => [name, env.at(-1)?.valueFrom]),
      [
        ['log', { configMapKeyRef: { name: 'web-0-barrier', key: 'p_0' } }],
        ['main', { configMapKeyRef: { name: 'web-0-barrier', key: 'p_-1' } }],
      ],
    );
  });

  it('refuse a pod whose name leaves no room for that of their ConfigMap', () => {
    const long = {
      ...ordered,
      metadata: { ...ordered.metadata, name: 'x'.repeat(246) },
      spec: { containers: [main, { ...main, name: 'b' }] },
    };
    const verdict = created(long, knowing());
    assert.deepEqual(verdict.is === 'refused' && verdict.problems.map(p => p.field), ['metadata.name']);
  });
});

describe('What is counted of a new pod', () => {
  const decided = (reader: Reader, pod = aPod(), more: Partial<typeof base> = {}): readonly string[] =>
    (created(pod, reader, more).decisions ?? []).map(({ result, reason }) => `${result} ${reason}`).sort();
  const strategy = (injectionStrategy: object) => ({ spec: { injectionStrategy } });
  const only = { spec: { namespaceSelector: { matchLabels: { team: 'a' } } } };
  const canary = {
    name: 'logs-canary',
    strategy: { type: 'NotUpdate' },
    metadata: { annotations: { 'apps.kruise.io/sidecarset-canary': 'true', 'apps.kruise.io/sidecarset-base': 'logs' } },
  };
  const other = aSidecarSet({ name: 'other', spec: { containers: [{ name: 'other', image: 'o' }] } });
  const rows: readonly (readonly [string, readonly KubeObject[], readonly string[]])[] = [
    ['no set selects it', [aSidecarSet({ spec: { selector: { matchLabels: { app: 'x' } } } })], ['skipped NoMatch']],
    ['a set goes in', [aSidecarSet()], ['injected Current']],
    ['a set is paused', [aSidecarSet(strategy({ paused: true }))], ['skipped InjectionPaused']],
    ['a set selects other namespaces', [aSidecarSet(only)], ['skipped NamespaceNotSelected']],
    ['a canary goes in', [aSidecarSet(), aSidecarSet(canary)], ['injected Current', 'skipped CanaryInjected']],
    [
      'a pinned revision is gone',
      [aSidecarSet(strategy({ revision: { revisionName: 'gone' } }))],
      ['injected PinnedRevisionMissing'],
    ],
    ['two sets do', [aSidecarSet(strategy({ paused: true })), other], ['injected Current', 'skipped InjectionPaused']],
  ];
  for (const [when, sets, decisions] of rows)
    it(`when ${when}`, () => assert.deepEqual(decided(knowing(...sets)), decisions));

  it('when it is reviewed again', () => {
    const reader = knowing(aSidecarSet());
    const verdict = created(aPod(), reader);
    assert.ok(verdict.is === 'allowed');
    assert.deepEqual(decided(reader, applied(aPod(), verdict.patch)), ['unchanged Current']);
  });

  it('when it is refused', () => {
    const reader = knowing(aSidecarSet(strategy({ onNameConflict: 'Refuse' })));
    const pod = aPod('web-0', { containers: [{ name: 'log', image: 'mine' }] });
    assert.deepEqual(decided(reader, pod), ['refused NameConflict']);
  });
});
