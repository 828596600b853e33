/** What a plan says of each pod, one by one. */

import type { Plan } from '../../kube/contract.ts';

export interface PodReason {
  readonly pod: string;
  readonly reason: string;
  readonly message: string;
}

export const reasonsIn = (plan: Plan | undefined): readonly PodReason[] =>
  (plan?.reasons ?? []).flatMap(({ pods, reason, message }) => pods.map(pod => ({ pod, reason, message })));
