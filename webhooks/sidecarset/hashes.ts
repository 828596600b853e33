/** Writes the two hashes of a SidecarSet: what a user writes there never survives. */

import { annotations } from '../../api/names.ts';
import { type KubeObject, type Op, pointer } from '../../kube/contract.ts';
import { hashesOf } from '../../workloads/sidecars/hash.ts';
import { itemsOf, specOf } from './raw.ts';

export const hashOps = (object: KubeObject): readonly Op[] => {
  const spec = specOf(object);
  const { hash, withoutImage } = hashesOf({
    containers: itemsOf(spec, 'containers'),
    initContainers: itemsOf(spec, 'initContainers'),
  });
  const wanted = { [annotations.sidecarSetHash]: hash, [annotations.sidecarSetHashWithoutImage]: withoutImage };
  const present = object.metadata.annotations;
  if (present === undefined) return [{ op: 'add', path: pointer('metadata', 'annotations'), value: wanted }];
  return Object.entries(wanted)
    .filter(([key, value]) => present[key] !== value)
    .map(([key, value]): Op => ({ op: 'add', path: pointer('metadata', 'annotations', key), value }));
};
