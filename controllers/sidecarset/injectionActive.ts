/**
 * The condition `InjectionActive`: pods admitted from now on carry this generation of the set. Webhook replicas watch
 * the set as we do, so what we have known for a while they know too.
 */

import type { Condition } from '../../api/status.ts';
import { type Instant, type Millis, seconds } from '../../kube/contract.ts';
import { instantOf, timestampOf } from '../../workloads/pods/project.ts';
import type { SidecarSetView, UsableSidecarSet } from '../../workloads/sidecarsets.ts';

const type = 'InjectionActive';
/** How long a watch may lag behind ours; times are cut to whole seconds, hence one more. */
export const lag: Millis = seconds(3);

/** The stored conditions with this one renewed. Its time is when its generation was first seen, or injection changed. */
export const withInjection = (
  stored: readonly Condition[],
  view: SidecarSetView,
  { now, lostPin }: { readonly now: Instant; readonly lostPin?: string },
): readonly Condition[] => {
  const others = stored.filter(c => c.type !== type);
  const before = stored.find(c => c.type === type);
  const { status, reason, message } = stateOf(view, now, lostPin);
  const isSame = before?.status === status && before.observedGeneration === view.generation;
  const since = isSame && before.lastTransitionTime !== undefined ? before.lastTransitionTime : timestampOf(now);
  return [...others, { type, status, observedGeneration: view.generation, lastTransitionTime: since, reason, message }];
};

/** The reason of a set whose pinned revision is gone. */
export const pinLost = 'PinnedRevisionMissing';

/** @param lostPin what the set is pinned to, if it is gone */
const stateOf = (
  view: SidecarSetView,
  now: Instant,
  lostPin: string | undefined,
): Pick<Required<Condition>, 'status' | 'reason' | 'message'> => {
  if (view.usable === undefined) return { status: 'False', reason: 'InvalidSpec', message: 'the spec cannot be read' };
  if (view.usable.spec.injectionStrategy.paused)
    return { status: 'False', reason: 'Paused', message: 'injectionStrategy.paused is set' };
  if (waitFor(view, now) > 0)
    return { status: 'False', reason: 'Propagating', message: 'the webhooks are learning of this generation' };
  return lostPin !== undefined
    ? {
        status: 'True',
        reason: pinLost,
        message: `${lostPin} is not there: new pods that match get the current containers`,
      }
    : { status: 'True', reason: 'Injecting', message: 'new pods that match get the containers' };
};

/** How long until every webhook knows this generation. */
const waitFor = ({ status, generation }: SidecarSetView, now: Instant): Millis => {
  const seen = status.conditions?.find(c => c.type === type);
  if (seen?.observedGeneration !== generation) return lag;
  return seen.status === 'True' ? 0 : (instantOf(seen.lastTransitionTime) ?? now) + lag - now;
};

/** Whether the condition is known to be true of the present generation. */
export const isInjecting = ({ status, generation }: SidecarSetView): boolean => {
  const stored = status.conditions?.find(c => c.type === type);
  return stored?.status === 'True' && stored.observedGeneration === generation;
};

/** When the condition may become true by the passing of time. */
export const injectionWake = (view: SidecarSetView, { spec }: UsableSidecarSet, now: Instant): Millis | undefined => {
  const wait = spec.injectionStrategy.paused ? 0 : waitFor(view, now);
  return wait > 0 ? wait : undefined;
};
