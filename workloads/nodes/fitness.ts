/**
 * Whether a pod may start on a node and whether it may stay there: different questions. A cordon, a NoSchedule taint or
 * a changed label keeps new pods away and never ends one that runs.
 */

import type { PodSpec, Toleration } from '../../api/kubernetes.ts';
import type { NodeView } from '../resources.ts';
import { matchesAffinity, matchesSelector } from './affinity.ts';
import { demandOf, lacking } from './demand.ts';
import { taintText, untolerated } from './taints.ts';

/** Why a pod may not start on a node. */
export type Unfit =
  | { readonly because: 'OtherNode' } // the template names another one
  | { readonly because: 'NodeSelector' }
  | { readonly because: 'NodeAffinity' }
  | { readonly because: 'Unschedulable' }
  | { readonly because: 'Taint'; readonly taint: string }
  | { readonly because: 'Resource'; readonly resource: string }
  | { readonly because: 'NodeDeleted' };

const keepsAway: ReadonlySet<string> = new Set(['NoSchedule', 'NoExecute']);
const drivesAway: ReadonlySet<string> = new Set(['NoExecute']);
const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Looks at one template once, then answers for any number of nodes: undefined where the pod may start. */
export const startingOn = (spec: PodSpec): ((node: NodeView) => Unfit | undefined) => {
  const demand = demandOf(spec);
  const tolerations = spec.tolerations ?? [];
  const ignoresCordon = untolerated([cordon], tolerations, keepsAway) === undefined;
  return node => {
    if (node.deletedAt !== undefined) return { because: 'NodeDeleted' };
    if (spec.nodeName && spec.nodeName !== node.name) return { because: 'OtherNode' };
    if (!matchesSelector(spec.nodeSelector, node)) return { because: 'NodeSelector' };
    if (!matchesAffinity(spec.affinity, node)) return { because: 'NodeAffinity' };
    if (node.unschedulable && !ignoresCordon) return { because: 'Unschedulable' };
    const taint = untolerated(node.taints, tolerations, keepsAway);
    if (taint !== undefined) return { because: 'Taint', taint: taintText(taint) };
    const resource = lacking(demand, node.allocatable);
    return resource === undefined ? undefined : { because: 'Resource', resource };
  };
};

/** A running pod is driven away by an untolerated NoExecute taint only; `tolerationSeconds` is counted by Kubernetes. */
export const mayStay = (tolerations: readonly Toleration[], node: NodeView): boolean =>
  untolerated(node.taints, tolerations, drivesAway) === undefined;

/** One sentence for people. */
export const unfitMessage = (unfit: Unfit): string => {
  switch (unfit.because) {
    case 'OtherNode':
      return 'the template names another node';
    case 'NodeSelector':
      return 'its labels do not match the nodeSelector';
    case 'NodeAffinity':
      return 'it does not match the required node affinity';
    case 'Unschedulable':
      return 'it is cordoned';
    case 'Taint':
      return `its taint ${unfit.taint} is not tolerated`;
    case 'Resource':
      return `it has less ${unfit.resource} than the pod requests`;
    case 'NodeDeleted':
      return 'it is being deleted';
  }
};
