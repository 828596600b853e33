/**
 * How far an in-place update has come, read from the pod alone.
 *
 *   idle ─wish─▶ draining ─images written─▶ restarting ─proven─▶ rejoining ─gate True─▶ settling ─▶ settled
 *
 * What counts as evidence was recorded on real kubelets: observedGeneration is current while the old container still
 * runs; a retag of one digest restarts the container and leaves status.image and imageID as they were; changing back
 * in mid-update runs the intermediate image, ready, for seconds; a crash loop flashes Ready.
 */

import { conditions } from '../../api/names.ts';
import { type Instant, type Millis, seconds } from '../../kube/contract.ts';
import { whyNotRunning } from '../pods/trouble.ts';
import { type ContainerView, conditionOf, containerOf, type PodView } from '../pods/view.ts';
import type { Reason } from '../reasons.ts';
import { runs, sameContent } from './images.ts';
import { type Former, sidecarRecordOf, type UpdateRecord, updateRecordOf, wishOf } from './record.ts';

/** The API cuts times to whole seconds: what happened at 0.9 says 0. */
export const cut = seconds(1);
/** Ready for this long = settled. */
export const settleTime = seconds(2);
/** The same after a restart that nobody asked for: a crash loop flashes Ready in between. */
export const settleTimeAfterCrash = seconds(30);
/** Beyond the grace period, this long without any change is evidence too. */
const unchangedTime = seconds(30);

export type Proof =
  | { readonly is: 'proven' }
  | { readonly is: 'waiting'; readonly for: Reason; readonly wakeAfter?: Millis };

export type Progress =
  | { readonly is: 'idle' } // no update was ever recorded
  | { readonly is: 'draining' } // the gate is closed, and a wish waits to be written; with an open gate it costs nothing yet
  | { readonly is: 'restarting'; readonly for: Reason; readonly wakeAfter?: Millis }
  | { readonly is: 'rejoining' } // proven, and the readiness gate is still closed
  | { readonly is: 'settling'; readonly for: Reason; readonly wakeAfter?: Millis }
  | { readonly is: 'settled' };

export const idle: Progress = { is: 'idle' };
const settled: Progress = { is: 'settled' };

/** Progress of the update that the pod's own workload made. */
export const progressOf = (pod: PodView, now: Instant): Progress => {
  if (wishOf(pod).is === 'read' && gateIsClosed(pod)) return { is: 'draining' };
  const record = updateRecordOf(pod);
  if (record.is !== 'read') return gateIsClosed(pod) ? { is: 'rejoining' } : idle;
  const proof = proofOf(pod, record.value, now);
  if (proof.is === 'waiting') return { ...proof, is: 'restarting' };
  return gateIsClosed(pod) ? { is: 'rejoining' } : settling(pod, record.value, now);
};

/** Progress of one SidecarSet's update: it closes no gate. */
export const sidecarProgressOf = (pod: PodView, sidecarSet: string, now: Instant): Progress => {
  const record = sidecarRecordOf(pod, sidecarSet);
  return sidecarProgress(pod, record.is === 'read' ? record.value : undefined, now);
};

/** The same where the record has been read. */
export const sidecarProgress = (pod: PodView, record: UpdateRecord | undefined, now: Instant): Progress => {
  if (record === undefined) return idle;
  const proof = proofOf(pod, record, now);
  return proof.is === 'waiting' ? { ...proof, is: 'restarting' } : settling(pod, record, now);
};

export const isOver = (progress: Progress): boolean => progress.is === 'idle' || progress.is === 'settled';

/** The pod carries the in-place gate and it is not True; a gate never written keeps a pod out of its Services too. */
export const gateIsClosed = (pod: PodView): boolean =>
  hasGate(pod) && conditionOf(pod, conditions.inPlaceUpdateReady)?.status !== 'True';

export const hasGate = (pod: PodView): boolean =>
  pod.managed?.readinessGates.includes(conditions.inPlaceUpdateReady) ?? false;

/** Every container that the update changed runs what the spec asks for, and is not the container it was. */
export const proofOf = (pod: PodView, record: UpdateRecord, now: Instant): Proof => {
  for (const [name, former] of record.formers) {
    const container = containerOf(pod, name);
    if (container === undefined) continue; // removed from the spec: nothing left to prove
    const proof = containerProof({ pod, record, container, former, now });
    if (proof.is === 'waiting') return proof;
  }
  return { is: 'proven' };
};

