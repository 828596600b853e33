/** How many pods a partition keeps at their revision. */

import { type IntOrPercent, resolve } from '../../api/intOrPercent.ts';

export const keptBy = (partition: IntOrPercent, total: number): number => {
  const share = Math.min(total, Math.max(0, resolve(partition, total, 'up')));
  // Less than all of them must leave one to go, or a rollout by shares would never begin.
  const roundedToAll = share === total && total > 1 && partition.is === 'percent' && partition.value < 100;
  return roundedToAll ? total - 1 : share;
};
