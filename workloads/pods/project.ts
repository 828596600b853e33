/** From a pod on the wire to its view. Odd input gives an emptier view, never an exception. */

import type { Container, ContainerStatus, Pod, PodCondition } from '../../api/kubernetes.ts';
import { annotations, conditions, env, group, ourAnnotationPrefixes } from '../../api/names.ts';
import { type Instant, type KubeObject, type ObjectMeta, ownerOf, seenOf } from '../../kube/contract.ts';
import { isLeftClosed } from './gates.ts';
import type {
  ConditionStatus,
  ConditionView,
  ContainerState,
  ContainerStatusView,
  ContainerView,
  ManagedPod,
  PodPhase,
  PodView,
} from './view.ts';

export const podView = (object: KubeObject): PodView => {
  const pod = object as unknown as Pod; // checked field by field below: every access tolerates absence
  const { metadata: meta } = object;
  const status = pod.status;
  const owner = ownerOf(meta);
  const deletedAt = instantOf(meta.deletionTimestamp);
  return {
    ...seenOf(object),
    createdAt: instantOf(meta.creationTimestamp) ?? 0,
    ...(deletedAt === undefined ? {} : { deletedAt }),
    labels: meta.labels ?? {},
    ...(owner === undefined ? {} : { owner }),
    ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    phase: phaseOf(status?.phase),
    ...(status?.reason ? { phaseReason: status.reason } : {}),
    ready: statusOf(objectsIn(status?.conditions), 'Ready'),
    containersReady: statusOf(objectsIn(status?.conditions), 'ContainersReady'),
    scheduled: statusOf(objectsIn(status?.conditions), 'PodScheduled'),
    ...(isLeftClosed(objectsIn(pod.spec?.readinessGates), objectsIn(status?.conditions)) ? { leftClosed: true } : {}),
    injectedSets: meta.annotations?.[annotations.sidecarSetInjectedList]?.split(',').filter(name => name !== '') ?? [],
    ...(isManaged(meta) ? { managed: managedOf(object, pod) } : {}),
  };
};

/** A list on the wire; anything that is no list of objects counts as empty, so that no index is ever wrong. */
const objectsIn = <T extends object>(list: readonly T[] | undefined): readonly T[] =>
  Array.isArray(list) && list.every(item => typeof item === 'object' && item !== null) ? list : [];

const textIn = (text: string | undefined): string => (typeof text === 'string' ? text : '');

/** Pods that Berth may act on: owned by one of our kinds, with sidecars of a SidecarSet, or started in an order. */
export const isManaged = (meta: ObjectMeta): boolean =>
  ownerOf(meta)?.group === group ||
  meta.annotations?.[annotations.sidecarSetInjectedList] !== undefined ||
  meta.annotations?.[annotations.launchOrder] !== undefined;

const managedOf = ({ metadata: meta }: KubeObject, { spec, status }: Pod): ManagedPod => {
  const pinnedNode = pinnedNodeOf(spec?.affinity);
  return {
    finalizers: meta.finalizers ?? [],
    ownerReferences: meta.ownerReferences ?? [],
    annotations: ours(meta.annotations ?? {}),
    hasLabels: meta.labels !== undefined,
    hasAnnotations: meta.annotations !== undefined,
    readinessGates: objectsIn(spec?.readinessGates).map(gate => gate.conditionType),
    restartPolicy: spec?.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: spec?.terminationGracePeriodSeconds ?? 30,
    claims: claimsOf(spec?.volumes),
    ...(pinnedNode === undefined ? {} : { pinnedNode }),
    tolerations: ownerOf(meta)?.kind === 'BroadcastJob' ? objectsIn(spec?.tolerations) : [],
    containers: [
      ...containersOf('initContainers', spec?.initContainers, status?.initContainerStatuses),
      ...containersOf('containers', spec?.containers, status?.containerStatuses),
    ],
    conditions: objectsIn(status?.conditions).map(conditionView),
    ...(status?.observedGeneration === undefined ? {} : { observedGeneration: status.observedGeneration }),
    ...(status?.qosClass === undefined ? {} : { qosClass: status.qosClass }),
  };
};

