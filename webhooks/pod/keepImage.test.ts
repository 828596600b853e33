import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { applyPatch, type Operation } from 'rfc6902';
import { annotations } from '../../api/names.ts';
import type { KubeObject, Review, Wire } from '../../kube/contract.ts';
import { setImages } from '../../workloads/inplace/patches.ts';
import { printWish, wishOf } from '../../workloads/inplace/record.ts';
import { podView } from '../../workloads/pods/project.ts';
import { Pods } from '../../workloads/resources.ts';
import { keepImage } from './keepImage.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

interface Options {
  readonly images?: readonly (readonly [string, string])[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly gates?: readonly string[];
  readonly owner?: string;
  readonly deletionTimestamp?: string;
}

const aPod = (o: Options = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-3',
    namespace: 'default',
    uid: 'u',
    resourceVersion: '7',
    labels: { 'controller-revision-hash': 'web-r1' },
    ...(o.annotations === undefined ? {} : { annotations: o.annotations }),
    ...(o.deletionTimestamp === undefined ? {} : { deletionTimestamp: o.deletionTimestamp }),
    ownerReferences: [
      {
        apiVersion: `${o.owner ?? 'apps.kruise.io'}/v1beta1`,
        kind: 'StatefulSet',
        name: 'web',
        uid: 's',
        controller: true,
      },
    ],
  },
  spec: {
    containers: (o.images ?? [['main', 'app:v1']]).map(([name, image]) => ({ name, image })),
    readinessGates: (o.gates ?? ['InPlaceUpdateReady']).map(conditionType => ({ conditionType })),
  },
  status: { phase: 'Running' },
});

const update = (oldObject: KubeObject, object: KubeObject): Review => ({
  operation: 'UPDATE',
  uid: 'r',
  group: '',
  version: 'v1',
  plural: 'pods',
  subresource: '',
  namespace: 'default',
  name: 'web-3',
  user: 'alice',
  dryRun: false,
  oldObject,
  object,
});

const v2: readonly (readonly [string, string])[] = [['main', 'app:v2']];

/** The pod as it will be stored. */
const stored = (object: KubeObject, ops: readonly unknown[]): KubeObject => {
  const copy = structuredClone(object);
  assert.ok(applyPatch(copy, ops as Operation[]).every(error => error === null));
  return copy;
};

const keptIn = (before: KubeObject, after: KubeObject): KubeObject => {
  const kept = keepImage(update(before, after), now);
  assert.ok(kept, 'the request passed as it was');
  return stored(after, kept.ops);
};

describe('An image set on a pod', () => {
  it('is put back, and the wish is written down with the present revision', () => {
    const pod = podView(keptIn(aPod(), aPod({ images: v2 })));
    assert.equal(pod.managed?.containers[0]?.image, 'app:v1');
    assert.deepEqual(wishOf(pod), {
      is: 'read',
      value: { revision: 'web-r1', images: new Map([['main', 'app:v2']]), graceSeconds: 0 },
    });
  });

  it('is noted with who, when, from what and to what', () => {
    const kept = keepImage(update(aPod(), aPod({ images: v2 })), now);
    const note = '{"by":"alice","at":"2026-01-02T03:04:05Z","images":{"main":{"from":"app:v1","to":"app:v2"}}}';
    assert.deepEqual(kept?.audit, { 'image-change': note });
    assert.deepEqual(kept?.warnings, [
      'container main keeps app:v1 until pod web-3 is out of its Services, and is then changed to app:v2',
    ]);
    assert.equal(stored(aPod({ images: v2 }), kept?.ops ?? []).metadata.annotations?.[annotations.imageChange], note);
  });

  it('keeps what else the request changes', () => {
    const after = keptIn(aPod(), aPod({ images: v2, annotations: { 'example.com/x': 'y' } }));
    assert.equal(after.metadata.annotations?.['example.com/x'], 'y');
  });

  it('joins a wish that still waits', () => {
    const two: readonly (readonly [string, string])[] = [
      ['main', 'app:v1'],
      ['side', 'side:v1'],
    ];
    const first = keptIn(
      aPod({ images: two }),
      aPod({
        images: [
          ['main', 'app:v2'],
          ['side', 'side:v1'],
        ],
      }),
    );
    const spec = {
      ...(first['spec'] as Wire),
      containers: [
        { name: 'main', image: 'app:v1' },
        { name: 'side', image: 'side:v2' },
      ],
    };
    const wish = wishOf(podView(keptIn(first, { ...first, spec })));
    assert.deepEqual(wish.is === 'read' && [...wish.value.images], [
      ['main', 'app:v2'],
      ['side', 'side:v2'],
    ]);
  });

  it('leaves out what a rollout wishes for: the rollout finds its images anew', () => {
    const rollout = printWish({ revision: 'web-next', images: new Map([['side', 'side:v9']]), graceSeconds: 0 });
    const annotated = { annotations: { 'apps.kruise.io/inplace-update-grace': rollout } };
    const wish = wishOf(podView(keptIn(aPod(annotated), aPod({ ...annotated, images: v2 }))));
    assert.deepEqual(wish.is === 'read' && [...wish.value.images], [['main', 'app:v2']]);
  });

  it('takes the place of a wish for the same container', () => {
    const first = keptIn(aPod(), aPod({ images: v2 }));
    const spec = { ...(first['spec'] as Wire), containers: [{ name: 'main', image: 'app:v3' }] };
    const wish = wishOf(podView(keptIn(first, { ...first, spec })));
    assert.deepEqual(wish.is === 'read' && [...wish.value.images], [['main', 'app:v3']]);
  });

  it('of a name that has a meaning in JavaScript is like any other', () => {
    const images = (tag: string): Options => ({ images: [['__proto__', `app:${tag}`]] });
    const wish = wishOf(podView(keptIn(aPod(images('v1')), aPod(images('v2')))));
    assert.deepEqual(wish.is === 'read' && [...wish.value.images], [['__proto__', 'app:v2']]);
  });
});

