/**
 * One pass of the kubelet over one pod. Nothing here knows a clock: an instant goes in, and the time to come back comes out.
 *
 * As on a real node, a worker looks at the pod, writes the status it sees, then works without looking up; what it did
 * shows at its next look. A next look waits until the API shows the status of the last one, so that no state is skipped.
 */

import type { Instant, Millis, Wire } from '../../../kube/contract.ts';
import { type Container, isAlive } from './container.ts';
import { statusPatch } from './patch.ts';
import type { KubeletPod } from './pod.ts';
import { interruptedAt, ownEnd, runtimeAt, type Sandbox } from './sandbox.ts';
import { type Delays, delaysOf, nothingAbsent, type Settings } from './settings.ts';
import { sync, whatIsSeen } from './sync.ts';
import type { Scene } from './work.ts';

export type Write = { readonly do: 'patch status'; readonly body: Wire } | { readonly do: 'delete' };

export interface Step {
  readonly sandbox: Sandbox;
  readonly write: Write | undefined;
  /** Undefined: nothing will happen before the pod changes. */
  readonly wakeAfter: Millis | undefined;
}

/** A status that the API does not show by then is written again. */
const rewrite: Millis = 1000;

/** What happens to a pod now. Given the same instant again, it does nothing new. */
export const step = (
  before: Sandbox,
  pod: KubeletPod,
  now: Instant,
  { absent = nothingAbsent, ...settings }: Settings & Partial<Pick<Scene, 'absent'>>,
): Step => {
  const scene: Scene = { pod, now, delays: delaysOf(pod, settings), absent };
  const sandbox = runtimeAt(isCalledAway(before, pod) ? interruptedAt(before, now) : before, now);
  if (missing(sandbox, pod) === undefined && isDue(sandbox, scene))
    return stepOf(sync(sandbox, scene, settings.minor), scene);
  return stepOf(sandbox, scene);
};

const stepOf = (sandbox: Sandbox, scene: Scene): Step => {
  const wakeAfter = wakeAfterOf(sandbox, scene);
  const body = missing(sandbox, scene.pod);
  if (body !== undefined)
    return { sandbox, write: { do: 'patch status', body }, wakeAfter: Math.min(wakeAfter ?? rewrite, rewrite) };
  if (deletableAt(sandbox, scene) <= scene.now) return { sandbox, write: { do: 'delete' }, wakeAfter: undefined };
  return { sandbox, write: undefined, wakeAfter };
};

/** What the API does not show yet of the last status, or what somebody else has overwritten. */
const missing = ({ shown }: Sandbox, pod: KubeletPod): Wire | undefined =>
  shown === undefined ? undefined : statusPatch(pod.status, shown);

/** Deletion ends whatever a worker is doing; every other change waits for the worker. */
const isCalledAway = ({ stage, work }: Sandbox, pod: KubeletPod): boolean =>
  work.length > 0 && pod.deletion !== undefined && stage !== 'terminating';

const isDue = (sandbox: Sandbox, { pod, now, delays }: Scene): boolean => {
  if (sandbox.work.length > 0 || sandbox.stage === 'terminated') return false;
  if (sandbox.stage === 'complete') return pod.deletion !== undefined;
  return sandbox.synced?.pod !== whatIsSeen(pod) || looksAgainAt(sandbox, delays) <= now;
};

/** After the last status the object goes. Finalizers keep it, at a grace period of 0: then the kubelet has done its part. */
const deletableAt = ({ stage, synced }: Sandbox, { pod, delays }: Scene): Instant =>
  stage === 'terminated' && pod.deletion !== undefined && pod.deletion.graceSeconds > 0
    ? (synced?.at ?? 0) + delays.delete
    : Infinity;

/** When a worker looks again though nobody changed the pod. */
const looksAgainAt = (sandbox: Sandbox, delays: Delays): Instant =>
  Math.min(
    (sandbox.changedAt ?? Infinity) + delays.notice,
    sandbox.retryAt ?? Infinity,
    ...[...sandbox.containers.values()].map(container => becomesReadyAt(container, sandbox)),
  );

const becomesReadyAt = (container: Container, { synced }: Sandbox): Instant =>
  isAlive(container) && container.run !== undefined && synced !== undefined && container.run.readyAt > synced.at
    ? container.run.readyAt
    : Infinity;

const wakeAfterOf = (sandbox: Sandbox, scene: Scene): Millis | undefined => {
  const at = nextAt(sandbox, scene);
  return Number.isFinite(at) ? Math.max(0, at - scene.now) : undefined;
};

const nextAt = (sandbox: Sandbox, scene: Scene): Instant => {
  const work = sandbox.work.at(-1);
  if (work !== undefined) return work.at;
  if (sandbox.stage === 'complete') return Infinity;
  if (sandbox.stage === 'terminated') return deletableAt(sandbox, scene);
  const ends = [...sandbox.containers.values()].map(container => ownEnd(container)?.at ?? Infinity);
  return Math.min(looksAgainAt(sandbox, scene.delays), ...ends);
};
