/**
 * What is relied on in the pod templates, containers, volumes and claims that users write.
 *
 * The apiserver stores them unseen, and refuses a bad pod when it is created. Here stand only the fields that are
 * read before that, so that no stored template can surprise a reader with a list where an object should be.
 */

import type { Container, PersistentVolumeClaim, PodTemplate, Volume } from './kubernetes.ts';
import { fine, invalid, wrong } from './problem.ts';
import { parseQuantity } from './quantity.ts';
import { array, bool, int64, intOrString, map, object, opaque, optional, type Schema, string } from './schema.ts';

/** An object of which nothing is relied on but that it is one. */
const anyObject = object({});
const strings = map(string());

const quantity = intOrString().as((value, path) =>
  parseQuantity(value) === undefined ? wrong(invalid(path, 'must be a quantity such as 100m or 1Gi')) : fine(value),
);

const resources = object({ requests: optional(map(quantity)), limits: optional(map(quantity)) });

const containerShape = object({
  name: string(),
  image: optional(string()),
  imagePullPolicy: optional(string()),
  restartPolicy: optional(string()),
  command: optional(array(string())),
  args: optional(array(string())),
  env: optional(array(object({ name: string(), value: optional(string()), valueFrom: optional(anyObject) }))),
  envFrom: optional(array(anyObject)),
  ports: optional(array(anyObject)),
  resources: optional(resources),
  resizePolicy: optional(array(anyObject)),
  volumeMounts: optional(
    array(object({ name: string(), mountPath: optional(string()), subPathExpr: optional(string()) })),
  ),
  volumeDevices: optional(array(object({ name: string(), devicePath: optional(string()) }))),
  livenessProbe: optional(anyObject),
  readinessProbe: optional(anyObject),
  startupProbe: optional(anyObject),
  lifecycle: optional(anyObject),
  securityContext: optional(anyObject),
});

const volumeShape = object({ name: string() });

const metadataShape = object({
  name: optional(string()),
  labels: optional(strings),
  annotations: optional(strings),
  finalizers: optional(array(string())),
});

const requirements = optional(array(object({ key: string(), operator: string(), values: optional(array(string())) })));
const nodeTerms = array(object({ matchExpressions: requirements, matchFields: requirements }));

const affinityShape = object({
  nodeAffinity: optional(
    object({
      requiredDuringSchedulingIgnoredDuringExecution: optional(object({ nodeSelectorTerms: optional(nodeTerms) })),
      preferredDuringSchedulingIgnoredDuringExecution: optional(array(anyObject)),
    }),
  ),
  podAffinity: optional(anyObject),
  podAntiAffinity: optional(anyObject),
});

const tolerationShape = object({
  key: optional(string()),
  operator: optional(string()),
  value: optional(string()),
  effect: optional(string()),
  tolerationSeconds: optional(int64()),
});

const podSpecShape = object({
  containers: array(containerShape),
  initContainers: optional(array(containerShape)),
  ephemeralContainers: optional(array(anyObject)),
  volumes: optional(array(volumeShape)),
  imagePullSecrets: optional(array(object({ name: optional(string()) }))),
  readinessGates: optional(array(object({ conditionType: string() }))),
  restartPolicy: optional(string()),
  nodeName: optional(string()),
  hostNetwork: optional(bool()),
  nodeSelector: optional(strings),
  affinity: optional(affinityShape),
  tolerations: optional(array(tolerationShape)),
  terminationGracePeriodSeconds: optional(int64()),
  activeDeadlineSeconds: optional(int64()),
  overhead: optional(map(quantity)),
  resources: optional(resources),
});

const claimShape = object({
  metadata: optional(metadataShape),
  spec: optional(
    object({
      accessModes: optional(array(string())),
      resources: optional(resources),
      storageClassName: optional(string()),
      volumeMode: optional(string()),
    }),
  ),
});

export const podTemplate = (): Schema<PodTemplate> =>
  opaque(object({ metadata: optional(metadataShape), spec: optional(podSpecShape) }));

export const container = (): Schema<Container> => opaque(containerShape);

export const volume = (): Schema<Volume> => opaque(volumeShape);

export const volumeClaimTemplate = (): Schema<PersistentVolumeClaim> => opaque(claimShape);
