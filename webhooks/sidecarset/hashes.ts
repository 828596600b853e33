/** Writes the two hashes of a SidecarSet: what a user writes there never survives. */

import { annotations } from '../../api/names.ts';
import { sidecarSetSpecInV1beta1 } from '../../api/sidecarset.ts';
import { isJsonObject } from '../../api/stored.ts';
import { type KubeObject, type Op, pointer } from '../../kube/contract.ts';
import { hashesOf } from '../../workloads/sidecars/hash.ts';
import { itemsOf, type Raw } from './raw.ts';

export const hashOps = (object: KubeObject): readonly Op[] => {
  const spec = sidecarSetSpecInV1beta1(object);
  const raw: Raw = isJsonObject(spec) ? spec : {};
  const { hash, withoutImage } = hashesOf({
    containers: itemsOf(raw, 'containers'),
    initContainers: itemsOf(raw, 'initContainers'),
  });
  const wanted = { [annotations.sidecarSetHash]: hash, [annotations.sidecarSetHashWithoutImage]: withoutImage };
  const present = object.metadata.annotations;
  if (present === undefined) return [{ op: 'add', path: pointer('metadata', 'annotations'), value: wanted }];
  return Object.entries(wanted)
    .filter(([key, value]) => present[key] !== value)
    .map(([key, value]): Op => ({ op: 'add', path: pointer('metadata', 'annotations', key), value }));
};
