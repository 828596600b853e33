/** What the update strategy means for one set. */

import { resolve } from '../../api/intOrPercent.ts';
import type { StatefulSetSpec } from '../../api/statefulset.ts';

export const minReadySecondsOf = ({ updateStrategy: s }: StatefulSetSpec): number =>
  s.type === 'RollingUpdate' ? s.rollingUpdate.minReadySeconds : 0;

/** How many pods, the lowest ordinals, keep the current revision. */
export const partitionOf = ({ updateStrategy: s }: StatefulSetSpec): number =>
  s.type === 'RollingUpdate' ? s.rollingUpdate.partition : 0;

/** Rounded down, but never 0: otherwise nothing would ever move. */
export const maxUnavailableOf = ({ updateStrategy: s, replicas }: StatefulSetSpec): number =>
  s.type === 'RollingUpdate' ? Math.max(1, resolve(s.rollingUpdate.maxUnavailable, replicas, 'down')) : 1;

export const canChangeInPlace = ({ updateStrategy: s }: StatefulSetSpec): boolean =>
  s.type === 'RollingUpdate' && s.rollingUpdate.podUpdatePolicy !== 'ReCreate';

export const graceSecondsOf = ({ updateStrategy: s }: StatefulSetSpec): number =>
  s.type === 'RollingUpdate' ? Math.max(0, s.rollingUpdate.inPlaceUpdateStrategy?.gracePeriodSeconds ?? 0) : 0;
