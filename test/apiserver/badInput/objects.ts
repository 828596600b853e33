/** Objects that nobody should write, and some beside them that are fine. */

export const kinds = ['StatefulSet', 'SidecarSet', 'BroadcastJob'] as const;
export type Kind = (typeof kinds)[number];

const ofKruise = (kind: Kind, name: string, spec: object): object => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind,
  metadata: { name, ...(kind === 'SidecarSet' ? {} : { namespace: 'default' }) },
  spec,
});

export const sleeper = { image: 'example.test/app:v1', command: ['sleep', 'infinity'] };

const template = (app: string): object => ({
  metadata: { labels: { app } },
  spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', ...sleeper }] },
});

export const aSet = (name: string, spec: object = {}): object =>
  ofKruise('StatefulSet', name, {
    replicas: 1,
    serviceName: name,
    selector: { matchLabels: { app: name } },
    template: template(name),
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { podUpdatePolicy: 'InPlaceIfPossible' } },
    ...spec,
  });

export const aSidecarSet = (name: string, spec: object = {}): object =>
  ofKruise('SidecarSet', name, {
    selector: { matchLabels: { app: name } },
    containers: [{ name, ...sleeper }],
    ...spec,
  });

export const aJob = (name: string, spec: object = {}): object =>
  ofKruise('BroadcastJob', name, {
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', ...sleeper, command: ['true'] }] } },
    ...spec,
  });

const impossible = { matchExpressions: [{ key: 'app', operator: 'Perhaps' }] };

interface Broken {
  readonly stored: (name: string) => object;
  readonly mended: (name: string) => object;
  /** Where a condition and a refusal must point. */
  readonly field: RegExp;
}

/** What the schemas let through and nobody can carry out. */
export const broken: Readonly<Record<Kind, Broken>> = {
  StatefulSet: {
    stored: name => aSet(name, { template: { metadata: { labels: { app: name } }, spec: { containers: 'none' } } }),
    mended: aSet,
    field: /spec\.template\.spec\.containers/u,
  },
  SidecarSet: {
    stored: name => aSidecarSet(name, { selector: impossible }),
    mended: name => aSidecarSet(name, { selector: { matchLabels: { app: 'nobody' }, matchExpressions: [] } }),
    field: /spec\.selector/u,
  },
  BroadcastJob: {
    stored: name => aJob(name, { parallelism: 'many' }),
    mended: name => aJob(name, { parallelism: 1 }),
    field: /spec\.parallelism/u,
  },
};

export const fine: Readonly<Record<Kind, object>> = {
  StatefulSet: aSet('fine'),
  SidecarSet: aSidecarSet('fine'),
  BroadcastJob: aJob('fine'),
};

/** Fields that Berth has no types for, and names that JavaScript has other ideas about. */
export const odd = {
  metadata: {
    labels: { constructor: 'toString', valueOf: 'hasOwnProperty' },
    annotations: { constructor: '{"__proto__":1}', 'example.com/long': 'x'.repeat(200_000) },
  },
  spec: {
    terminationGracePeriodSeconds: 1,
    hostname: 'odd',
    automountServiceAccountToken: false,
    os: { name: 'linux' },
    dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
    hostAliases: [{ ip: '127.0.0.9', hostnames: ['localhost'] }],
    securityContext: { seccompProfile: { type: 'RuntimeDefault' }, supplementalGroupsPolicy: 'Merge' },
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
    volumes: [
      {
        name: 'constructor',
        projected: {
          sources: [{ downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } }],
        },
      },
    ],
    containers: [
      {
        name: 'constructor',
        ...sleeper,
        env: [
          { name: '__proto__', value: 'a' },
          { name: 'toString', value: '$(__proto__)' },
        ],
        volumeMounts: [{ name: 'constructor', mountPath: '/__proto__', readOnly: true, recursiveReadOnly: 'Disabled' }],
        resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
        lifecycle: { preStop: { sleep: { seconds: 1 } } },
      },
    ],
  },
};

/** An odd pod, as JSON because it holds an integer beyond 2^53. */
export const oddPod = (name: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', ...odd.metadata, labels: { ...odd.metadata.labels, app: name } },
    spec: {
      ...odd.spec,
      tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1234 }],
    },
  }).replace('1234', beyond);

/** 2^53 + 1. */
export const beyond = '9007199254740993';
