/** What a pod that is being created gets, in the order of OpenKruise: its gate, sidecars, barriers between containers. */

import { isObject } from '../../api/json.ts';
import { conditions, group } from '../../api/names.ts';
import {
  allowed,
  type Instant,
  type KubeObject,
  type Op,
  ownerOf,
  pointer,
  type Reader,
  type Verdict,
} from '../../kube/contract.ts';
import { launch } from '../../workloads/launch/barrierEnv.ts';
import { type Creation, injectSidecars, type Sources } from './injectSidecars.ts';

export interface Rules extends Sources {
  readonly podReadyGate: 'owned' | 'all';
}

export const admitNew = (review: Creation, reader: Reader, now: Instant, rules: Rules): Verdict => {
  const { object: pod } = review;
  if (!isActive(pod)) return { ...allowed, decisions: [{ result: 'skipped', reason: 'Finished' }] };
  const sidecars = injectSidecars(review, reader, now, rules);
  if (sidecars.is === 'refused') return { ...sidecars, warnings: [] };
  const launched = launch(pod, sidecars.made, review.uid);
  if (launched.is === 'impossible')
    return { ...refused(launched), decisions: [{ result: 'refused', reason: 'LaunchOrder' }] };
  return {
    is: 'allowed',
    patch: [...gateOps(pod, rules), ...sidecars.ops, ...launched.ops],
    warnings: [...sidecars.warnings, ...launched.warnings],
    decisions: sidecars.decisions,
  };
};

const refused = ({ field, message }: { readonly field: string; readonly message: string }): Verdict => ({
  is: 'refused',
  problems: [{ field, message, reason: 'FieldValueInvalid' }],
  warnings: [],
});

/** Pods of our own controllers have it from the beginning; those of OpenKruise's other kinds may stand beside them. */
const gateOps = ({ metadata, ...pod }: KubeObject, { podReadyGate }: Rules): readonly Op[] => {
  if (podReadyGate === 'owned' && ownerOf(metadata)?.group !== group) return [];
  const { spec } = pod;
  if (!isObject(spec)) return [];
  const gate = { conditionType: conditions.kruisePodReady };
  const { readinessGates: gates } = spec;
  if (gates === undefined) return [{ op: 'add', path: pointer('spec', 'readinessGates'), value: [gate] }];
  const isThere = !Array.isArray(gates) || gates.some(g => isObject(g) && g['conditionType'] === gate.conditionType);
  return isThere ? [] : [{ op: 'add', path: pointer('spec', 'readinessGates', '-'), value: gate }];
};

const isActive = (pod: KubeObject): boolean => {
  const { status } = pod;
  const phase = isObject(status) ? status['phase'] : undefined;
  return phase !== 'Succeeded' && phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined;
};
