/** Pods that have of everything that a view looks at, and of much that it passes over. */

const long = 'x'.repeat(300);

const rich = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'rich',
    namespace: 'default',
    labels: { app: 'web', constructor: 'prototype', 'apps.kruise.io/made-up': 'a', 'example.com/empty': '' },
    annotations: {
      'kruise.io/sidecarset-injected-list': 'logs,mesh',
      'kruise.io/sidecarset-hash': '{"logs":{"updateTimestamp":"2026-11-23T00:00:00Z","hash":"grüße-世界-🚢"}}',
      'apps.kruise.io/inplace-update-state': `{"revision":"${long}"}`,
      'example.com/unicode': 'ünïcödé 世界',
      toString: 'foreign',
    },
    finalizers: ['example.com/first', 'example.com/second'],
    ownerReferences: [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'other', uid: '11111111-1111-1111-1111-111111111111' },
      {
        apiVersion: 'apps.kruise.io/v1beta1',
        kind: 'BroadcastJob',
        name: 'job',
        uid: '22222222-2222-2222-2222-222222222222',
        controller: true,
        blockOwnerDeletion: false,
      },
    ],
  },
  spec: {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 0,
    readinessGates: [{ conditionType: 'InPlaceUpdateReady' }, { conditionType: 'example.com/other' }],
    tolerations: [
      { operator: 'Exists' },
      { key: 'maintenance', operator: 'Equal', value: 'soon', effect: 'NoExecute', tolerationSeconds: -1 },
      { key: 'slow', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 3_000_000_000 },
    ],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            {
              matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-0'] }],
              matchExpressions: [{ key: 'kubernetes.io/os', operator: 'NotIn', values: ['windows'] }],
            },
          ],
        },
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 5, preference: { matchExpressions: [{ key: 'zone', operator: 'Exists' }] } },
        ],
      },
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, podAffinityTerm: { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } } },
        ],
      },
    },
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: 'data-rich', readOnly: true } },
      { name: 'scratch', emptyDir: { sizeLimit: '1Gi' } },
      { name: 'names', downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
    ],
    initContainers: [
      { name: 'prepare', image: 'prepare:v1', command: ['true'] },
      {
        name: 'native',
        image: 'native:v1',
        restartPolicy: 'Always',
        env: [{ name: 'IS_INJECTED', value: 'true' }],
        startupProbe: { exec: { command: ['true'] }, periodSeconds: 1 },
      },
    ],
    containers: [
      {
        name: 'main',
        image:
          'registry.example.com:5000/team/main@sha256:0000000000000000000000000000000000000000000000000000000000000000',
        resources: { requests: { cpu: '250m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } },
        ports: [{ containerPort: 8080, name: 'http' }],
        env: [
          { name: 'GREETING', value: 'grüße' },
          { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        ],
        volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }],
        lifecycle: { preStop: { exec: { command: ['sleep', '1'] } } },
        livenessProbe: { httpGet: { path: '/', port: 'http' } },
        securityContext: { runAsUser: 65_534, capabilities: { drop: ['ALL'] } },
      },
      { name: 'log', image: 'log:v2', env: [{ name: 'IS_INJECTED', value: 'true' }] },
      { name: 'mesh', image: 'mesh:v1', env: [{ name: 'IS_INJECTED', value: 'false' }] },
    ],
  },
};

const simple = (name: string, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...more },
  spec: { containers: [{ name: 'main', image: 'app:v1' }] },
});

const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data-rich', namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

export const objects: readonly object[] = [
  claim,
  rich,
  simple('foreign', { labels: { app: 'db' }, annotations: { 'example.com/only': 'foreign' } }),
  simple('bare'),
  simple('leaving', { finalizers: ['example.com/stay'], annotations: { 'kruise.io/sidecarset-injected-list': '' } }),
];

const started = '2026-11-23T01:02:03Z';

/** Status patches: what a fake kubelet does not write by itself. */
export const statuses: readonly { readonly name: string; readonly body: object }[] = [
  {
    name: 'bare',
    body: {
      status: {
        observedGeneration: 7,
        reason: 'Evicted',
        message: 'The node was low on resource: memory. ünïcödé',
        conditions: [
          { type: 'KruisePodReady', status: 'False', reason: 'Why', message: '[{"userAgent":"Lifecycle","key":"x"}]' },
          { type: 'Ready', status: 'Unknown', lastTransitionTime: started, message: 'not kept' },
        ],
      },
    },
  },
  {
    name: 'leaving',
    body: {
      status: {
        containerStatuses: [
          {
            name: 'main',
            image: 'app:v1',
            imageID: 'docker.io/app@sha256:1111',
            containerID: 'containerd://2222',
            ready: false,
            restartCount: 12_345_678,
            state: { terminated: { exitCode: -1, reason: 'Error', startedAt: started, finishedAt: started } },
            lastState: { terminated: { exitCode: 137, finishedAt: started } },
          },
        ],
      },
    },
  },
];
