/** Types of the built-in objects we touch, as they are on the wire: dates are strings, everything is read-only. */

import type {
  V1Affinity,
  V1Container,
  V1ContainerStatus,
  V1LabelSelector,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodCondition,
  V1PodSpec,
  V1PodStatus,
  V1PodTemplateSpec,
  V1Taint,
  V1Toleration,
  V1Volume,
} from '@kubernetes/client-node';

/** What a model of the official client is before the client rewrites it. */
export type OnWire<T> = T extends Date
  ? string
  : T extends readonly (infer U)[]
    ? readonly OnWire<U>[]
    : T extends object
      ? { readonly [K in keyof T]: OnWire<T[K]> }
      : T;

export type Affinity = OnWire<V1Affinity>;
export type Container = OnWire<V1Container>;
export type ContainerStatus = OnWire<V1ContainerStatus>;
export type LabelSelector = OnWire<V1LabelSelector>;
export type PersistentVolumeClaim = OnWire<V1PersistentVolumeClaim>;
export type Pod = OnWire<V1Pod>;
export type PodCondition = OnWire<V1PodCondition>;
export type PodSpec = OnWire<V1PodSpec>;
export type PodStatus = OnWire<V1PodStatus>;
export type PodTemplate = OnWire<V1PodTemplateSpec>;
export type Taint = OnWire<V1Taint>;
export type Toleration = OnWire<V1Toleration>;
export type Volume = OnWire<V1Volume>;
