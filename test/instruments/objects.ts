/** What the checker reads of objects. It shares no code with the product, so that no mistake can be in both. */

import type { KubeObject, Wire } from '../../kube/contract.ts';

export interface Pod {
  readonly uid: string;
  /** `namespace/name` */
  readonly key: string;
  readonly owner: { readonly kind: string; readonly uid: string; readonly group: string } | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly node: string;
  readonly ip: string;
  readonly phase: string;
  readonly isLeaving: boolean;
  readonly isReady: boolean;
  /** Milliseconds; undefined if it is not Ready. */
  readonly readySince: number | undefined;
  /** Condition InPlaceUpdateReady; undefined if the pod carries no such gate. */
  readonly gate: 'True' | 'False' | undefined;
  readonly containers: ReadonlyMap<string, Container>;
  /** Names of the claims that its volumes are. */
  readonly claims: readonly string[];
}

export interface Container {
  readonly image: string;
  /** A sidecar that a SidecarSet brought. */
  readonly isInjected: boolean;
  readonly id: string;
  readonly runningImage: string;
  readonly restarts: number;
  readonly isRunning: boolean;
  /** It runs or has run. */
  readonly hasStarted: boolean;
}

const gateType = 'InPlaceUpdateReady';

export const record = (value: unknown): Wire =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Wire) : {};
export const list = (value: unknown): readonly Wire[] => (Array.isArray(value) ? value.map(record) : []);
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

export const keyOf = ({ metadata: { namespace, name } }: KubeObject): string =>
  namespace === undefined ? (name ?? '') : `${namespace}/${name}`;

export const podIn = (object: KubeObject): Pod => {
  const { metadata } = object;
  const spec = record(object['spec']);
  const status = record(object['status']);
  const conditions = list(status['conditions']);
  const ready = conditions.find(condition => condition['type'] === 'Ready' && condition['status'] === 'True');
  const owner = metadata.ownerReferences?.find(reference => reference.controller === true);
  return {
    uid: metadata.uid ?? '',
    key: keyOf(object),
    owner: owner && { kind: owner.kind, uid: owner.uid, group: owner.apiVersion.split('/')[0] ?? '' },
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    node: text(spec['nodeName']) || pinnedNode(spec),
    ip: text(status['podIP']),
    phase: text(status['phase']) || 'Pending',
    isLeaving: metadata.deletionTimestamp !== undefined,
    isReady: ready !== undefined,
    readySince: ready === undefined ? undefined : Date.parse(text(ready['lastTransitionTime'])),
    gate: gateIn(spec, conditions),
    containers: containersIn(spec, status),
    claims: list(spec['volumes']).flatMap(volume => text(record(volume['persistentVolumeClaim'])['claimName']) || []),
  };
};

const gateIn = (spec: Wire, conditions: readonly Wire[]): Pod['gate'] => {
  if (!list(spec['readinessGates']).some(gate => gate['conditionType'] === gateType)) return undefined;
  return conditions.some(c => c['type'] === gateType && c['status'] === 'True') ? 'True' : 'False';
};

const pinnedNode = (spec: Wire): string => {
  const affinity = record(record(spec['affinity'])['nodeAffinity']);
  const [term] = list(record(affinity['requiredDuringSchedulingIgnoredDuringExecution'])['nodeSelectorTerms']);
  const values = list(term?.['matchFields'])[0]?.['values'];
  return Array.isArray(values) && values.length === 1 ? text(values[0]) : '';
};

const containersIn = (spec: Wire, status: Wire): ReadonlyMap<string, Container> => {
  const specs = [...list(spec['initContainers']), ...list(spec['containers'])];
  const statuses = [...list(status['initContainerStatuses']), ...list(status['containerStatuses'])];
  return new Map(
    specs.map(container => [
      text(container['name']),
      containerOf(container, statuses.find(s => s['name'] === container['name']) ?? {}),
    ]),
  );
};

const containerOf = (spec: Wire, status: Wire): Container => {
  const state = record(status['state']);
  return {
    image: text(spec['image']),
    isInjected: list(spec['env']).some(env => env['name'] === 'IS_INJECTED' && env['value'] === 'true'),
    id: text(status['containerID']),
    runningImage: text(status['image']),
    restarts: count(status['restartCount']),
    isRunning: state['running'] !== undefined,
    hasStarted:
      state['running'] !== undefined || state['terminated'] !== undefined || text(status['containerID']) !== '',
  };
};

export const isLive = ({ phase }: Pod): boolean => phase !== 'Succeeded' && phase !== 'Failed';

/** Names of the SidecarSets that a pod carries. */
export const injectedIn = (annotations: Readonly<Record<string, string>> = {}): readonly string[] =>
  (annotations['kruise.io/sidecarset-injected-list'] ?? '').split(',').filter(name => name !== '');

/** Names of containers whose image in the spec differs. */
export const imagesChanged = (before: Pod, after: Pod): readonly string[] =>
  [...after.containers].flatMap(([name, { image }]) => {
    const former = before.containers.get(name);
    return former !== undefined && former.image !== image ? [name] : [];
  });

/** `3`, or `25%` of `total`; undefined for anything else. */
export const resolved = (amount: unknown, total: number, rounding: (share: number) => number): number | undefined => {
  if (typeof amount === 'number') return amount;
  const percent = /^([0-9]+)%$/u.exec(text(amount))?.[1];
  return percent === undefined ? undefined : rounding((Number(percent) * total) / 100);
};
