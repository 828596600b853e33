/**
 * The readiness gate `KruisePodReady`: a switch by which several parties may keep a pod out of its Services. Whoever does
 * sets the condition False and adds itself to the list in its message, e.g. `[{"userAgent":"Lifecycle","key":"hook"}]`.
 */

import type { PodCondition, PodSpec } from '../../api/kubernetes.ts';
import { conditions } from '../../api/names.ts';

type Gates = NonNullable<PodSpec['readinessGates']>;

/** The gates that are given, and behind them those that are wanted too. */
export const withGates = (given: Gates | undefined, wanted: readonly string[]): Gates => [
  ...(given ?? []),
  ...wanted.filter(type => !hasGate(given, type)).map(conditionType => ({ conditionType })),
];

const hasGate = (gates: Gates | undefined, type: string): boolean =>
  gates?.some(gate => gate.conditionType === type) === true;

/** Whether the pod has the gate, and it is closed though nobody holds it. */
export const isLeftClosed = (gates: Gates, found: readonly PodCondition[]): boolean =>
  hasGate(gates, conditions.kruisePodReady) && !isOpenOrHeld(found.find(c => c.type === conditions.kruisePodReady));

/** A condition that says False and names nobody was set by hand: it stands. One without a status was never decided. */
const isOpenOrHeld = (condition: PodCondition | undefined): boolean => {
  if (condition === undefined) return false;
  const { status, message = '' } = condition;
  return status === 'True' || (message !== '[]' && (message !== '' || status !== ''));
};