interface Case {
  readonly pod: PodView;
  readonly record: UpdateRecord;
  readonly container: ContainerView;
  readonly former: Former;
  readonly now: Instant;
}

const containerProof = (c: Case): Proof => {
  if (!observed(c.pod)) return { is: 'waiting', for: { reason: 'NotObserved' } };
  if (runsOnceBeforeAll(c.container)) return { is: 'proven' };
  const { status, name, image } = c.container;
  if (status === undefined)
    return { is: 'waiting', for: { reason: 'Starting', container: name, state: 'no status yet' } };
  if (status.state.is !== 'running')
    return { is: 'waiting', for: whyNotRunning(c.container, status.restartCount - (c.former.restartCount ?? 0)) };
  if (!replaced(c)) return unchangedContainer(c);
  if (runs(image, status) || isRetag(c)) return { is: 'proven' };
  return knownByAnotherName(c);
};

/** An init container that has ended is not run again in this pod, whatever its image is. */
const runsOnceBeforeAll = ({ list, restartPolicy }: ContainerView): boolean =>
  list === 'initContainers' && restartPolicy !== 'Always';

/** A new container of the same content: its status keeps the name under which the content is known. */
const isRetag = ({ container: { status }, former }: Case): boolean =>
  former.pending !== true && sameContent(status?.imageID ?? '', former.imageID);

/** A kubelet that writes observedGeneration has seen the spec as it is now. */
const observed = (pod: PodView): boolean => (pod.managed?.observedGeneration ?? pod.generation) >= pod.generation;

const replaced = ({ container: { status }, former, record }: Case): boolean => {
  if (status === undefined) return false;
  if (former.containerID !== undefined) return status.containerID !== '' && status.containerID !== former.containerID;
  // Written by OpenKruise: the start time stands in for the container's id.
  return status.state.is === 'running' && status.state.startedAt >= record.updatedAt;
};

/** The same container still runs: it is being stopped, or there was nothing to do, which only time can tell. */
const unchangedContainer = (c: Case): Proof => {
  const { status, name, image } = c.container;
  if (status === undefined || !runs(image, status))
    return { is: 'waiting', for: { reason: 'Stopping', container: name } };
  return afterQuiet(c, c.record.updatedAt, { reason: 'Stopping', container: name });
};

/** A node may know the digest under a third name; a container that then runs on unchanged is what it should be. */
const knownByAnotherName = (c: Case): Proof => {
  const { status, name } = c.container;
  const startedAt = status?.state.is === 'running' ? status.state.startedAt : c.now;
  return afterQuiet(c, startedAt, { reason: 'WrongImageRunning', container: name, image: status?.image ?? '' });
};

const afterQuiet = (c: Case, since: Instant, reason: Reason): Proof => {
  const quiet = seconds(c.pod.managed?.terminationGracePeriodSeconds ?? 30) + unchangedTime;
  const left = since + quiet - c.now;
  return left <= 0 ? { is: 'proven' } : { is: 'waiting', for: reason, wakeAfter: left };
};

/** Proven and in its Services again: settled once it has been Ready for long enough. */
const settling = (pod: PodView, record: UpdateRecord, now: Instant): Progress => {
  if (pod.ready !== 'True') return { is: 'settling', for: { reason: 'NotReady' } };
  const crash = unaskedRestart(pod, record);
  const left = readySince(pod, record, now) + (crash === undefined ? settleTime : settleTimeAfterCrash) + cut - now;
  if (left <= 0) return settled;
  return { is: 'settling', for: crash ?? { reason: 'Settling' }, wakeAfter: left };
};

/** Ready with its present containers: a restart so quick that Ready never turned False does not count the time before. */
const readySince = (pod: PodView, record: UpdateRecord, now: Instant): Instant => {
  const started = [...record.formers.keys()].map(name => {
    const state = containerOf(pod, name)?.status?.state;
    return state?.is === 'running' ? state.startedAt : 0;
  });
  return Math.max(conditionOf(pod, 'Ready')?.since ?? now, ...started);
};

/** We ask for one restart of each changed container. Records of OpenKruise have no count to compare with. */
const unaskedRestart = (pod: PodView, record: UpdateRecord): Reason | undefined => {
  for (const [name, former] of record.formers) {
    const count = containerOf(pod, name)?.status?.restartCount;
    if (count === undefined || former.restartCount === undefined) continue;
    if (count > former.restartCount + 1)
      return { reason: 'CrashLoop', container: name, restarts: count - former.restartCount - 1 };
  }
  return undefined;
};
