/** What keeps a container from running, or a pod from being Ready, in the kubelet's words. */

import type { Reason } from '../reasons.ts';
import type { ContainerView, PodView } from './view.ts';

const imageErrors: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/**
 * Why a container that is not running is not.
 * @param beyond how many times it has been started more often than it was asked to be stopped
 */
export const whyNotRunning = ({ name, status }: ContainerView, beyond: number): Reason => {
  const state = status?.state;
  if (state?.is === 'waiting' && imageErrors.has(state.reason))
    return { reason: 'ImageError', container: name, message: `${state.reason} ${state.message}`.trim() };
  if (state?.is === 'terminated' && beyond <= 0) return { reason: 'Stopping', container: name };
  if (state?.is === 'terminated' || (state?.is === 'waiting' && state.reason === 'CrashLoopBackOff'))
    return { reason: 'CrashLoop', container: name, restarts: Math.max(beyond, 1) };
  return { reason: 'Starting', container: name, state: state?.is === 'waiting' ? state.reason : 'no status yet' };
};

/** Why a pod in which nothing is being changed is not Ready. */
export const whyNotReady = (pod: PodView): Reason => {
  if (pod.scheduled !== 'True' && pod.nodeName === undefined) return { reason: 'Unscheduled' };
  const down = (pod.managed?.containers ?? []).filter(isDown);
  const first = down.find(isInTrouble) ?? down.find(c => c.list === 'containers');
  return first === undefined ? { reason: 'NotReady' } : whyNotRunning(first, (first.status?.restartCount ?? 0) + 1);
};

/** An init container that ended well is where it should be. */
const isDown = ({ list, restartPolicy, status }: ContainerView): boolean => {
  const state = status?.state;
  const isDone = state?.is === 'terminated' && state.exitCode === 0;
  return state?.is !== 'running' && !(isDone && list === 'initContainers' && restartPolicy !== 'Always');
};

const isInTrouble = ({ status }: ContainerView): boolean => {
  const state = status?.state;
  if (state?.is === 'terminated') return true;
  return state?.is === 'waiting' && (imageErrors.has(state.reason) || state.reason === 'CrashLoopBackOff');
};
