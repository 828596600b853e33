/** Which objects are Berth's business: read off the objects alone, by code that the product does not share. */

import type { KubeObject, OwnerReference } from '../../kube/contract.ts';
import { injectedIn, keyOf, list, record, text } from './objects.ts';
import type { World } from './world.ts';

export const ourGroup = 'apps.kruise.io';
export const ourKinds: readonly string[] = ['StatefulSet', 'SidecarSet', 'BroadcastJob'];

export const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(owner => owner.controller === true);

export const isOfOurKind = (owner: Pick<OwnerReference, 'apiVersion'> | undefined): boolean =>
  owner?.apiVersion.startsWith(`${ourGroup}/`) === true;

/** Whether a label selector, as it is written in an object, matches; an absent one matches nothing. */
export const selects = (selector: unknown, labels: Readonly<Record<string, string>>): boolean => {
  const { matchLabels, matchExpressions } = record(selector);
  return (
    selector !== undefined &&
    Object.entries(record(matchLabels)).every(([key, value]) => labels[key] === value) &&
    list(matchExpressions).every(expression => holds(expression, labels))
  );
};

const holds = (expression: Readonly<Record<string, unknown>>, labels: Readonly<Record<string, string>>): boolean => {
  const label = labels[text(expression['key'])];
  const values = Array.isArray(expression['values']) ? expression['values'].map(text) : [];
  switch (expression['operator']) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    default:
      return false;
  }
};

/** Owned by an object of our kinds, or selected by one. */
export const isOurBusiness = (object: KubeObject, world: World): boolean => {
  if (ourKinds.includes(object.kind) || isOfOurKind(controllerOf(object))) return true;
  switch (object.kind) {
    case 'Pod':
      return injectedIn(object.metadata.annotations).length > 0 || hasOurGate(object) || isSelected(object, world);
    case 'ControllerRevision':
      return isSelected(object, world);
    case 'PersistentVolumeClaim':
      return setOfClaim(object, world) !== undefined;
    default:
      return false;
  }
};

/** A pod that waits for somebody of ours to let it into its Services. */
export const hasOurGate = (pod: KubeObject): boolean =>
  list(record(pod['spec'])['readinessGates']).some(gate => gate['conditionType'] === 'KruisePodReady');

const isSelected = ({ metadata: { labels = {}, namespace } }: KubeObject, world: World): boolean =>
  [...world.of('SidecarSet').values(), ...world.of('StatefulSet').values(), ...world.of('BroadcastJob').values()].some(
    set =>
      (set.metadata.namespace === undefined || set.metadata.namespace === namespace) &&
      selects(record(set['spec'])['selector'], labels),
  );

/** The StatefulSet by whose templates a claim is named. */
export const setOfClaim = ({ metadata }: KubeObject, world: World): KubeObject | undefined =>
  [...world.of('StatefulSet').values()].find(
    set =>
      set.metadata.namespace === metadata.namespace &&
      list(record(set['spec'])['volumeClaimTemplates']).some(template => {
        const prefix = `${text(record(template['metadata'])['name'])}-${set.metadata.name}-`;
        const { name = '' } = metadata;
        return name.startsWith(prefix) && /^[0-9]+$/u.test(name.slice(prefix.length));
      }),
  );

export const describe = (object: KubeObject): string => `${object.kind} ${keyOf(object)}`;
