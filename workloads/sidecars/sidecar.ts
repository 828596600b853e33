/** One container of a SidecarSet as it goes into one pod. */

import type { Container } from '../../api/kubernetes.ts';
import { env as names } from '../../api/names.ts';
import type { Sidecar } from '../../api/sidecarset.ts';
import type { ObjectMeta } from '../../kube/contract.ts';
import { once } from '../once.ts';
import { type Env, transferred, withoutDuplicates } from './environment.ts';
import { hotVersion } from './hotUpgrade.ts';
import { isHot, podContainer, twinsOf } from './injection.ts';
import type { Resources } from './resources.ts';
import { sharedWith } from './sharing.ts';

/** What a sidecar may take over from its pod. */
export interface Host {
  readonly meta: ObjectMeta;
  /** The pod's own containers, without sidecars. */
  readonly own: readonly Container[];
  /** By sidecar: those that follow from the app's. */
  readonly resources: ReadonlyMap<Sidecar, Resources>;
}

/** Two containers if it is upgraded hot: the second one is empty until the first upgrade. */
export const sidecarsFor = (sidecar: Sidecar, host: Host): readonly Container[] => {
  const built = builtFor(sidecar, host);
  if (!isHot(sidecar)) return [built];
  const [first, second] = twinsOf(sidecar.name);
  const emptyImage = sidecar.upgradeStrategy.hotUpgradeEmptyImage ?? '';
  return [twin(built, first, built.image ?? ''), twin(built, second, emptyImage)];
};

const builtFor = (sidecar: Sidecar, host: Host): Container =>
  takesFromPod(sidecar) ? builtIn(sidecar, host) : builtAlone(sidecar);

const takesFromPod = ({
  transferEnv = [],
  shareVolumePolicy,
  shareVolumeDevicePolicy,
  resourcesPolicy,
}: Sidecar): boolean =>
  transferEnv.length > 0 ||
  shareVolumePolicy.type === 'enabled' ||
  shareVolumeDevicePolicy?.type === 'enabled' ||
  resourcesPolicy !== undefined;

/** It is the same in every pod. That it is frozen tells whoever writes the answer that its text is too. */
const builtAlone = once((sidecar: Sidecar) =>
  Object.freeze(builtIn(sidecar, { meta: {}, own: [], resources: new Map() })),
);

const builtIn = (sidecar: Sidecar, { meta, own, resources: computed }: Host): Container => {
  const container = podContainer(sidecar);
  const shared = sharedWith(sidecar, own);
  const resources = computed.get(sidecar);
  const marked: Env[] = [...(container.env ?? []), { name: names.injected, value: 'true' }];
  return {
    ...container,
    env: withoutDuplicates(marked, [...transferred(sidecar, own, meta), ...shared.env]),
    ...(resources === undefined ? {} : { resources }),
    ...(shared.mounts.length === 0 ? {} : { volumeMounts: [...(container.volumeMounts ?? []), ...shared.mounts] }),
    ...(shared.devices.length === 0 ? {} : { volumeDevices: [...(container.volumeDevices ?? []), ...shared.devices] }),
  };
};

const twin = (container: Container, name: string, image: string): Container => ({
  ...container,
  name,
  image,
  env: withoutDuplicates(container.env ?? [], hotVersion(name)),
});
