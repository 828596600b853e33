/** In which order a SidecarSet's pods are updated. */

import type { SidecarSetSpec } from '../../api/sidecarset.ts';
import { isReady } from '../pods/availability.ts';
import { conditionOf, type PodPhase, type PodView } from '../pods/view.ts';

type Strategy = SidecarSetSpec['updateStrategy'];

interface HasPod {
  readonly pod: PodView;
}

/** Pods that serve least go first. */
export const inOrder = <M extends HasPod>(
  waiting: readonly M[],
  _strategy: Strategy,
  _all: readonly M[],
): readonly M[] => waiting.toSorted((a, b) => byUse(a.pod, b.pod));

const phases: Readonly<Record<PodPhase, number>> = { Pending: 0, Unknown: 1, Running: 2, Succeeded: 2, Failed: 2 };

const byUse = (a: PodView, b: PodView): number =>
  Number(a.nodeName !== undefined) - Number(b.nodeName !== undefined) ||
  phases[a.phase] - phases[b.phase] ||
  Number(isReady(a)) - Number(isReady(b)) ||
  readySince(b) - readySince(a) ||
  restarts(b) - restarts(a) ||
  b.createdAt - a.createdAt ||
  (a.key < b.key ? -1 : 1);

/** Of pods that are not ready all are alike. */
const readySince = (pod: PodView): number => (isReady(pod) ? (conditionOf(pod, 'Ready')?.since ?? 0) : 0);

const restarts = (pod: PodView): number =>
  (pod.managed?.containers ?? []).reduce((most, { status }) => Math.max(most, status?.restartCount ?? 0), 0);
