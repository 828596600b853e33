/** How far a pod has come: which containers may run now, whether its work is over, and its phase. */

import { type Container, hasFailed, hasSucceeded, isAlive } from './container.ts';
import type { ContainerSpec, KubeletPod } from './pod.ts';
import { containerIn, type Sandbox } from './sandbox.ts';

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** A container beside its spec. */
export interface Member {
  readonly spec: ContainerSpec;
  readonly container: Container;
}

export const membersOf = (sandbox: Sandbox, pod: KubeletPod): readonly Member[] =>
  pod.containers.map(spec => ({ spec, container: containerIn(sandbox, spec.name) }));

const isMain = ({ spec }: Member): boolean => spec.kind === 'main';
const hasRun = ({ container }: Member): boolean => container.run !== undefined;

/** An init container lets the next one go on when it has succeeded, a sidecar as soon as it runs. */
const letsNextStart = ({ spec, container }: Member): boolean =>
  spec.kind === 'sidecar' ? isAlive(container) : hasSucceeded(container);

/** The init container or sidecar that everything after it waits for. Once a main container has run, nothing waits. */
export const blocking = (members: readonly Member[]): Member | undefined =>
  members.some(m => isMain(m) && hasRun(m)) ? undefined : members.find(m => !isMain(m) && !letsNextStart(m));

export const notInitialized = (members: readonly Member[]): readonly Member[] =>
  blocking(members) === undefined ? [] : members.filter(m => !isMain(m) && !letsNextStart(m));

/** Whether a container that does not run is to be started, now or after a back-off. */
export const mayStart = ({ spec, container }: Member, policy: KubeletPod['restartPolicy']): boolean => {
  if (container.run === undefined || spec.kind === 'sidecar') return true;
  if (spec.kind === 'init') return hasFailed(container) && policy !== 'Never';
  return policy === 'Always' || (policy === 'OnFailure' && hasFailed(container));
};

const initFailed = (members: readonly Member[], policy: KubeletPod['restartPolicy']): boolean =>
  policy === 'Never' && members.some(({ spec, container }) => spec.kind === 'init' && hasFailed(container));

/** No main container runs or ever will again. */
export const isOver = (members: readonly Member[], policy: KubeletPod['restartPolicy']): boolean =>
  initFailed(members, policy) || members.filter(isMain).every(m => !isAlive(m.container) && !mayStart(m, policy));

/** The phase that the containers alone would give; a kubelet shows a final one only after it has cleaned up. */
export const phaseOf = (members: readonly Member[], policy: KubeletPod['restartPolicy']): Phase => {
  if (initFailed(members, policy)) return 'Failed';
  if (isOver(members, policy)) return finalPhase(members);
  if (blocking(members) !== undefined) return 'Pending';
  return members.filter(isMain).every(hasRun) ? 'Running' : 'Pending';
};

/** The phase of a pod whose containers have all been stopped. One that never ran counts as failed. */
export const finalPhase = (members: readonly Member[]): Phase =>
  members.filter(isMain).every(m => hasSucceeded(m.container)) ? 'Succeeded' : 'Failed';
