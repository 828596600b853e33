import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { broadcastJobCrd } from '../../api/broadcastjob.ts';
import type { Crd } from '../../api/crd.ts';
import { sidecarSetCrd } from '../../api/sidecarset.ts';
import { statefulSetCrd } from '../../api/statefulset.ts';
import type { KubeObject, Plan, Reader, Wire } from '../../kube/contract.ts';
import { definition } from './controller.ts';
import { prunedBy } from './pruned.ts';
import { definitionOf, nameOf } from './resource.ts';

type Changeable = { [key: string]: Changeable };

/** As the apiserver would show the definition, changed as it could have been installed. */
const installed = (crd: Crd, change: (root: Changeable) => void = () => {}): KubeObject => {
  const copy = structuredClone(crd) as unknown as { spec: { versions: { schema: Changeable }[] } };
  for (const { schema } of copy.spec.versions) if (schema['openAPIV3Schema']) change(schema['openAPIV3Schema']);
  const metadata = { name: nameOf(crd), uid: 'u', resourceVersion: '1' };
  return {
    ...(copy as unknown as Wire),
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata,
  };
};

const planOf = (crd: Crd, object: KubeObject | undefined): Plan | undefined => {
  const controller = definition(crd);
  const view = object === undefined ? undefined : controller.reconciles.view(object);
  const reader = { get: () => view } as unknown as Reader;
  return controller.pass(nameOf(crd), reader, 0);
};

const without =
  (...path: readonly string[]) =>
  (root: Changeable): void => {
    const parent = path.slice(0, -1).reduce((at, name) => at[name] ?? {}, root);
    delete parent[path.at(-1) ?? ''];
  };

const spec = ['properties', 'spec', 'properties'];

describe('an installed definition', () => {
  for (const crd of [sidecarSetCrd, statefulSetCrd, broadcastJobCrd])
    it(`of this release drops nothing: ${nameOf(crd)}`, () => {
      assert.deepEqual(planOf(crd, installed(crd)), { actions: [] });
    });

  it('that is not there is nobody’s business', () => {
    assert.equal(planOf(sidecarSetCrd, undefined), undefined);
  });

  it('that drops a field of ours is told of, once for both versions', () => {
    const old = installed(sidecarSetCrd, without(...spec, 'updateStrategy', 'properties', 'nonInPlace'));
    const plan = planOf(sidecarSetCrd, old);
    assert.deepEqual(
      plan?.notices?.map(({ about, type, reason, message }) => [about.name, type, reason, message]),
      [
        [
          'sidecarsets.apps.kruise.io',
          'Warning',
          'FieldsPruned',
          'the installed definition drops spec.updateStrategy.nonInPlace: apply config/crd of this release',
        ],
      ],
    );
    assert.deepEqual(plan?.actions, []);
  });

  it('of nonsense drops everything, and is no reason to fail', () => {
    const view = definitionOf(sidecarSetCrd).view({ ...installed(sidecarSetCrd), spec: { versions: [7, null] } });
    assert.deepEqual(view?.pruned, []);
    const [first] = planOf(sidecarSetCrd, installed(sidecarSetCrd, without('properties')))?.notices ?? [];
    assert.match(first?.message ?? '', /drops spec, status:/);
  });

  it('need not name what every object has', () => {
    const plan = planOf(sidecarSetCrd, installed(sidecarSetCrd, without('properties', 'metadata')));
    assert.deepEqual(plan, { actions: [] });
  });

  it('is looked at in the versions that it serves', () => {
    const old = installed(sidecarSetCrd, without(...spec, 'updateStrategy'));
    const { versions } = old['spec'] as { versions: object[] };
    const unserved = { ...old, spec: { versions: versions.map(version => ({ ...version, served: false })) } };
    assert.deepEqual(planOf(sidecarSetCrd, unserved), { actions: [] });
  });
});

const preserving = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const text = { type: 'string' };
const of = (properties: object): object => ({ type: 'object', properties });

describe('a schema', () => {
  const rows: readonly (readonly [name: string, installed: object, ours: object, pruned: readonly string[]])[] = [
    ['that is ours drops nothing', of({ a: text }), of({ a: text }), []],
    ['that knows more drops nothing', of({ a: text, b: text }), of({ a: text }), []],
    ['that lacks a field drops it', of({}), of({ a: text }), ['a']],
    ['names of a dropped field only the top', of({}), of({ a: of({ b: text }) }), ['a']],
    ['looks into lists', of({ a: { items: of({}) } }), of({ a: { items: of({ b: text }) } }), ['a[].b']],
    [
      'looks into maps',
      of({ a: { additionalProperties: of({}) } }),
      of({ a: { additionalProperties: of({ b: text }) } }),
      ['a{}.b'],
    ],
    ['that keeps what it does not know drops nothing there', of({ a: preserving }), of({ a: of({ b: text }) }), []],
    [
      'that keeps what it does not know may know part of it, and drop from that',
      of({ a: { ...preserving, properties: { b: of({}) } } }),
      of({ a: of({ b: of({ c: text }), d: text }) }),
      ['a.b.c'],
    ],
    ['that knows only part of what ours keeps whole drops the rest', of({ a: of({}) }), of({ a: preserving }), ['a']],
    ['of a map keeps any key', { additionalProperties: text }, of({ a: text }), []],
    ['of anything keeps anything', of({ a: { additionalProperties: true } }), of({ a: of({ b: text }) }), []],
  ];
  for (const [name, theirs, ours, pruned] of rows) it(name, () => assert.deepEqual(prunedBy(theirs, ours), pruned));

  it('that lacks any one field of ours is found out', () => {
    const { leaf } = fc.letrec<{ leaf: object }>(tie => ({
      leaf: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constant(text),
        fc.constant(preserving),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('leaf'), { minKeys: 1 }).map(of),
        tie('leaf').map(items => ({ type: 'array', items })),
        tie('leaf').map(additionalProperties => ({ type: 'object', additionalProperties })),
      ),
    }));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'toString'), leaf, { minKeys: 1 }),
        fc.nat(),
        (all, n) => {
          assert.deepEqual(prunedBy(of(all), of(all)), []);
          const names = Object.keys(all);
          const lost = names[n % names.length] ?? '';
          const { [lost]: _, ...rest } = all;
          assert.deepEqual(prunedBy(of(rest), of(all)), [lost]);
        },
      ),
    );
  });
});
