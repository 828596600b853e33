/** What all kinds report in the same way: conditions, and why pods have not been moved. */

import { array, int32, int64, object, optional, string, type TypeOf, time } from './schema.ts';

const condition = object({
  type: string(),
  status: string().about('True, False or Unknown.'),
  observedGeneration: optional(int64().about('The generation of the object that the condition was set for.')),
  lastProbeTime: optional(time()),
  lastTransitionTime: optional(time().about('When the status last changed.')),
  reason: optional(string().about('The cause in one CamelCase word.')),
  message: optional(string().about('The cause in a sentence.')),
});

export type Condition = TypeOf<typeof condition>;

export const conditions = () =>
  optional(array(condition).about('Ready, Reconciling and Stalled, as kstatus defines them, and others of the kind.'));

const podCount = object({
  reason: string().about('Why these pods are not at the target yet.'),
  count: int32().about('How many pods have this reason.'),
  pods: optional(array(string()).about('Up to five of them.')),
});

export type PodCount = TypeOf<typeof podCount>;

export const podCounts = () => optional(array(podCount).about('Pods that the rollout has not moved, by reason.'));
