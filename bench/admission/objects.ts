/** SidecarSets of which some match, and the review of a pod that is being created. */

import type { KubeObject } from '../../kube/contract.ts';

interface SetOptions {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly maxUnavailable?: number | string;
}

export const setOf = (index: number, { matchLabels, maxUnavailable = 1 }: SetOptions): KubeObject => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'SidecarSet',
  metadata: {
    name: `set-${index}`,
    uid: `set-uid-${index}`,
    resourceVersion: String(100 + index),
    creationTimestamp: '2026-11-23T00:00:00Z',
    generation: 1,
  },
  spec: {
    selector: { matchLabels },
    containers: [
      {
        name: `sidecar-${index}`,
        image: `registry.example.com/infra/sidecar-${index}:v1.2.3`,
        args: ['--listen=:9090', '--log-format=json'],
        env: [
          { name: 'LEVEL', value: 'info' },
          { name: 'REGION', value: 'eu-central-1' },
        ],
        resources: { limits: { cpu: '100m', memory: '128Mi' }, requests: { cpu: '10m', memory: '32Mi' } },
        podInjectPolicy: index === 0 ? 'BeforeAppContainer' : 'AfterAppContainer',
        shareVolumePolicy: { type: 'disabled' },
      },
    ],
    updateStrategy: { type: 'RollingUpdate', maxUnavailable, partition: 0 },
  },
});

/** How many SidecarSets there are, and how many of them match the pod that is reviewed. */
export interface Crowd {
  readonly all: number;
  readonly matching: number;
}

export const setsIn = ({ all, matching }: Crowd): readonly KubeObject[] =>
  Array.from({ length: all }, (_, index) =>
    setOf(index, { matchLabels: { app: index < matching ? 'web' : `other-${index}` } }),
  );

export const team: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'team', uid: 'team-uid', resourceVersion: '90', labels: { 'kubernetes.io/metadata.name': 'team' } },
};

const container = (name: string): object => ({
  name,
  image: `registry.example.com/team/${name}:v1.2.3`,
  command: ['/bin/server'],
  args: ['--listen=:8080', '--log-format=json', '--verbosity=2', '--config=/etc/web/config.yaml'],
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  env: Array.from({ length: 17 }, (_, index) => ({ name: `SETTING_${index}`, value: `value-of-setting-${index}` })),
  resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
  volumeMounts: [
    { name: 'config', mountPath: '/etc/web' },
    { name: 'kube-api-access-x7k2p', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
  ],
  livenessProbe: { httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' }, periodSeconds: 10, timeoutSeconds: 1 },
  readinessProbe: { httpGet: { path: '/readyz', port: 'http', scheme: 'HTTP' }, periodSeconds: 5, timeoutSeconds: 1 },
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
});

const reviewed = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    generateName: 'web-7c9f8d6b5d-',
    namespace: 'team',
    creationTimestamp: null,
    labels: { app: 'web', 'pod-template-hash': '7c9f8d6b5d', team: 'payments', tier: 'frontend' },
    annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'web-7c9f8d6b5d',
        uid: '5b0a6f52-1111-4000-8000-000000000001',
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  },
  spec: {
    volumes: [
      { name: 'config', configMap: { name: 'web', defaultMode: 420 } },
      { name: 'kube-api-access-x7k2p', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
    ],
    containers: [container('web'), container('proxy')],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'web',
    securityContext: {},
    schedulerName: 'default-scheduler',
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  },
  status: {},
};

/** What runs on a real apiserver is small: fake kubelets start it. */
const podSpec = {
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 1,
  containers: [{ name: 'web', image: 'registry.example.com/team/web:v1.2.3' }],
};

export const plainPod = (name: string, half: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'web', half } },
  spec: podSpec,
});

interface StatefulOptions {
  readonly half: string;
  readonly maxUnavailable: string;
}

export const statefulSet = (name: string, replicas: number, { half, maxUnavailable }: StatefulOptions): object => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'StatefulSet',
  metadata: { name },
  spec: {
    replicas,
    serviceName: name,
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: { half } },
    updateStrategy: {
      type: 'RollingUpdate',
      rollingUpdate: { podUpdatePolicy: 'InPlaceIfPossible', maxUnavailable },
    },
    template: { metadata: { labels: { app: 'web', half } }, spec: podSpec },
  },
});

/** 5.4 KB. */
export const review: string = JSON.stringify({
  kind: 'AdmissionReview',
  apiVersion: 'admission.k8s.io/v1',
  request: {
    uid: '0df28fbd-5f5f-11e8-bc74-36e6bb280816',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    requestKind: { group: '', version: 'v1', kind: 'Pod' },
    requestResource: { group: '', version: 'v1', resource: 'pods' },
    namespace: 'team',
    operation: 'CREATE',
    userInfo: {
      username: 'system:serviceaccount:kube-system:replicaset-controller',
      uid: 'a7e0ab33-5f29-11e8-8a3c-36e6bb280816',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    },
    object: reviewed,
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
  },
});
