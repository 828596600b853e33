/** Finds again what ran before this process did: a real kubelet asks the runtime, the fake one reads the pod's status. */

import type { Instant, Wire } from '../../../kube/contract.ts';
import { type Container, type End, newRun, noContainer, type Run } from './container.ts';
import { pulled } from './images.ts';
import { type ContainerSpec, conditionOf, type KubeletPod } from './pod.ts';
import { newSandbox, type Sandbox, type Stage } from './sandbox.ts';
import type { Delays } from './settings.ts';
import { numberIn, objectIn, objectsIn, textIn } from './wire.ts';

/** The sandbox of a pod that this process sees for the first time: a new one, or the one that its status tells of. */
export const sandboxFor = (pod: KubeletPod, hostIP: string, delays: Delays): Sandbox => {
  const sandbox = newSandbox(pod.uid, hostIP);
  const statuses = [...objectsIn(pod.status['initContainerStatuses']), ...objectsIn(pod.status['containerStatuses'])];
  if (statuses.length === 0) return sandbox;
  const containers = new Map(
    pod.containers.map(spec => [spec.name, containerFrom(pod, spec, statusOf(statuses, spec), delays)]),
  );
  return {
    ...sandbox,
    startedAt: instantIn(pod.status['startTime']),
    stage: stageFrom(pod),
    network: networkFrom(pod, containers),
    containers,
  };
};

const statusOf = (statuses: readonly Wire[], { name }: ContainerSpec): Wire =>
  objectIn(statuses.find(status => status['name'] === name));

const instantIn = (value: unknown): Instant => Date.parse(textIn(value)) || 0;

const stageFrom = ({ status }: KubeletPod): Stage =>
  status['phase'] === 'Succeeded' || status['phase'] === 'Failed' ? 'complete' : 'live';

const networkFrom = (pod: KubeletPod, containers: ReadonlyMap<string, Container>): Sandbox['network'] => {
  if (conditionOf(pod, 'PodReadyToStartContainers') === 'True') return 'up';
  return [...containers.values()].some(({ run }) => run !== undefined) ? 'gone' : 'none';
};

const containerFrom = (pod: KubeletPod, spec: ContainerSpec, status: Wire, delays: Delays): Container => {
  const state = objectIn(status['state']);
  const lastState = objectIn(status['lastState']);
  const attempt = numberIn(status['restartCount'], 0);
  if (textIn(status['containerID']) === '') return noContainer;
  const before = runFrom(pod, spec, { status, attempt: attempt - 1, state: lastState }, delays);
  // A container that waits shows its last run, with the end of it as lastState.
  if (state['waiting'] !== undefined)
    return { ...noContainer, run: runFrom(pod, spec, { status, attempt, state: lastState }, delays) };
  const previous = lastState['terminated'] === undefined ? undefined : before;
  return { ...noContainer, run: runFrom(pod, spec, { status, attempt, state }, delays), previous };
};

interface Told {
  readonly status: Wire;
  readonly attempt: number;
  /** The state that tells of this run. */
  readonly state: Wire;
}

const runFrom = (pod: KubeletPod, spec: ContainerSpec, { status, attempt, state }: Told, delays: Delays): Run => {
  const shown = textIn(status['image']);
  // What is running was started for the spec that the kubelet had observed last.
  const asked = pod.status['observedGeneration'] === pod.generation ? spec.image : shown;
  const image = pulled(asked) ?? { shown, id: textIn(status['imageID']), tag: '' };
  const terminated = objectIn(state['terminated']);
  const startedAt = instantIn(terminated['startedAt'] ?? objectIn(state['running'])['startedAt']);
  return {
    ...newRun({ pod, spec, image, delays }, noContainer, startedAt),
    attempt,
    id: textIn(terminated['containerID']) || textIn(status['containerID']),
    asked,
    image: shown,
    imageID: textIn(status['imageID']),
    resources: objectIn(status['resources'] ?? spec.resources),
    ended: endIn(terminated),
    seen: true,
  };
};

const endIn = (terminated: Wire): End | undefined =>
  terminated['finishedAt'] === undefined
    ? undefined
    : { at: instantIn(terminated['finishedAt']), code: numberIn(terminated['exitCode'], 0) };
