/** The status that a kubelet writes: a function of the pod and of its sandbox at one moment. */

import type { Instant, Wire } from '../../../kube/contract.ts';
import { type Condition, conditionsOf } from './conditions.ts';
import { type Container, isAlive, type Run } from './container.ts';
import { finalPhase, type Member, membersOf, type Phase, phaseOf } from './lifecycle.ts';
import { annotation, type KubeletPod } from './pod.ts';
import type { Sandbox } from './sandbox.ts';
import { objectIn, objectsIn, textIn } from './wire.ts';
import { sameJson } from './work.ts';

/** As on the wire. Lists are whole; conditions are the kubelet's own. */
export interface PodStatus {
  readonly observedGeneration?: number;
  readonly phase: Phase;
  readonly conditions: readonly Wire[];
  readonly initContainerStatuses?: readonly Wire[];
  readonly containerStatuses: readonly Wire[];
  readonly hostIP: string;
  readonly hostIPs: readonly Wire[];
  readonly podIP?: string;
  readonly podIPs?: readonly Wire[];
  readonly startTime: string;
  readonly resources?: Wire;
}

/** Kubernetes 1.`minor` from which kubelets write `observedGeneration` (KEP-5067), and resources of running containers (KEP-1287). */
const observesGeneration = 34;
const reportsResources = 33;

export interface Moment {
  readonly pod: KubeletPod;
  readonly now: Instant;
  readonly minor: number;
}

export const timeText = (at: Instant): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

export const isReady = ({ spec, container }: Member, { pod, now }: Omit<Moment, 'minor'>): boolean =>
  isAlive(container) &&
  container.run !== undefined &&
  container.run.readyAt <= now &&
  annotation(pod, 'ready', spec.name) !== 'false';

/** The status at the beginning of a pass. Called with the sandbox in the stage that the pass brings it to. */
export const statusOf = (sandbox: Sandbox, moment: Moment): PodStatus => {
  const { pod, minor } = moment;
  const members = membersOf(sandbox, pod);
  const statuses = (chosen: readonly Member[]) => chosen.map(member => containerStatus(member, sandbox, moment));
  const inits = members.filter(({ spec }) => spec.kind !== 'main');
  const hasAddress = members.some(({ container }) => container.run !== undefined);
  return {
    ...(minor >= observesGeneration ? { observedGeneration: pod.generation } : {}),
    phase: shownPhase(sandbox, members, pod),
    conditions: conditionsAt(sandbox, members, moment),
    ...(inits.length > 0 ? { initContainerStatuses: statuses(inits) } : {}),
    containerStatuses: statuses(members.filter(({ spec }) => spec.kind === 'main')),
    hostIP: sandbox.hostIP,
    hostIPs: [{ ip: sandbox.hostIP }],
    ...(hasAddress ? { podIP: sandbox.podIP, podIPs: [{ ip: sandbox.podIP }] } : {}),
    startTime: timeText(sandbox.startedAt ?? moment.now),
    ...(minor >= reportsResources ? podResources(pod) : {}),
  };
};

/** The phase that the conditions speak of; the one shown lags behind it while a pod is cleaned up. */
const phaseAt = (sandbox: Sandbox, members: readonly Member[], pod: KubeletPod): Phase =>
  sandbox.stage === 'terminated' ? finalPhase(members) : phaseOf(members, pod.restartPolicy);

const shownPhase = (sandbox: Sandbox, members: readonly Member[], pod: KubeletPod): Phase => {
  const phase = phaseAt(sandbox, members, pod);
  const isFinal = sandbox.stage === 'complete' || sandbox.stage === 'terminated';
  return isFinal || phase === 'Pending' || phase === 'Running' ? phase : (sandbox.shown?.phase ?? 'Pending');
};