describe('A request passes as it is', () => {
  const record = JSON.stringify({ revision: 'web-r2', lastContainerStatuses: { main: { imageID: 'x' } } });
  const state = { [annotations.inPlaceState]: record };
  const sidecars = JSON.stringify({ log: { revision: 'h', lastContainerStatuses: { main: { imageID: 'x' } } } });
  const passing: readonly (readonly [string, KubeObject, KubeObject])[] = [
    ['that changes no image', aPod(), aPod({ annotations: { a: 'b' } })],
    ['that carries a record of its own', aPod(), aPod({ images: v2, annotations: state })],
    [
      'that carries the record of a SidecarSet',
      aPod(),
      aPod({ images: v2, annotations: { [annotations.sidecarSetInPlaceState]: sidecars } }),
    ],
    ['on a pod of somebody else', aPod({ owner: 'apps' }), aPod({ owner: 'apps', images: v2 })],
    ['on a pod that cannot be drained', aPod({ gates: [] }), aPod({ gates: [], images: v2 })],
    ['on a pod that is going', aPod({ deletionTimestamp: '2026-01-01T00:00:00Z' }), aPod({ images: v2 })],
    ['that the apiserver will refuse', aPod(), aPod({ images: [['main', '']] })],
  ];
  for (const [what, before, after] of passing)
    it(what, () => assert.equal(keepImage(update(before, after), now), undefined));

  it('that our own controller sends', () => {
    const before = aPod();
    const pod = podView(before);
    const action = setImages(
      { pods: Pods, pod, now, why: 'test' },
      {
        revision: 'web-r2',
        wasReady: true,
        images: new Map(v2),
        metadata: { labels: new Map(), annotations: new Map() },
      },
    );
    assert.ok(action.do === 'patch' && action.patch.as === 'json');
    assert.equal(keepImage(update(before, stored(before, action.patch.ops)), now), undefined);
  });

  it('that fulfils a wish in the same second in which the pod was drained', () => {
    const state = '{"revision":"web-r2","updateTimestamp":"2026-01-02T03:04:05Z","lastContainerStatuses":{"main":{}}}';
    const grace = '{"revision":"web-r2","containerImages":{"main":"app:v2"}}';
    const drained = aPod({ annotations: { [annotations.inPlaceState]: state, [annotations.inPlaceGrace]: grace } });
    const fulfilled = aPod({ images: v2, annotations: { [annotations.inPlaceState]: state } });
    assert.equal(keepImage(update(drained, fulfilled), now), undefined);
  });

  it('unless it names the wished image and leaves the wish where it is, as a user does who repeats himself', () => {
    const wished = { [annotations.inPlaceGrace]: '{"revision":"web-r2","containerImages":{"main":"app:v2"}}' };
    const after = keptIn(aPod({ annotations: wished }), aPod({ images: v2, annotations: wished }));
    assert.equal(podView(after).managed?.containers[0]?.image, 'app:v1');
  });

  it('unless its record is an old one, or names another container', () => {
    assert.ok(keepImage(update(aPod({ annotations: state }), aPod({ images: v2, annotations: state })), now));
    const other = { [annotations.inPlaceState]: record.replace('main', 'side') };
    assert.ok(keepImage(update(aPod(), aPod({ images: v2, annotations: other })), now));
  });
});

it('Nothing throws, whatever a pod looks like', () => {
  const spec = fc.oneof(fc.jsonValue(), fc.record({ containers: fc.jsonValue(), readinessGates: fc.jsonValue() }));
  fc.assert(
    fc.property(spec, fc.jsonValue(), (spec, status) => {
      const odd = { ...aPod(), spec, status } as KubeObject;
      keepImage(update(odd, aPod({ images: v2 })), now);
      keepImage(update(aPod(), odd), now);
    }),
  );
});
