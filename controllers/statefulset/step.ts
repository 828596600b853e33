/** The next write on one pod, and the reason that tells where it stands. */

import { type Instant, type Telling, targetOf } from '../../kube/contract.ts';
import { drainOf } from '../../workloads/inplace/drain.ts';
import { drain, rejoin, type Step, setImages, withdraw } from '../../workloads/inplace/patches.ts';
import { gateIsClosed } from '../../workloads/inplace/progress.ts';
import { updateRecordOf } from '../../workloads/inplace/record.ts';
import { isAvailable, isReady, type Standing } from '../../workloads/pods/availability.ts';
import { whyNotReady } from '../../workloads/pods/trouble.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import type { Reason } from '../../workloads/reasons.ts';
import { Pods } from '../../workloads/resources.ts';
import { StatefulSets } from '../../workloads/statefulsets.ts';
import type { Content, Goal, Rollout } from './goal.ts';
import type { Replica, Scene } from './observe.ts';
import type { Say } from './part.ts';
import { deletion } from './scale.ts';
import { graceSecondsOf, minReadySecondsOf } from './strategy.ts';

/** One pod, where it should be, and how far it has come. */
export interface Taking {
  readonly replica: Replica;
  readonly goal: Goal;
  readonly standing: Standing;
}

/** The pod is on its way to its goal. */
export const take = (rollout: Rollout, taking: Taking): Say => {
  const { goal } = taking;
  const { pod } = taking.replica;
  switch (goal.is) {
    case 'recreate':
      return { pod: pod.name, reason: { reason: 'Taken' }, action: deletion(rollout.scene.set, pod, goal.why) };
    case 'change':
      return change(rollout, pod, goal.to, goal.why);
    case 'withdraw':
    case 'reached':
    case 'stay':
      return finish(rollout, taking);
  }
};

/** Containers are stopped only after the pod has been seen out of its Services. */
const change = (rollout: Rollout, pod: PodView, to: Content, why: string): Say => {
  const { scene, now } = rollout;
  const graceSeconds = graceSecondsOf(scene.spec);
  const images = [...to.images].map(([name, image]) => `${name}=${image}`).join(', ');
  const state = to.images.size === 0 ? ({ is: 'drained' } as const) : drainOf(pod, graceSeconds, now);
  switch (state.is) {
    case 'open':
      return {
        pod: pod.name,
        reason: { reason: 'Draining' },
        action: drain(stepOn(rollout, pod, `drained before ${images}: ${why}`), { ...to, graceSeconds }),
      };
    case 'closing':
      return { pod: pod.name, reason: { reason: 'Draining' } };
    case 'waiting':
      return { pod: pod.name, reason: { reason: 'Draining' }, wakeAfter: state.wakeAfter };
    case 'drained': {
      const step = stepOn(rollout, pod, `${images === '' ? 'no container changes' : images}: ${why}`, tellingOf(scene));
      return {
        pod: pod.name,
        reason: { reason: 'Taken' },
        action: setImages(step, { ...to, wasReady: wasReady(pod) }),
      };
    }
  }
};

/** A pod that was drained for this update was Ready before, if the record says so. */
const wasReady = (pod: PodView): boolean => {
  const record = updateRecordOf(pod);
  return gateIsClosed(pod) && record.is === 'read' ? record.value.wasReady : pod.ready === 'True';
};

/** Nothing new is begun with the pod; what was begun goes on. */
export const finish = (rollout: Rollout, { replica: { pod }, goal, standing }: Taking): Say => {
  const because = goal.is === 'stay' || goal.is === 'withdraw' ? goal.because : undefined;
  const reason = because ?? whyNotSettled(rollout, pod, standing);
  const said = { pod: pod.name, ...(reason === undefined ? {} : { reason }) };
  if (goal.is === 'withdraw')
    return { ...said, action: withdraw(stepOn(rollout, pod, 'its update is not wanted any more'), goal.wish) };
  if (standing.own.is !== 'rejoining') return said;
  const why = updateRecordOf(pod).is === 'read' ? 'its containers run what they should' : 'its readiness gate is new';
  return { ...said, action: rejoin(stepOn(rollout, pod, why)) };
};

/** Why a pod that has reached its revision is not settled and available; undefined if it is. */
const whyNotSettled = ({ scene, now }: Rollout, pod: PodView, { open }: Standing): Reason | undefined => {
  if (open === undefined) return whyNotAvailable(pod, minReadySecondsOf(scene.spec), now);
  switch (open.is) {
    case 'draining':
      return { reason: 'Draining' };
    case 'rejoining':
      return pod.containersReady === 'True' ? { reason: 'Rejoining' } : whyNotReady(pod);
    case 'restarting':
    case 'settling':
      return open.for;
    case 'idle':
    case 'settled':
      return undefined;
  }
};

const whyNotAvailable = (pod: PodView, minReadySeconds: number, now: Instant): Reason | undefined => {
  if (isAvailable(pod, minReadySeconds, now)) return undefined;
  return isReady(pod) ? { reason: 'Settling' } : whyNotReady(pod);
};

const stepOn = ({ now }: Rollout, pod: PodView, why: string, tell?: Telling): Step => ({
  pods: Pods,
  pod,
  now,
  why,
  ...(tell === undefined ? {} : { tell }),
});

const tellingOf = ({ set }: Scene): Telling => ({
  about: targetOf(StatefulSets, set),
  done: 'SuccessfulUpdatePodInPlace',
  failed: 'FailedUpdatePodInPlace',
});
