/** Why a node of a job has no pod yet: a closed union, one member for each such node. */

import type { PodReason } from '../../kube/contract.ts';
import { type Unfit, unfitMessage } from '../../workloads/nodes/fitness.ts';

export type Waiting =
  | { readonly reason: 'Starting' } // this plan creates it
  | { readonly reason: 'Refused'; readonly message: string } // by the apiserver, when its pod was last tried
  | { readonly reason: 'ParallelismUsed'; readonly limit: number }
  | { readonly reason: 'Paused' }
  | { readonly reason: 'HeldByFailure'; readonly pod: string }
  | { readonly reason: 'FormerPodLeaving'; readonly pod: string }
  | { readonly reason: 'NotFit'; readonly unfit: Unfit };

/** One sentence for people. */
const messageOf = (waiting: Waiting): string => {
  switch (waiting.reason) {
    case 'Starting':
      return 'its pod is being created';
    case 'Refused':
      return `the apiserver refuses its pod: ${waiting.message}`;
    case 'ParallelismUsed':
      return `parallelism ${waiting.limit} is used by other nodes`;
    case 'Paused':
      return 'the job is paused';
    case 'HeldByFailure':
      return `pod ${waiting.pod} failed, and failurePolicy Pause holds the job`;
    case 'FormerPodLeaving':
      return `pod ${waiting.pod} was deleted before it ended and is not gone yet`;
    case 'NotFit':
      return unfitMessage(waiting.unfit);
  }
};

/** There is no pod to name yet: the node stands for it. */
export const nodeReason = (node: string, waiting: Waiting): PodReason => ({
  pods: [`node/${node}`],
  reason: waiting.reason === 'NotFit' ? waiting.unfit.because : waiting.reason,
  message: messageOf(waiting),
});
