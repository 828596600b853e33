/** The messages of Pod, Node, PodList and Status, as far as tests and benches fill them. Numbers are those of the public API. */

import { type Fields, flag, integer, list, map, message, optional, quantity, text, time } from './encode.ts';

const ownerReference = message(
  ['kind', 1, text],
  ['name', 3, text],
  ['uid', 4, text],
  ['apiVersion', 5, text],
  ['controller', 6, optional(flag)],
  ['blockOwnerDeletion', 7, optional(flag)],
);

const managedFields = message(
  ['manager', 1, text],
  ['operation', 2, text],
  ['apiVersion', 3, text],
  ['time', 4, optional(time)],
  ['fieldsType', 6, text],
  ['fieldsV1', 7, message(['raw', 1, text])],
  ['subresource', 8, text],
);

const metadata = message(
  ['name', 1, text],
  ['generateName', 2, text],
  ['namespace', 3, text],
  ['selfLink', 4, text],
  ['uid', 5, text],
  ['resourceVersion', 6, text],
  ['generation', 7, integer],
  ['creationTimestamp', 8, time],
  ['deletionTimestamp', 9, optional(time)],
  ['deletionGracePeriodSeconds', 10, optional(integer)],
  ['labels', 11, map(text)],
  ['annotations', 12, map(text)],
  ['ownerReferences', 13, list(ownerReference)],
  ['finalizers', 14, list(text)],
  ['managedFields', 17, list(managedFields)],
);

const claim = message(['claimName', 1, text], ['readOnly', 2, flag]);
const emptyDir = message(['medium', 1, text]);
const volume = message(
  ['name', 1, text],
  ['', 2, message(['emptyDir', 2, optional(emptyDir)], ['persistentVolumeClaim', 10, optional(claim)])],
);

const env = message(['name', 1, text], ['value', 2, text]);
const resources = message(['limits', 1, map(quantity)], ['requests', 2, map(quantity)]);
const mount = message(['name', 1, text], ['readOnly', 2, flag], ['mountPath', 3, text], ['subPath', 4, text]);

const container = message(
  ['name', 1, text],
  ['image', 2, text],
  ['command', 3, list(text)],
  ['args', 4, list(text)],
  ['workingDir', 5, text],
  ['env', 7, list(env)],
  ['resources', 8, resources],
  ['volumeMounts', 9, list(mount)],
  ['terminationMessagePath', 13, text],
  ['imagePullPolicy', 14, text],
  ['stdin', 16, flag],
  ['stdinOnce', 17, flag],
  ['tty', 18, flag],
  ['terminationMessagePolicy', 20, text],
  ['restartPolicy', 24, optional(text)],
);

const requirement = message(['key', 1, text], ['operator', 2, text], ['values', 3, list(text)]);
const term = message(['matchExpressions', 1, list(requirement)], ['matchFields', 2, list(requirement)]);
const nodeSelector = message(['nodeSelectorTerms', 1, list(term)]);
const nodeAffinity = message(['requiredDuringSchedulingIgnoredDuringExecution', 1, optional(nodeSelector)]);
const affinity = message(['nodeAffinity', 1, optional(nodeAffinity)]);

const toleration = message(
  ['key', 1, text],
  ['operator', 2, text],
  ['value', 3, text],
  ['effect', 4, text],
  ['tolerationSeconds', 5, optional(integer)],
);

const spec = message(
  ['volumes', 1, list(volume)],
  ['containers', 2, list(container)],
  ['restartPolicy', 3, text],
  ['terminationGracePeriodSeconds', 4, optional(integer)],
  ['dnsPolicy', 6, text],
  ['serviceAccountName', 8, text],
  ['nodeName', 10, text],
  ['hostNetwork', 11, flag],
  ['affinity', 18, optional(affinity)],
  ['schedulerName', 19, text],
  ['initContainers', 20, list(container)],
  ['tolerations', 22, list(toleration)],
  ['priorityClassName', 24, text],
  ['priority', 25, optional(integer)],
  ['readinessGates', 28, list(message(['conditionType', 1, text]))],
  ['enableServiceLinks', 30, optional(flag)],
);

const condition = message(
  ['type', 1, text],
  ['status', 2, text],
  ['lastProbeTime', 3, time],
  ['lastTransitionTime', 4, time],
  ['reason', 5, text],
  ['message', 6, text],
  ['observedGeneration', 7, integer],
);

const terminated = message(
  ['exitCode', 1, integer],
  ['signal', 2, integer],
  ['reason', 3, text],
  ['message', 4, text],
  ['startedAt', 5, time],
  ['finishedAt', 6, time],
  ['containerID', 7, text],
);

const state = message(
  ['waiting', 1, optional(message(['reason', 1, text], ['message', 2, text]))],
  ['running', 2, optional(message(['startedAt', 1, time]))],
  ['terminated', 3, optional(terminated)],
);

const containerStatus = message(
  ['name', 1, text],
  ['state', 2, state],
  ['lastState', 3, state],
  ['ready', 4, flag],
  ['restartCount', 5, integer],
  ['image', 6, text],
  ['imageID', 7, text],
  ['containerID', 8, text],
  ['started', 9, optional(flag)],
);

const status = message(
  ['phase', 1, text],
  ['conditions', 2, list(condition)],
  ['message', 3, text],
  ['reason', 4, text],
  ['hostIP', 5, text],
  ['podIP', 6, text],
  ['startTime', 7, optional(time)],
  ['containerStatuses', 8, list(containerStatus)],
  ['qosClass', 9, text],
  ['initContainerStatuses', 10, list(containerStatus)],
  ['observedGeneration', 17, integer],
);

export const podFields: Fields = [
  ['metadata', 1, metadata],
  ['spec', 2, spec],
  ['status', 3, status],
];

const taint = message(['key', 1, text], ['value', 2, text], ['effect', 3, text], ['timeAdded', 4, optional(time)]);
const nodeInfo = message(['machineID', 1, text], ['osImage', 5, text], ['kubeletVersion', 7, text]);

export const nodeFields: Fields = [
  ['metadata', 1, metadata],
  ['spec', 2, message(['podCIDR', 1, text], ['unschedulable', 4, flag], ['taints', 5, list(taint)])],
  ['status', 3, message(['capacity', 1, map(quantity)], ['allocatable', 2, map(quantity)], ['nodeInfo', 7, nodeInfo])],
];

export const podListFields: Fields = [
  ['metadata', 1, message(['selfLink', 1, text], ['resourceVersion', 2, text], ['continue', 3, text])],
  ['items', 2, list(message(...podFields))],
];

const cause = message(['reason', 1, text], ['message', 2, text], ['field', 3, text]);
const details = message(
  ['name', 1, text],
  ['group', 2, text],
  ['kind', 3, text],
  ['causes', 4, list(cause)],
  ['retryAfterSeconds', 5, integer],
);

export const statusFields: Fields = [
  ['metadata', 1, message(['selfLink', 1, text])],
  ['status', 2, text],
  ['message', 3, text],
  ['reason', 4, text],
  ['details', 5, optional(details)],
  ['code', 6, integer],
];
