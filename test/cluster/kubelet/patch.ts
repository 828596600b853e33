/** The difference between the status that is stored and the one that a kubelet wants there, as a strategic merge patch. */

import { isDeepStrictEqual } from 'node:util';
import type { Wire } from '../../../kube/contract.ts';
import type { PodStatus } from './status.ts';
import { objectsIn } from './wire.ts';

/** Only the kubelet's own conditions are sent: in a merge by type the others stay as they are. */
export const statusPatch = (stored: Wire, wanted: PodStatus): Wire | undefined => {
  const { conditions, ...fields } = wanted;
  const changed = Object.entries(fields).filter(([name, value]) => !isDeepStrictEqual(stored[name], value));
  const merged = conditionPatches(objectsIn(stored['conditions']), conditions);
  if (changed.length === 0 && merged.length === 0) return undefined;
  return { status: { ...Object.fromEntries(changed), ...(merged.length > 0 ? { conditions: merged } : {}) } };
};

const resizing = 'PodResizeInProgress';

const conditionPatches = (stored: readonly Wire[], wanted: readonly Wire[]): readonly Wire[] => {
  const changed = wanted.filter(condition => {
    const before = stored.find(({ type }) => type === condition['type']);
    return (
      before === undefined ||
      !['status', 'reason', 'message', 'observedGeneration'].every(k => before[k] === condition[k])
    );
  });
  const isGone = !wanted.some(({ type }) => type === resizing) && stored.some(({ type }) => type === resizing);
  return [...changed.map(withoutRemains), ...(isGone ? [{ type: resizing, $patch: 'delete' }] : [])];
};

/** A merge keeps what is not named: an old reason has to be taken away by name. */
const withoutRemains = (condition: Wire): Wire => ({ reason: null, message: null, ...condition });
