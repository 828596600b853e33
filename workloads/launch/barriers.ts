/** The ConfigMaps whose keys let containers start, and which keys a pod has earned. */

import { isObject } from '../../api/json.ts';
import { labels } from '../../api/names.ts';
import { type KubeObject, type OwnerReference, type Resource, type Seen, seenOf } from '../../kube/contract.ts';
import type { ContainerView, PodView } from '../pods/view.ts';
import { barrierKey, barrierName, type LaunchOrder } from './order.ts';

export interface BarrierView extends Seen {
  readonly ownerReferences: readonly OwnerReference[];
  readonly keys: readonly string[];
  /** Made by us: one without the mark is somebody's own ConfigMap that happens to have the name. */
  readonly isMarked: boolean;
}

/** Only those of ours are listed: others may be many, and are nobody's business. */
export const Barriers: Resource<BarrierView> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  scope: 'Namespaced',
  view: configMap => ({
    ...seenOf(configMap),
    ownerReferences: configMap.metadata.ownerReferences ?? [],
    keys: isObject(configMap['data']) ? Object.keys(configMap['data']) : [],
    isMarked: configMap.metadata.labels?.[labels.launchBarrier] !== undefined,
  }),
  indexes: {},
  select: { labels: labels.launchBarrier },
};

/** Keys of the priorities that may start: all of which everything of a higher priority is ready. */
export const earnedKeys = (pod: PodView, order: LaunchOrder): readonly string[] => {
  const priorities = [...new Set(order.values())].sort((a, b) => b - a);
  const waiting = [...order].filter(([name]) => !hasStarted(pod, name)).map(([, priority]) => priority);
  const highest = Math.max(...waiting);
  return priorities.filter(priority => priority >= highest).map(barrierKey);
};

/** One that has done its work well would never be ready again. */
const hasStarted = ({ managed }: PodView, name: string): boolean => {
  const container = managed?.containers.find(c => c.list === 'containers' && c.name === name);
  return container === undefined || container.status?.ready === true || hasEnded(container, managed?.restartPolicy);
};

const hasEnded = ({ status }: ContainerView, restartPolicy: string | undefined): boolean =>
  restartPolicy !== 'Always' && status?.state.is === 'terminated' && status.state.exitCode === 0;

export const isOf = (pod: PodView, { ownerReferences }: BarrierView): boolean =>
  ownerReferences.some(({ uid }) => uid === pod.uid);

export const newBarrier = (pod: PodView, keys: readonly string[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: barrierName(pod.name),
    namespace: pod.namespace,
    labels: { [labels.launchBarrier]: 'true' },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: pod.name, uid: pod.uid, controller: true }],
  },
  data: Object.fromEntries(keys.map(key => [key, 'true'])),
});
