import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PodTemplate } from '../../api/kubernetes.ts';
import { podView } from '../pods/project.ts';
import type { PodView } from '../pods/view.ts';
import { type Change, changeOf, differenceBetween } from './change.ts';

interface Options {
  readonly image?: string;
  readonly side?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly main?: object;
  readonly spec?: object;
}

const template = (o: Options = {}): PodTemplate => ({
  metadata: {
    labels: { app: 'web', ...o.labels },
    ...(o.annotations === undefined ? {} : { annotations: o.annotations }),
  },
  spec: {
    containers: [
      { name: 'main', image: o.image ?? 'app:v1', ...o.main },
      { name: 'side', image: o.side ?? 'side:v1' },
    ],
    ...o.spec,
  },
});

/** A pod with these images, and a container that was injected. */
const aPod = (image: string, side = 'side:v1'): PodView =>
  podView({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-0',
      ownerReferences: [
        { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'web', uid: 's', controller: true },
      ],
    },
    spec: {
      containers: [
        { name: 'injected', image: 'log:v1' },
        { name: 'main', image },
        { name: 'side', image: side },
      ],
    },
  });

const changeBetween = (from: PodTemplate, to: PodTemplate, pod: PodView): Change =>
  changeOf(differenceBetween(from, to), to, pod);

const env = (fieldPath: string): object => ({ env: [{ name: 'E', valueFrom: { fieldRef: { fieldPath } } }] });

describe('A change in place', () => {
  it('writes the images that differ', () => {
    const change = changeBetween(template(), template({ image: 'app:v2' }), aPod('app:v1'));
    assert.deepEqual(change.is === 'inPlace' && [...change.images], [['main', 'app:v2']]);
  });

  it('is compared with what the pod has, so that an image in between is not lost', () => {
    const change = changeBetween(template({ image: 'app:v2' }), template({ side: 'side:v2' }), aPod('app:v2'));
    assert.deepEqual(change.is === 'inPlace' && [...change.images], [
      ['main', 'app:v1'],
      ['side', 'side:v2'],
    ]);
  });

  it('is nothing for a pod that has the images already', () => {
    assert.equal(changeBetween(template(), template({ image: 'app:v2' }), aPod('app:v2')).is, 'none');
  });

  it('sets and removes labels and annotations', () => {
    const from = template({ labels: { a: '1', b: '1' } });
    const to = template({ labels: { b: '2' }, annotations: { c: '3' } });
    const change = changeBetween(from, to, aPod('app:v1'));
    assert.ok(change.is === 'inPlace');
    assert.deepEqual(
      [...change.metadata.labels],
      [
        ['a', undefined],
        ['b', '2'],
      ],
    );
    assert.deepEqual([...change.metadata.annotations], [['c', '3']]);
  });

  it('does not care about defaults and pull policies', () => {
    const to = template({ image: 'app:v2', main: { imagePullPolicy: 'Always' }, spec: { dnsPolicy: 'ClusterFirst' } });
    assert.equal(changeBetween(template(), to, aPod('app:v1')).is, 'inPlace');
  });
});

describe('A new pod is needed for', () => {
  const cases: readonly (readonly [string, PodTemplate, PodTemplate, readonly string[]])[] = [
    [
      'an environment',
      template(),
      template({ main: { env: [{ name: 'A', value: 'b' }] } }),
      ['spec.containers[0].env'],
    ],
    ['a command', template(), template({ main: { command: ['x'] } }), ['spec.containers[0].command']],
    [
      'an image of an init container',
      template({ spec: { initContainers: [{ name: 'i', image: 'i:1' }] } }),
      template({ spec: { initContainers: [{ name: 'i', image: 'i:2' }] } }),
      ['spec.initContainers[0].image'],
    ],
    [
      'another container',
      template(),
      { ...template(), spec: { containers: [{ name: 'main', image: 'app:v1' }] } },
      ['spec.containers'],
    ],
    [
      'a label that an environment was made of',
      template({ labels: { k: '1' }, main: env("metadata.labels['k']") }),
      template({ labels: { k: '2' }, main: env("metadata.labels['k']") }),
      ["metadata.labels['k']"],
    ],
    [
      'an annotation that was removed and that an environment was made of',
      template({ annotations: { k: '1' }, main: env("metadata.annotations['k']") }),
      template({ main: env("metadata.annotations['k']") }),
      ["metadata.annotations['k']"],
    ],
    ['a field that nobody knows', template(), template({ spec: { future: true } }), ['spec.future']],
    [
      'a finalizer',
      template(),
      { ...template(), metadata: { labels: { app: 'web' }, finalizers: ['a/b'] } },
      ['metadata'],
    ],
  ];
  for (const [what, from, to, fields] of cases)
    it(what, () => assert.deepEqual(changeBetween(from, to, aPod('app:v1')), { is: 'recreate', fields }));
});
