/** Well-formed objects of everything that the webhooks judge. */

const ofKruise = (kind: string, name: string, spec: object): object => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind,
  metadata: { name, ...(kind === 'SidecarSet' ? {} : { namespace: 'shop' }), uid: `u-${name}`, resourceVersion: '7' },
  spec,
});

export const sidecarSets: readonly object[] = [
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

/** Of all their containers. */
export const sidecarNames: ReadonlySet<unknown> = new Set(['log', 'proxy', 'net']);

/** Nobody knows this field: it must be found unchanged after every patch. */
export const future = { deep: [1, null, { constructor: 'x' }], text: 'ü\u0000' };

export const pod = (tag: string): object => ({
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

export const statefulSet = ofKruise('StatefulSet', 'web', {
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

export const job = ofKruise('BroadcastJob', 'job', {
  parallelism: '50%',
  completionPolicy: { type: 'Always', ttlSecondsAfterFinished: 5, activeDeadlineSeconds: 50 },
  failurePolicy: { type: 'Continue', restartLimit: 2 },
  template: template({ app: 'job' }, 'Never'),
});
