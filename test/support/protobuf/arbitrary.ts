/** Pods and nodes as an apiserver could write them in JSON: what is empty and may be left out is left out. */

import fc from 'fast-check';
import type { KubeObject } from '../../../kube/contract.ts';

const word = fc.oneof(
  fc.constantFrom('main', 'log', 'True', 'False', 'Running', 'metadata.name', 'In', 'IS_INJECTED', 'true', 'Always'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
);
const long = fc.string({ minLength: 100, maxLength: 200 });
/** A text that is written even if it is empty. */
const required = fc.oneof(word, fc.constant(''));
const time = fc
  .date({ min: new Date('1970-01-02'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map(at => `${at.toISOString().slice(0, 19)}Z`);
const odd = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty');
const ours = fc.constantFrom('kruise.io/sidecarset-injected-list', 'apps.kruise.io/a', 'berth/b', 'inplace-update-c');
const dictionary = fc
  .uniqueArray(fc.tuple(fc.oneof(word, odd, ours), fc.oneof(required, long)), {
    minLength: 1,
    maxLength: 5,
    selector: ([key]) => key,
  })
  // Entries, not assignments: `__proto__` must become a member.
  .map(entries => Object.fromEntries(entries));
const some = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(of, { minLength: 1, maxLength: 3 });
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }, ...requiredKeys: (keyof T)[]) =>
  fc.record(model, { requiredKeys });

const owner = record(
  {
    apiVersion: fc.constantFrom('v1', 'apps/v1', 'apps.kruise.io/v1beta1'),
    kind: fc.constantFrom('ReplicaSet', 'BroadcastJob', 'StatefulSet'),
    name: required,
    uid: required,
    controller: fc.boolean(),
    blockOwnerDeletion: fc.boolean(),
  },
  ...(['apiVersion', 'kind', 'name', 'uid'] as const),
);

const metadata = record(
  {
    name: word,
    uid: word,
    resourceVersion: fc.nat().map(version => String(version + 1)),
    namespace: word,
    generateName: word,
    generation: fc.integer({ min: 1 }),
    creationTimestamp: time,
    deletionTimestamp: time,
    deletionGracePeriodSeconds: fc.nat(),
    labels: dictionary,
    annotations: dictionary,
    ownerReferences: some(owner),
    finalizers: some(word),
  },
  ...(['name', 'uid', 'resourceVersion', 'creationTimestamp'] as const),
);

const environment = record({ name: required, value: word }, 'name');
const container = record(
  {
    name: required,
    image: word,
    command: some(word),
    env: some(environment),
    restartPolicy: required,
    tty: fc.constant(true),
  },
  'name',
);
const requirement = record({ key: required, operator: required, values: some(required) }, 'key', 'operator');
const term = record({ matchExpressions: some(requirement), matchFields: some(requirement) });
const affinity = record({
  nodeAffinity: record({
    requiredDuringSchedulingIgnoredDuringExecution: fc.record({ nodeSelectorTerms: some(term) }),
  }),
});
const toleration = record({
  key: word,
  operator: word,
  value: word,
  effect: word,
  tolerationSeconds: fc.maxSafeInteger(),
});
const volume = record(
  { name: required, persistentVolumeClaim: fc.record({ claimName: required }), emptyDir: fc.constant({}) },
  'name',
);
const spec = record(
  {
    volumes: some(volume),
    initContainers: some(container),
    containers: some(container),
    restartPolicy: word,
    terminationGracePeriodSeconds: fc.integer(),
    nodeName: word,
    affinity,
    tolerations: some(toleration),
    readinessGates: some(fc.record({ conditionType: required })),
  },
  'containers',
);

const conditionType = fc.constantFrom('Ready', 'ContainersReady', 'PodScheduled', 'KruisePodReady', 'PodResizePending');
const condition = record(
  {
    type: fc.oneof(conditionType, required),
    status: fc.oneof(fc.constantFrom('True', 'False', 'Unknown'), required),
    lastTransitionTime: fc.option(time),
    reason: word,
    message: fc.oneof(word, long),
  },
  ...(['type', 'status', 'lastTransitionTime'] as const),
);
const state = fc.oneof(
  fc.constant({}),
  fc.record({ waiting: record({ reason: word, message: long }) }),
  fc.record({ running: fc.record({ startedAt: fc.option(time) }) }),
  fc.record({
    terminated: record(
      { exitCode: fc.integer(), reason: word, startedAt: fc.option(time), finishedAt: fc.option(time) },
      ...(['exitCode', 'startedAt', 'finishedAt'] as const),
    ),
  }),
);
const containerStatus = record(
  {
    name: required,
    state,
    lastState: state,
    ready: fc.boolean(),
    restartCount: fc.nat(),
    image: required,
    imageID: required,
    containerID: word,
    started: fc.boolean(),
  },
  ...(['name', 'ready', 'restartCount', 'image', 'imageID'] as const),
);
const status = record({
  phase: fc.oneof(fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed'), word),
  conditions: some(condition),
  message: long,
  reason: word,
  podIP: word,
  startTime: time,
  containerStatuses: some(containerStatus),
  initContainerStatuses: some(containerStatus),
  qosClass: word,
  observedGeneration: fc.integer({ min: 1 }),
});

export const anyPod: fc.Arbitrary<KubeObject> = fc
  .record({ metadata, spec, status })
  .map(pod => ({ apiVersion: 'v1', kind: 'Pod', ...pod }));

const taint = record({ key: required, value: word, effect: required, timeAdded: time }, 'key', 'effect');
const quantities = fc
  .uniqueArray(fc.tuple(fc.oneof(word, odd), fc.constantFrom('1', '250m', '64Mi', '0')), {
    minLength: 1,
    maxLength: 4,
    selector: ([key]) => key,
  })
  .map(entries => Object.fromEntries(entries));

export const anyNode: fc.Arbitrary<KubeObject> = fc
  .record({
    metadata,
    spec: record({ taints: some(taint), unschedulable: fc.constant(true), podCIDR: word }),
    status: record({
      allocatable: quantities,
      capacity: quantities,
      nodeInfo: fc.record({ kubeletVersion: required }),
    }),
  })
  .map(node => ({ apiVersion: 'v1', kind: 'Node', ...node }));
