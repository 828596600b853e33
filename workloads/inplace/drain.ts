/** How far a pod is out of its Services: nothing in it may be stopped before it is, and has been for the grace period. */

import { conditions } from '../../api/names.ts';
import { type Instant, type Millis, seconds } from '../../kube/contract.ts';
import { conditionOf, type PodView } from '../pods/view.ts';
import { hasGate } from './progress.ts';
import { updateRecordOf } from './record.ts';

export type Drain =
  | { readonly is: 'open' } // its readiness gate must be closed first
  | { readonly is: 'closing' } // the gate is closed, and the kubelet has not taken Ready back yet
  | { readonly is: 'waiting'; readonly wakeAfter: Millis } // out of the Services, for less than the grace period
  | { readonly is: 'drained' };

/** A pod without the readiness gate cannot be drained; it is taken as it is. */
export const drainOf = (pod: PodView, graceSeconds: number, now: Instant): Drain => {
  if (!hasGate(pod)) return { is: 'drained' };
  const gate = conditionOf(pod, conditions.inPlaceUpdateReady);
  if (gate?.status !== 'False') return { is: 'open' };
  if (pod.ready === 'True') return { is: 'closing' };
  const left = graceSeconds > 0 ? (gate.since ?? recordedAt(pod)) + seconds(graceSeconds) + seconds(1) - now : 0;
  return left > 0 ? { is: 'waiting', wakeAfter: left } : { is: 'drained' };
};

/** For conditions without a time, which other writers leave. */
const recordedAt = (pod: PodView): Instant => {
  const record = updateRecordOf(pod);
  return record.is === 'read' ? record.value.updatedAt : 0;
};
