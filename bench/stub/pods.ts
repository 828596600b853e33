/** Pods as a large cluster has them: two containers, five conditions, managed fields; 7 KB each in JSON, 4.5 KB in protobuf. */

import type { KubeObject } from '../../kube/contract.ts';

/** Digits that stand in a template where each pod has its own: see template.ts. */
export const marks = { pod: '987654', workload: '876543', node: '765432', version: '16543210' } as const;

const sha = 'sha256:4f1cd4d13c9ecbedf025b420ea22277010dcc7cef9544118889117e0a3f68a2a';
const at = '2026-11-23T01:02:03Z';
const uidOf = (digits: string): string => `5b0a6f52-1111-4000-8000-000000${digits}`;
const name = `web-${marks.workload}-7c9f8d6b5d-${marks.pod}`;

const container = (of: string, image: string, mark: object[] = []): object => ({
  name: of,
  image,
  args: ['--listen=:8080', '--log-format=json', '--verbosity=2'],
  env: [
    { name: 'POD_NAME', value: name },
    { name: 'REGION', value: 'eu-central-1' },
    { name: 'FEATURES', value: 'alpha=false,beta=true,gamma=true' },
    ...mark,
  ],
  resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
  volumeMounts: [
    { name: 'config', mountPath: '/etc/web' },
    { name: 'kube-api-access-x7k2p', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
  ],
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
});

const containerStatus = (of: string, image: string): object => ({
  name: of,
  state: { running: { startedAt: at } },
  lastState: {},
  ready: true,
  restartCount: 0,
  image,
  imageID: `registry.example.com/team/${of}@${sha}`,
  containerID: `containerd://3e1ddc987a9a841fe90e8df27067a841ec83a967c1b6cff2ea85d91a30${marks.pod}`,
  started: true,
});

const conditions = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
  type => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: at }),
);

const fieldsOfContainer = (of: string): object => ({
  [`k:{"name":"${of}"}`]: {
    '.': {},
    'f:args': {},
    'f:env': { '.': {}, 'k:{"name":"POD_NAME"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
    'f:image': {},
    'f:imagePullPolicy': {},
    'f:name': {},
    'f:resources': { '.': {}, 'f:limits': { '.': {}, 'f:cpu': {}, 'f:memory': {} }, 'f:requests': {} },
    'f:terminationMessagePath': {},
    'f:terminationMessagePolicy': {},
    'f:volumeMounts': { '.': {}, 'k:{"mountPath":"/etc/web"}': { '.': {}, 'f:mountPath': {}, 'f:name': {} } },
  },
});

const managedFields = (manager: string, fields: object, subresource?: string): object => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: at,
  fieldsType: 'FieldsV1',
  fieldsV1: fields,
  ...(subresource === undefined ? {} : { subresource }),
});

const statusFields = {
  'f:status': {
    'f:conditions': Object.fromEntries(
      conditions.map(({ type }) => [
        `k:{"type":"${type}"}`,
        { '.': {}, 'f:lastProbeTime': {}, 'f:lastTransitionTime': {}, 'f:status': {}, 'f:type': {} },
      ]),
    ),
    'f:containerStatuses': {},
    'f:hostIP': {},
    'f:phase': {},
    'f:podIP': {},
    'f:podIPs': { '.': {}, 'k:{"ip":"10.12.34.56"}': { '.': {}, 'f:ip': {} } },
    'f:startTime': {},
  },
};

const owner = (kind: string, apiVersion: string): object => ({
  apiVersion,
  kind,
  name: `web-${marks.workload}-7c9f8d6b5d`,
  uid: uidOf(marks.workload),
  controller: true,
  blockOwnerDeletion: true,
});

const pod = (own: { owner: object; annotations: object; sidecar: object[] }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    generateName: `web-${marks.workload}-7c9f8d6b5d-`,
    namespace: `team-${marks.workload}`,
    uid: uidOf(marks.pod),
    resourceVersion: marks.version,
    generation: 1,
    creationTimestamp: at,
    labels: { app: `web-${marks.workload}`, 'pod-template-hash': '7c9f8d6b5d', team: 'payments' },
    annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080', ...own.annotations },
    ownerReferences: [own.owner as never],
    managedFields: [
      managedFields('kube-controller-manager', {
        'f:metadata': { 'f:labels': { '.': {}, 'f:app': {}, 'f:pod-template-hash': {}, 'f:team': {} } },
        'f:spec': { 'f:containers': { ...fieldsOfContainer('web'), ...fieldsOfContainer('log') } },
      }),
      managedFields('kubelet', statusFields, 'status'),
    ],
  } as KubeObject['metadata'],
  spec: {
    volumes: [{ name: 'config', emptyDir: {} }, { name: 'kube-api-access-x7k2p' }],
    containers: [
      container('web', 'registry.example.com/team/web:v1.2.3'),
      container('log', 'registry.example.com/team/log:v4.5.6', own.sidecar),
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'web',
    nodeName: `node-${marks.node}`,
    schedulerName: 'default-scheduler',
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
    priority: 0,
    enableServiceLinks: true,
  },
  status: {
    phase: 'Running',
    conditions,
    hostIP: '10.0.12.34',
    podIP: '10.12.34.56',
    startTime: at,
    containerStatuses: [
      containerStatus('web', 'registry.example.com/team/web:v1.2.3'),
      containerStatus('log', 'registry.example.com/team/log:v4.5.6'),
    ],
    qosClass: 'Burstable',
    observedGeneration: 1,
  },
});

/** A pod that Berth only counts. */
export const foreignPod: KubeObject = pod({ owner: owner('ReplicaSet', 'apps/v1'), annotations: {}, sidecar: [] });

/** A pod that Berth looks after. */
export const managedPod: KubeObject = pod({
  owner: owner('StatefulSet', 'apps.kruise.io/v1beta1'),
  annotations: {
    'kruise.io/sidecarset-injected-list': 'logs',
    'kruise.io/sidecarset-hash': `{"logs":{"updateTimestamp":"${at}","hash":"xc8b9w6b","sidecarSetName":"logs"}}`,
  },
  sidecar: [{ name: 'IS_INJECTED', value: 'true' }],
});
