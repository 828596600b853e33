/** Claims of the volume claim templates: they are there before their pod is made, and are never taken away. */

import type { Action } from '../../kube/contract.ts';
import { targetOf } from '../../kube/contract.ts';
import { PersistentVolumeClaims } from '../../workloads/resources.ts';
import { StatefulSets } from '../../workloads/statefulsets.ts';
import type { Scene, VolumeClaim } from './observe.ts';

/** In order, only for the first empty place: later ones may never be wanted. */
export const claims = (scene: Scene): readonly Action[] => {
  const places = scene.spec.podManagementPolicy === 'Parallel' ? scene.empty : scene.empty.slice(0, 1);
  const free = places.filter(({ occupant }) => occupant === undefined);
  const pending = scene.live.filter(({ pod }) => pod.deletedAt === undefined);
  return [...free, ...pending]
    .flatMap(place => place.claims)
    .filter(({ state }) => state === 'absent')
    .map(claim => creation(scene, claim));
};

const creation = ({ set, spec }: Scene, { name, template }: VolumeClaim): Action => ({
  do: 'create',
  resource: PersistentVolumeClaims,
  object: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: set.namespace,
      labels: { ...template.metadata?.labels, ...spec.selector.source.matchLabels },
      ...(template.metadata?.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
    },
    spec: template.spec,
  },
  why: `volume claim template ${template.metadata?.name}`,
  tell: { about: targetOf(StatefulSets, set), done: 'SuccessfulCreate', failed: 'FailedCreate' },
});
