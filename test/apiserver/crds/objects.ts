/** Objects to be stored: the least that each kind asks for, and all that it can hold. */

export const kinds = ['SidecarSet', 'StatefulSet', 'BroadcastJob'] as const;
export type Kind = (typeof kinds)[number];
export type Version = 'v1alpha1' | 'v1beta1';

/** An object that a test wants: what is left out is the least that the kind asks for. */
export interface Wish {
  readonly kind: Kind;
  readonly spec?: object;
  readonly version?: Version;
  readonly name?: string;
}

const labelled = { metadata: { labels: { app: 'web' } } };
const selector = { matchLabels: { app: 'web' } };
const podSpec = { containers: [{ name: 'main', image: 'web:1' }] };

/** The least that each kind asks for. */
export const least = {
  SidecarSet: { selector, containers: [{ name: 'agent', image: 'agent:1' }] },
  StatefulSet: { selector, template: { ...labelled, spec: podSpec } },
  BroadcastJob: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } },
};

/** Every described field, and unknown ones where Kubernetes' own types stand. */
export const everyField = {
  SidecarSet: {
    selector: { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['a'] }] },
    namespace: 'shop',
    namespaceSelector: { matchLabels: { team: 'a' } },
    initContainers: [
      {
        name: 'net',
        image: 'net:1',
        restartPolicy: 'Always',
        podInjectPolicy: 'BeforeAppContainer',
        upgradeStrategy: { upgradeType: 'ColdUpgrade' },
        shareVolumePolicy: { type: 'disabled' },
      },
    ],
    containers: [
      {
        name: 'agent',
        image: 'agent:1',
        futureField: { a: [1, null] },
        podInjectPolicy: 'AfterAppContainer',
        upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'empty:1' },
        shareVolumePolicy: { type: 'enabled' },
        shareVolumeDevicePolicy: { type: 'enabled' },
        transferEnv: [
          { sourceContainerName: 'main', envName: 'A' },
          {
            sourceContainerNameFrom: { fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['x']" } },
            envNames: ['B'],
          },
        ],
        resourcesPolicy: {
          targetContainersMode: 'sum',
          targetContainersNameRegex: '^main$',
          resourcesExpr: { limits: { cpu: 'cpu*50%', memory: '200Mi' }, requests: { cpu: '100m' } },
        },
      },
    ],
    volumes: [{ name: 'logs', emptyDir: {}, futureVolume: {} }],
    updateStrategy: {
      type: 'RollingUpdate',
      paused: true,
      partition: '90%',
      maxUnavailable: '10%',
      priorityStrategy: { weightPriority: [{ weight: 5, matchSelector: { matchLabels: { a: 'b' } } }] },
      scatterStrategy: [{ key: 'zone', value: '*' }],
    },
    injectionStrategy: { paused: true, revision: { customVersion: 'v0', revisionName: 'r', policy: 'Partial' } },
    imagePullSecrets: [{ name: 'pull' }],
    revisionHistoryLimit: 3,
    patchPodMetadata: [{ annotations: { 'a.io/b': 'c' }, patchPolicy: 'Overwrite' }],
    customVersion: 'v1',
  },
  StatefulSet: {
    replicas: 3,
    selector,
    template: { ...labelled, spec: { ...podSpec, futureField: { a: [1, null] } } },
    volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], futureField: 1 } }],
    volumeClaimUpdateStrategy: { type: 'OnPodRollingUpdate' },
    serviceName: 'web',
    podManagementPolicy: 'Parallel',
    updateStrategy: {
      type: 'RollingUpdate',
      rollingUpdate: {
        partition: 1,
        maxUnavailable: '30%',
        podUpdatePolicy: 'InPlaceIfPossible',
        paused: true,
        unorderedUpdate: { priorityStrategy: { orderPriority: [{ orderedKey: 'k' }] } },
        inPlaceUpdateStrategy: {
          gracePeriodSeconds: 5,
          imagePreDownloadParallelism: '50%',
          imagePreDownloadTimeoutSeconds: 60,
          imagePreDownloadMinUpdatedReadyPods: 2,
        },
        minReadySeconds: 10,
      },
    },
    revisionHistoryLimit: 4,
    reserveOrdinals: [1, '3-4'],
    lifecycle: {
      preDelete: { labelsHandler: { a: 'b' }, markPodNotReady: true },
      inPlaceUpdate: { finalizersHandler: ['a.io/b'], markPodNotReady: true },
      preNormal: { labelsHandler: { c: 'd' } },
    },
    scaleStrategy: { maxUnavailable: 2 },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
    ordinals: { start: 2 },
  },
  BroadcastJob: {
    parallelism: '40%',
    template: { ...labelled, spec: { ...podSpec, restartPolicy: 'OnFailure', futureField: { a: [1, null] } } },
    completionPolicy: { type: 'Always', activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 0 },
    paused: true,
    failurePolicy: { type: 'Continue', restartLimit: 3 },
  },
};
