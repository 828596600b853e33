/** Whether a single container may be relied on after an update, whatever the rest of its pod does. */

import type { Instant, Millis } from '../../kube/contract.ts';
import { cut, proofOf, settleTime, settleTimeAfterCrash } from '../inplace/progress.ts';
import type { UpdateRecord } from '../inplace/record.ts';
import type { ContainerView, PodView } from '../pods/view.ts';

export interface After {
  readonly pod: PodView;
  /** Of the last update; a container that it does not name was not changed. */
  readonly record: UpdateRecord | undefined;
  readonly now: Instant;
}

/**
 * How long until the container may be relied on, if it goes on like this: 0 = now; undefined = it is not ready, or not
 * proven to run what its spec asks for. A crash loop flashes ready, hence the wait.
 */
export const timeUntilSound = ({ name, status }: ContainerView, { pod, record, now }: After): Millis | undefined => {
  if (status?.state.is !== 'running' || !status.ready) return undefined;
  const former = record?.formers.get(name);
  if (record !== undefined && former !== undefined) {
    const formers = new Map([[name, former]]);
    if (proofOf(pod, { ...record, formers }, now).is !== 'proven') return undefined;
  }
  const isUnasked = former?.restartCount !== undefined && status.restartCount > former.restartCount + 1;
  const wait = (isUnasked ? settleTimeAfterCrash : settleTime) + cut;
  return Math.max(0, status.state.startedAt + wait - now);
};
