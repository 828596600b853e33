/** Pods that are seldom and fine all the same. */

import { pod } from './objects.ts';

interface Parts {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>> & { readonly containers: readonly object[] };
}

const { metadata, spec, ...rest } = pod('v1') as Parts;

const podWith = (more: { readonly metadata?: object; readonly spec?: object }): object => ({
  ...rest,
  metadata: { ...metadata, ...more.metadata },
  spec: { ...spec, ...more.spec },
});

const many = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const { name: _name, ...unnamed } = metadata;

export const oddPods: readonly object[] = [
  // A pod of a node's own folder, which the apiserver only mirrors.
  podWith({
    metadata: { annotations: { 'kubernetes.io/config.mirror': 'f00', 'kubernetes.io/config.source': 'file' } },
  }),
  { ...rest, metadata: { ...unnamed, generateName: 'web-' }, spec },
  podWith({ spec: { hostNetwork: true, nodeName: 'node-1' } }),
  podWith({ spec: { os: { name: 'windows' }, securityContext: { windowsOptions: { hostProcess: true } } } }),
  podWith({ spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox', targetContainerName: 'main' }] } }),
  // It says of itself that it was injected.
  podWith({
    metadata: {
      annotations: {
        'kruise.io/sidecarset-injected-list': 'log,mesh',
        'kruise.io/sidecarset-hash':
          '{"log":{"updateTimestamp":"2026-01-01T00:00:00Z","hash":"forged","sidecarSetName":"log"}}',
        'apps.kruise.io/inplace-update-state': '{"lastContainerStatuses":{"main":{"imageID":""}}}',
      },
    },
  }),
  podWith({ spec: { containers: [...spec.containers, { name: 'log', image: 'mine:v1' }] } }),
  podWith({
    metadata: {
      labels: { app: 'web', ['__proto__']: 'x', constructor: 'y' },
      annotations: { toString: 'z', 'a/b~c': '\u2028' },
    },
    spec: {
      containers: [
        { name: 'constructor', image: 'app:v1', env: [{ name: '__proto__', value: '1' }] },
        { name: 'tostring', image: 'app:v1', resources: { limits: { cpu: '0.1', memory: '9223372036854775807' } } },
      ],
      volumes: [{ name: 'prototype', emptyDir: {} }],
    },
  }),
];

/** They cost so much that they come seldom. */
export const largePods: readonly object[] = [
  podWith({ spec: { containers: many(250, i => ({ name: `c${i}`, image: 'app:v1' })) } }),
  podWith({
    spec: {
      containers: [{ name: 'main', image: 'app:v1', env: many(1000, i => ({ name: `E${i}`, value: '$(E0)' })) }],
    },
  }),
];
