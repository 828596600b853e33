/** One look of a pod's worker: the status that it writes, and the work that it then begins. */

import { isAlive } from './container.ts';
import { isOver, membersOf } from './lifecycle.ts';
import { annotation, conditionOf, type KubeletPod } from './pod.ts';
import { allSeen, type Effect, type Sandbox, type Stage } from './sandbox.ts';
import { statusOf } from './status.ts';
import { retryDelay, type Scene, stopAll, workTowardsSpec } from './work.ts';

/** The sandbox with what was seen, the status for it, and the work begun. */
export const sync = (sandbox: Sandbox, scene: Scene, minor: number): Sandbox => {
  const { pod, now, delays } = scene;
  const { stage, work } = begun(sandbox, scene);
  const looking: Sandbox = { ...sandbox, stage, startedAt: sandbox.startedAt ?? now };
  const isHeld = work.some(effect => effect.do === 'container' && effect.becomes.waiting !== undefined);
  return {
    ...allSeen(looking),
    shown: statusOf(looking, { pod, now, minor }),
    work,
    changedAt: undefined,
    retryAt: isHeld ? now + retryDelay(delays) : undefined,
    synced: { at: now, pod: whatIsSeen(pod) },
  };
};

/** What of a pod makes a worker look again. */
export const whatIsSeen = (pod: KubeletPod): string =>
  JSON.stringify([
    pod.generation,
    pod.deletion !== undefined,
    pod.gates.map(gate => conditionOf(pod, gate)),
    pod.containers.map(({ name }) => annotation(pod, 'ready', name) ?? ''),
  ]);

interface Begun {
  readonly stage: Stage;
  readonly work: readonly Effect[];
}

const begun = (sandbox: Sandbox, scene: Scene): Begun => {
  if (scene.pod.deletion !== undefined) return deleting(sandbox, scene, scene.pod.deletion.graceSeconds);
  return sandbox.stage === 'completing' ? { stage: 'complete', work: [] } : living(sandbox, scene);
};

const deleting = (sandbox: Sandbox, scene: Scene, graceSeconds: number): Begun =>
  sandbox.stage === 'terminating'
    ? { stage: 'terminated', work: [] }
    : { stage: 'terminating', work: stopAll(sandbox, scene, graceSeconds) };

const living = (sandbox: Sandbox, scene: Scene): Begun => {
  const { pod, now, delays } = scene;
  const members = membersOf(sandbox, pod);
  if (!isOver(members, pod.restartPolicy)) return { stage: 'live', work: workTowardsSpec(sandbox, scene) };
  if (members.some(({ container }) => isAlive(container)))
    return { stage: 'live', work: stopAll(sandbox, scene, pod.graceSeconds) };
  return { stage: 'completing', work: [{ do: 'network', is: 'gone', at: now + delays.finish }] };
};
