/** Opens the readiness gate KruisePodReady of pods that have it and that nobody holds back. */

import type { PodCondition } from '../../api/kubernetes.ts';
import { conditions } from '../../api/names.ts';
import { type Action, type Controller, controller, type Instant, type Trigger, targetOf } from '../../kube/contract.ts';
import { timestampOf } from '../../workloads/pods/project.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { Pods } from '../../workloads/resources.ts';

const isWaiting = (pod: PodView | undefined): pod is PodView =>
  pod !== undefined && pod.leftClosed === true && pod.deletedAt === undefined;

/** Until its gate is open a pod is in no Service. */
const waitingPods: Trigger<PodView> = {
  on: Pods,
  keys: pod => (isWaiting(pod) ? [pod.key] : []),
  urgent: (_, after) => isWaiting(after),
};

const open = (pod: PodView, now: Instant): Action => ({
  do: 'patch',
  target: targetOf(Pods, pod),
  part: 'status',
  guard: 'uid and version',
  patch: { as: 'strategic', body: { status: { conditions: [openSince(now)] } } },
  why: `nobody keeps ${pod.key} out of its Services`,
});

const openSince = (now: Instant): PodCondition => ({
  type: conditions.kruisePodReady,
  status: 'True',
  reason: '',
  message: '',
  lastTransitionTime: timestampOf(now),
});

export const podReady: Controller = controller<PodView>({
  name: 'podready',
  reconciles: Pods,
  wakesOn: [waitingPods],
  reads: [],
  writes: [{ on: Pods, verbs: ['patch'], part: 'status' }],
  observe: (key, reader) => {
    const pod = reader.get(Pods, key);
    return isWaiting(pod) ? pod : undefined;
  },
  plan: (pod, now) => ({ actions: [open(pod, now)] }),
});
