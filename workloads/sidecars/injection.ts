/** What one SidecarSet puts into a pod: its current spec, or a recorded revision of it. */

import type { Container, Volume } from '../../api/kubernetes.ts';
import type { Sidecar, SidecarSetSpec } from '../../api/sidecarset.ts';
import { type Hashes, isNativeSidecar } from './hash.ts';

export interface Injection {
  /** Name of the SidecarSet. */
  readonly set: string;
  readonly hashes: Hashes;
  /** Name of the ControllerRevision that records this; empty as long as there is none. */
  readonly revision: string;
  /** Of the set that has decided for this; 0 where it is not known. */
  readonly generation: number;
  readonly containers: readonly Sidecar[];
  readonly initContainers: readonly Sidecar[];
  readonly volumes: readonly Volume[];
  readonly imagePullSecrets: NonNullable<SidecarSetSpec['imagePullSecrets']>;
  readonly patchPodMetadata: NonNullable<SidecarSetSpec['patchPodMetadata']>;
}

/** What is injected of a spec, current or recorded. */
export const injectionOf = (
  set: string,
  spec: Pick<SidecarSetSpec, 'containers' | 'initContainers' | 'volumes' | 'imagePullSecrets' | 'patchPodMetadata'>,
  decided: Pick<Injection, 'hashes' | 'revision' | 'generation'>,
): Injection => ({
  set,
  ...decided,
  containers: spec.containers ?? [],
  initContainers: spec.initContainers?.map(c => (isNativeSidecar(c) ? c : neverHot(c))) ?? [],
  volumes: spec.volumes ?? [],
  imagePullSecrets: spec.imagePullSecrets ?? [],
  patchPodMetadata: spec.patchPodMetadata ?? [],
});

/** A plain init container is over before a twin could take over. */
const neverHot = (container: Sidecar): Sidecar => ({ ...container, upgradeStrategy: { upgradeType: 'ColdUpgrade' } });

/** Containers of a set that run as long as the pod: the ones whose revision a pod records. */
export const runningNames = (lists: Lists): readonly string[] => runningOf(lists).map(c => c.name);

type Lists = Pick<Injection, 'containers' | 'initContainers'>;

export const runningOf = ({ containers, initContainers }: Lists): readonly Sidecar[] => [
  ...initContainers.filter(isNativeSidecar),
  ...containers,
];

export const isHot = (container: Sidecar): boolean => container.upgradeStrategy.upgradeType === 'HotUpgrade';

/** The names under which a container stands in a pod: two of them if it is upgraded hot. */
export const namesInPod = (container: Sidecar): readonly string[] =>
  isHot(container) ? twinsOf(container.name) : [container.name];

/** The pair that stands in a pod for a container that is upgraded hot: one works, one is empty. */
export const twinsOf = (name: string): readonly [string, string] => [`${name}-1`, `${name}-2`];

/** The container as a pod has it: without the fields that only a SidecarSet knows. */
export const podContainer = (container: Sidecar): Container => {
  const {
    podInjectPolicy: _inject,
    upgradeStrategy: _upgrade,
    shareVolumePolicy: _volumes,
    shareVolumeDevicePolicy: _devices,
    transferEnv: _transfer,
    resourcesPolicy: _resources,
    ...rest
  } = container;
  return rest;
};
