/** Whether a node's labels and name satisfy what a pod requires. Preferences are the scheduler's business. */

import type { PodSpec } from '../../api/kubernetes.ts';
import type { NodeView } from '../resources.ts';

type NodeAffinity = NonNullable<NonNullable<PodSpec['affinity']>['nodeAffinity']>;
type Required = NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>;
type Term = Required['nodeSelectorTerms'][number];
type Requirement = NonNullable<Term['matchExpressions']>[number];

export const matchesSelector = (selector: PodSpec['nodeSelector'], { labels }: NodeView): boolean =>
  Object.entries(selector ?? {}).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);

/** Terms are alternatives; within one, everything must hold. A term without requirements matches no node. */
export const matchesAffinity = (affinity: PodSpec['affinity'], node: NodeView): boolean => {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return !terms || terms.some(term => matchesTerm(term, node));
};

const matchesTerm = ({ matchExpressions, matchFields }: Term, node: NodeView): boolean => {
  const [onLabels, onFields] = [matchExpressions ?? [], matchFields ?? []];
  return (
    onLabels.length + onFields.length > 0 &&
    onLabels.every(r => meets(r, Object.hasOwn(node.labels, r.key) ? node.labels[r.key] : undefined)) &&
    // The only field that Kubernetes knows here is the name.
    onFields.every(r => r.key === 'metadata.name' && meets(r, node.name))
  );
};

const meets = (requirement: Requirement, actual: string | undefined): boolean => {
  const { operator } = requirement;
  const values = requirement.values ?? [];
  switch (operator) {
    case 'In':
      return actual !== undefined && values.includes(actual);
    case 'NotIn':
      return actual === undefined || !values.includes(actual);
    case 'Exists':
      return actual !== undefined;
    case 'DoesNotExist':
      return actual === undefined;
    case 'Gt':
      return compare(actual, values[0], (a, b) => a > b);
    case 'Lt':
      return compare(actual, values[0], (a, b) => a < b);
    default: // a requirement that we do not understand keeps the pod away
      return false;
  }
};

/** Gt and Lt compare whole numbers; anything else does not match. */
const compare = (
  actual: string | undefined,
  wanted: string | undefined,
  holds: (a: bigint, b: bigint) => boolean,
): boolean => {
  const [a, b] = [integer(actual), integer(wanted)];
  return a !== undefined && b !== undefined && holds(a, b);
};

const integer = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^[+-]?[0-9]{1,19}$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
