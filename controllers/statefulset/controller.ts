/** Advanced StatefulSet: pods with an identity, created, scaled and updated in place within a budget. */

import { type Controller, controller, itself, keyOf, theOwner, whenever } from '../../kube/contract.ts';
import { ControllerRevisions, PersistentVolumeClaims, Pods } from '../../workloads/resources.ts';
import { memberOf, StatefulSets } from '../../workloads/statefulsets.ts';
import { observe } from './observe.ts';
import { plan } from './plan.ts';

export const statefulSets: Controller = controller({
  name: 'statefulset',
  reconciles: StatefulSets,
  wakesOn: [
    itself(StatefulSets),
    theOwner(Pods, StatefulSets, (before, after) => before?.ready !== after?.ready || after === undefined),
    // A pod of somebody else, or of nobody, that stands in a set's place.
    whenever(Pods, ({ namespace, name, owner }, reader) => {
      const member = memberOf(name);
      const isAnySets = owner?.kind === StatefulSets.kind && owner.group === StatefulSets.group;
      if (member === undefined || (isAnySets && owner.name === member.set)) return [];
      const key = keyOf(namespace, member.set);
      return reader.get(StatefulSets, key) === undefined ? [] : [key];
    }),
    theOwner(ControllerRevisions, StatefulSets),
    // A claim is named after its template, its set and the pod's ordinal: `data-web-0`.
    whenever(PersistentVolumeClaims, ({ namespace, name }, reader) => {
      const owner = memberOf(name)?.set ?? '';
      return [...owner.matchAll(/-/g)]
        .map(({ index }) => keyOf(namespace, owner.slice(index + 1)))
        .filter(key => reader.get(StatefulSets, key) !== undefined);
    }),
  ],
  reads: [],
  writes: [
    { on: Pods, verbs: ['create', 'patch', 'delete'] },
    { on: Pods, verbs: ['patch'], part: 'status' },
    { on: ControllerRevisions, verbs: ['create', 'patch', 'delete'] },
    { on: PersistentVolumeClaims, verbs: ['create'] },
    { on: StatefulSets, verbs: ['patch'], part: 'status' },
  ],
  observe,
  plan,
});
