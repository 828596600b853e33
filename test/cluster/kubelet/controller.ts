/** The kubelets of all pretend nodes, as one controller: what `step` says becomes a plan. */

import {
  type Action,
  type Controller,
  type Instant,
  type Key,
  keyOf,
  type Plan,
  type Reader,
  targetOf,
} from '../../../kube/contract.ts';
import { sandboxFor } from './adopt.ts';
import { ourNodes } from './nodes.ts';
import { boundPods, type ConfigKey, configMaps, type KubeletPod } from './pod.ts';
import type { Sandbox } from './sandbox.ts';
import { delaysOf, type Settings } from './settings.ts';
import { step, type Write } from './step.ts';

// A pod can arrive before the node that it is bound to.
const lookForNodeAgain = 500;

/** The sandboxes are the runtime of the nodes: they live as long as the controller, and each as long as its pod. */
export const kubelets = (settings: Settings): Controller => {
  const sandboxes = new Map<Key, Sandbox>();

  const advance = (pod: KubeletPod, hostIP: string, now: Instant, reader: Reader): Plan => {
    const known = sandboxes.get(pod.key);
    const before = known?.uid === pod.uid ? known : sandboxFor(pod, hostIP, delaysOf(pod, settings));
    const { sandbox, write, wakeAfter } = step(before, pod, now, {
      ...settings,
      absent: absentIn(pod.namespace, reader),
    });
    sandboxes.set(pod.key, sandbox);
    const actions = write === undefined ? [] : [actionFor(write, pod, sandbox)];
    return wakeAfter === undefined ? { actions } : { actions, wakeAfter };
  };

  return {
    name: 'fake-kubelet',
    reconciles: boundPods,
    wakesOn: [{ on: boundPods, keys: pod => [pod.key], urgent: () => true }],
    reads: [ourNodes, configMaps],
    writes: [
      { on: boundPods, verbs: ['patch'], part: 'status' },
      { on: boundPods, verbs: ['delete'] },
    ],
    pass: (key, reader, now) => {
      const pod = reader.get(boundPods, key);
      if (pod === undefined) {
        sandboxes.delete(key);
        return undefined;
      }
      const node = reader.get(ourNodes, pod.node);
      return node === undefined ? withoutNode(pod) : advance(pod, node.address, now, reader);
    },
  };
};

const absentIn =
  (namespace: string, reader: Reader) =>
  ({ configMap, key }: ConfigKey): string | undefined => {
    const found = reader.get(configMaps, keyOf(namespace, configMap));
    if (found === undefined) return `configmap "${configMap}" not found`;
    return found.keys.has(key) ? undefined : `couldn't find key ${key} in ConfigMap ${namespace}/${configMap}`;
  };

const withoutNode = (pod: KubeletPod): Plan =>
  pod.status['phase'] === 'Pending' ? { actions: [], wakeAfter: lookForNodeAgain } : { actions: [] };

const actionFor = (write: Write, pod: KubeletPod, { stage, shown }: Sandbox): Action => {
  const target = targetOf(boundPods, pod);
  switch (write.do) {
    case 'patch status': {
      const why = `the pod is ${stage} and ${shown?.phase ?? 'new'}, as of generation ${pod.generation}`;
      return { do: 'patch', target, part: 'status', patch: { as: 'strategic', body: write.body }, guard: 'uid', why };
    }
    case 'delete':
      return { do: 'delete', target, gracePeriodSeconds: 0, why: 'nothing of the pod is left on its node' };
  }
};
