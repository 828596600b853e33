/** Taints that a pod does not tolerate. */

import type { Taint, Toleration } from '../../api/kubernetes.ts';

/** The first taint with one of these effects that no toleration covers. */
export const untolerated = (
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  effects: ReadonlySet<string>,
): Taint | undefined => taints.find(taint => effects.has(taint.effect) && !tolerations.some(t => tolerates(t, taint)));

/** An absent effect covers every effect; an absent key with `Exists` covers every key. Unknown operators cover nothing. */
const tolerates = (toleration: Toleration, taint: Taint): boolean => {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  if (toleration.operator && toleration.operator !== 'Equal') return false;
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '');
};

/** As `kubectl` prints a taint: `key=value:NoSchedule`. */
export const taintText = ({ key, value, effect }: Taint): string => `${key}${value ? `=${value}` : ''}:${effect}`;