const ours = (all: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(all).filter(([key]) => ourAnnotationPrefixes.some(prefix => key.startsWith(prefix))),
  );

const claimsOf = (volumes: NonNullable<Pod['spec']>['volumes']): ManagedPod['claims'] =>
  objectsIn(volumes).flatMap(v =>
    v.persistentVolumeClaim ? [{ volume: v.name, claim: v.persistentVolumeClaim.claimName }] : [],
  );

const pinnedNodeOf = (affinity: NonNullable<Pod['spec']>['affinity']): string | undefined => {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const fields = terms?.[0]?.matchFields?.[0];
  return fields?.key === 'metadata.name' && fields.operator === 'In' && fields.values?.length === 1
    ? fields.values[0]
    : undefined;
};

const containersOf = (
  list: ContainerView['list'],
  specs: readonly Container[] | undefined,
  statuses: readonly ContainerStatus[] | undefined,
): ContainerView[] =>
  objectsIn(specs).map((container, index) => {
    const status = objectsIn(statuses).find(s => s.name === container.name);
    return {
      name: textIn(container.name),
      list,
      index,
      image: textIn(container.image),
      ...(container.restartPolicy === undefined ? {} : { restartPolicy: container.restartPolicy }),
      injected: objectsIn(container.env).some(e => e.name === env.injected && e.value === 'true'),
      ...(status === undefined ? {} : { status: containerStatusView(status) }),
    };
  });

const containerStatusView = (status: ContainerStatus): ContainerStatusView => ({
  image: textIn(status.image),
  imageID: textIn(status.imageID),
  containerID: textIn(status.containerID),
  ready: status.ready === true,
  started: status.started === true,
  restartCount: status.restartCount ?? 0,
  state: stateOf(status.state),
});

const stateOf = (state: ContainerStatus['state']): ContainerState => {
  if (state?.running) return { is: 'running', startedAt: instantOf(state.running.startedAt) ?? 0 };
  if (state?.terminated)
    return {
      is: 'terminated',
      exitCode: state.terminated.exitCode,
      reason: state.terminated.reason ?? '',
      finishedAt: instantOf(state.terminated.finishedAt) ?? 0,
    };
  if (state?.waiting)
    return { is: 'waiting', reason: textIn(state.waiting.reason), message: textIn(state.waiting.message) };
  return { is: 'unknown' };
};

/** Messages of these conditions are protocols that planners read; all other messages would only take memory. */
export const messagesKept: ReadonlySet<string> = new Set([
  conditions.kruisePodReady,
  conditions.sidecarSetUpgradable,
  'PodResizePending',
  'PodResizeInProgress',
]);

const conditionView = (c: PodCondition): ConditionView => {
  const since = instantOf(c.lastTransitionTime);
  return {
    type: c.type,
    status: asStatus(c.status),
    reason: c.reason ?? '',
    message: messagesKept.has(c.type) ? (c.message ?? '') : '',
    ...(since === undefined ? {} : { since }),
  };
};

const statusOf = (all: readonly PodCondition[], type: string): ConditionStatus =>
  asStatus(all.find(c => c.type === type)?.status);

const asStatus = (status: string | undefined): ConditionStatus =>
  status === 'True' || status === 'False' || status === 'Unknown' ? status : 'Absent';

const phaseOf = (phase: string | undefined): PodPhase =>
  phase === 'Running' || phase === 'Succeeded' || phase === 'Failed' || phase === 'Unknown' ? phase : 'Pending';

/** RFC 3339 to an instant; undefined for what is absent or no date. Parsing text reads no clock. */
export const instantOf = (text: string | null | undefined): Instant | undefined => {
  if (text === undefined || text === null) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
};

/** As the API writes times: UTC, whole seconds. */
export const timestampOf = (instant: Instant): string => `${new Date(instant).toISOString().slice(0, 19)}Z`;
