/** Real webhooks, a store that they read, and well-formed reviews of everything that they judge. */

import type { Webhook } from '../../kube/contract.ts';
import { Store } from '../../kube/store.ts';
import { webhooksFor } from '../../webhooks/index.ts';
import { Namespaces } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';

export interface World {
  readonly webhooks: readonly Webhook[];
  readonly store: Store;
}

const webhooks = webhooksFor({
  namespace: 'berth-system',
  secretName: 'berth-webhook-certificate',
  mutatingConfiguration: 'berth-mutating',
  validatingConfiguration: 'berth-validating',
});

const ofKruise = (kind: string, name: string, spec: object): object => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind,
  metadata: { name, ...(kind === 'SidecarSet' ? {} : { namespace: 'shop' }), uid: `u-${name}`, resourceVersion: '7' },
  spec,
});

const sets: readonly object[] = [
  ofKruise('SidecarSet', 'log', {
    selector: { matchLabels: { app: 'web' } },
    containers: [{ name: 'log', image: 'log:v1', env: [{ name: 'A', value: 'b' }] }],
  }),
  ofKruise('SidecarSet', 'mesh', {
    selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
    namespaceSelector: { matchLabels: { mesh: 'on' } },
    initContainers: [{ name: 'net', image: 'net:v1' }],
    containers: [
      {
        name: 'proxy',
        image: 'proxy:v1',
        podInjectPolicy: 'BeforeAppContainer',
        shareVolumePolicy: { type: 'enabled' },
        transferEnv: [{ sourceContainerName: 'main', envName: 'MODE' }],
        volumeMounts: [{ name: 'certs', mountPath: '/certs' }],
      },
    ],
    volumes: [{ name: 'certs', emptyDir: {} }],
    patchPodMetadata: [{ annotations: { 'mesh/on': 'yes' }, patchPolicy: 'Retain' }],
  }),
];

export const newWorld = (): World => {
  const store = new Store();
  for (const resource of webhooks.flatMap(({ reads }) => reads)) store.register(resource);
  const replace = store.replacement(SidecarSets);
  for (const set of sets) replace.changed(set as Parameters<typeof replace.changed>[0]);
  replace.commit('9');
  const namespaces = store.replacement(Namespaces);
  namespaces.changed({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', uid: 'u-shop', resourceVersion: '5', labels: { mesh: 'on' } },
  });
  namespaces.commit('9');
  return { webhooks, store };
};

// ── Reviews ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Nobody knows this field: it must be found unchanged after every patch. */
const future = { deep: [1, null, { constructor: 'x' }], text: 'ü\u0000' };

const pod = (tag: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-0',
    namespace: 'shop',
    uid: 'u-web-0',
    labels: { app: 'web', 'controller-revision-hash': 'web-1' },
    annotations: { a: 'b' },
    ownerReferences: [
      { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'web', uid: 'u-web', controller: true },
    ],
  },
  spec: {
    future,
    readinessGates: [{ conditionType: 'InPlaceUpdateReady' }],
    volumes: [{ name: 'data', emptyDir: {}, future }],
    initContainers: [{ name: 'first', image: 'first:v1' }],
    containers: [
      {
        name: 'main',
        image: `app:${tag}`,
        future,
        env: [
          { name: 'MODE', value: 'x' },
          { name: 'KRUISE_CONTAINER_PRIORITY', value: '1' },
        ],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
  },
  status: { phase: 'Running', future },
});

const template = (labels: object, restartPolicy: string): object => ({
  metadata: { labels },
  spec: { future, restartPolicy, containers: [{ name: 'main', image: 'app:v1', future }] },
});

const statefulSet = ofKruise('StatefulSet', 'web', {
  replicas: 3,
  serviceName: 'web',
  selector: { matchLabels: { app: 'web' } },
  updateStrategy: {
    type: 'RollingUpdate',
    rollingUpdate: {
      podUpdatePolicy: 'InPlaceIfPossible',
      maxUnavailable: '30%',
      partition: 1,
      unorderedUpdate: { priorityStrategy: { orderPriority: [{ orderedKey: 'a' }] } },
    },
  },
  podManagementPolicy: 'Parallel',
  template: template({ app: 'web' }, 'Always'),
  volumeClaimTemplates: [
    {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  ],
});

const job = ofKruise('BroadcastJob', 'job', {
  parallelism: '50%',
  completionPolicy: { type: 'Always', ttlSecondsAfterFinished: 5, activeDeadlineSeconds: 50 },
  failurePolicy: { type: 'Continue', restartLimit: 2 },
  template: template({ app: 'job' }, 'Never'),
});

const request = (operation: string, plural: string, object: object, oldObject?: object): object => {
  const { apiVersion, kind, metadata } = object as { apiVersion: string; kind: string; metadata: { name: string } };
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'review-1',
      kind: { group, version, kind },
      resource: { group, version, resource: plural },
      name: metadata.name,
      namespace: 'shop',
      operation,
      userInfo: { username: 'alice' },
      object: operation === 'DELETE' ? null : object,
      oldObject: operation === 'CREATE' ? null : (oldObject ?? object),
      dryRun: false,
    },
  };
};

/** One is as good as another to begin with. */
export const reviews: readonly object[] = [
  request('CREATE', 'pods', pod('v1')),
  request('CREATE', 'pods', pod('v1')),
  request('UPDATE', 'pods', pod('v2'), pod('v1')),
  request('DELETE', 'pods', pod('v1')),
  ...sets.flatMap(set => [request('CREATE', 'sidecarsets', set), request('UPDATE', 'sidecarsets', set)]),
  request('CREATE', 'statefulsets', statefulSet),
  request('UPDATE', 'statefulsets', statefulSet),
  request('CREATE', 'broadcastjobs', job),
  request('UPDATE', 'broadcastjobs', job),
];