const conditionsAt = (sandbox: Sandbox, members: readonly Member[], moment: Moment): readonly Wire[] => {
  const someRun = members.some(({ container }) => isAlive(container));
  const phase = phaseAt(sandbox, members, moment.pod);
  const conditions = conditionsOf(moment.pod, {
    members,
    // Sidecars that still run keep a pod from having completed.
    phase: someRun ? 'Running' : phase,
    hasNetwork: sandbox.network === 'up',
    resizing: moment.minor >= reportsResources && members.some(isResizing),
    isReady: member => isReady(member, moment),
  });
  return conditions.map(condition => withTime(condition, moment));
};

const isResizing = ({ spec, container }: Member): boolean =>
  isAlive(container) && spec.kind !== 'init' && !sameJson(container.run?.resources, spec.resources);

const withTime = (condition: Condition, { pod, now, minor }: Moment): Wire => {
  const stored = objectsIn(pod.status['conditions']).find(({ type }) => type === condition.type);
  const since = stored?.['status'] === condition.status ? textIn(stored['lastTransitionTime']) : '';
  return {
    ...condition,
    lastTransitionTime: since === '' ? timeText(now) : since,
    ...(minor >= observesGeneration ? { observedGeneration: pod.generation } : {}),
  };
};

const containerStatus = (member: Member, sandbox: Sandbox, moment: Moment): Wire => {
  const { spec, container } = member;
  const { run } = container;
  return {
    name: spec.name,
    image: run?.image ?? spec.image,
    imageID: run?.imageID ?? '',
    ...(run === undefined ? {} : { containerID: run.id }),
    ready: spec.kind === 'init' ? run?.ended?.code === 0 : isReady(member, moment),
    started: isAlive(container),
    restartCount: run?.attempt ?? 0,
    ...stateOf(container, sandbox, moment.pod),
    ...(run === undefined || moment.minor < reportsResources ? {} : givenResources(member, run)),
  };
};

const stateOf = (container: Container, sandbox: Sandbox, pod: KubeletPod): Wire => {
  const { run, previous, waiting } = container;
  if (run !== undefined && run.ended === undefined)
    return { state: { running: { startedAt: timeText(run.startedAt) } }, lastState: terminatedState(previous) };
  if (sandbox.stage === 'terminated' && run === undefined) return { state: neverRan, lastState: {} };
  if (sandbox.stage === 'terminated' || waiting === undefined)
    return run === undefined
      ? { state: { waiting: { reason: firstReason(pod) } }, lastState: {} }
      : { state: terminatedState(run), lastState: terminatedState(previous) };
  return { state: { waiting: { ...waiting } }, lastState: terminatedState(run) };
};

const firstReason = (pod: KubeletPod): string =>
  pod.containers.some(({ kind }) => kind !== 'main') ? 'PodInitializing' : 'ContainerCreating';

const neverRan: Wire = {
  terminated: {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
    startedAt: null,
    finishedAt: null,
  },
};

const terminatedState = (run: Run | undefined): Wire =>
  run?.ended === undefined
    ? {}
    : {
        terminated: {
          exitCode: run.ended.code,
          reason: run.ended.code === 0 ? 'Completed' : 'Error',
          containerID: run.id,
          startedAt: timeText(run.startedAt),
          finishedAt: timeText(run.ended.at),
        },
      };

const givenResources = ({ spec }: Member, run: Run): Wire => {
  const requests = objectIn(spec.resources['requests']);
  return {
    resources: run.resources,
    ...(Object.keys(requests).length > 0 ? { allocatedResources: requests } : {}),
  };
};

/** A real kubelet shows the memory limit of a pod without one as this number of KiB: more bytes than a JavaScript number counts. */
const unlimitedMemory: Wire = { limits: { memory: '9007199254740988Ki' } };

/** It comes with the first look after the one that showed an address. */
const podResources = (pod: KubeletPod): { resources?: Wire } =>
  pod.status['podIP'] !== undefined && pod.containers.every(({ resources }) => Object.keys(resources).length === 0)
    ? { resources: unlimitedMemory }
    : {};
