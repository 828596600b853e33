/** Lets the containers of a pod start in their order: one key of the pod's ConfigMap after the other. */

import { annotations } from '../../api/names.ts';
import {
  type Action,
  type Controller,
  controller,
  keyOf,
  type Notice,
  type Op,
  type Plan,
  pointer,
  type Trigger,
  targetOf,
  whenever,
} from '../../kube/contract.ts';
import { Barriers, type BarrierView, earnedKeys, isOf, newBarrier } from '../../workloads/launch/barriers.ts';
import { barrierName, type LaunchOrder, podOf, readOrder } from '../../workloads/launch/order.ts';
import { isActive, type PodView } from '../../workloads/pods/view.ts';
import { Pods } from '../../workloads/resources.ts';

export interface World {
  readonly pod: PodView;
  readonly order: LaunchOrder;
  /** Whatever has the name of the pod's ConfigMap. */
  readonly barrier: BarrierView | undefined;
}

const orderOf = ({ managed }: PodView): LaunchOrder | undefined =>
  readOrder(managed?.annotations[annotations.launchOrder]);

/** Containers wait for each step. */
const orderedPods: Trigger<PodView> = {
  on: Pods,
  keys: pod => (pod.managed?.annotations[annotations.launchOrder] === undefined ? [] : [pod.key]),
  urgent: () => true,
};

export const plan = ({ pod, order, barrier }: World): Plan => {
  const keys = earnedKeys(pod, order);
  if (barrier === undefined) return { actions: [creation(pod, keys)] };
  if (isOf(pod, barrier))
    return {
      actions: additions(
        barrier,
        keys.filter(key => !barrier.keys.includes(key)),
      ),
    };
  return barrier.isMarked ? { actions: [removal(barrier)] } : { actions: [], notices: [taken(pod, barrier)] };
};

const creation = (pod: PodView, keys: readonly string[]): Action => ({
  do: 'create',
  resource: Barriers,
  object: newBarrier(pod, keys),
  why: `the containers of ${pod.key} start one after the other; now: ${keys.join(', ')}`,
});

const additions = (barrier: BarrierView, keys: readonly string[]): readonly Action[] => {
  if (keys.length === 0) return [];
  const map: readonly Op[] = barrier.keys.length > 0 ? [] : [{ op: 'add', path: '/data', value: {} }];
  const ops = keys.map((key): Op => ({ op: 'add', path: pointer('data', key), value: 'true' }));
  return [
    {
      do: 'patch',
      target: targetOf(Barriers, barrier),
      part: 'object',
      guard: 'uid and version',
      patch: { as: 'json', ops: [...map, ...ops] },
      why: `what comes before ${keys.join(', ')} is ready`,
    },
  ];
};

/** It would let the containers of a pod made anew under its name start at once. */
const removal = (barrier: BarrierView): Action => ({
  do: 'delete',
  target: targetOf(Barriers, barrier),
  why: `${barrier.key} was for a former pod of the name`,
});

const taken = (pod: PodView, { key }: BarrierView): Notice => ({
  about: targetOf(Pods, pod),
  type: 'Warning',
  reason: 'LaunchOrderBlocked',
  message: `the ConfigMap ${key} is not ours: as long as it is there, the containers wait for what it lacks`,
});

export const launchOrder: Controller = controller<World>({
  name: 'launchorder',
  reconciles: Pods,
  wakesOn: [orderedPods, whenever(Barriers, ({ namespace, name }) => [keyOf(namespace, podOf(name))])],
  reads: [],
  writes: [{ on: Barriers, verbs: ['create', 'patch', 'delete'] }],
  observe: (key, reader) => {
    const pod = reader.get(Pods, key);
    const order = pod && orderOf(pod);
    if (pod === undefined || order === undefined || !isActive(pod)) return undefined;
    return { pod, order, barrier: reader.get(Barriers, keyOf(pod.namespace, barrierName(pod.name))) };
  },
  plan,
});
