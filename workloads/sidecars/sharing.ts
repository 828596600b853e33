/** Volumes and devices of the pod's own containers that a sidecar mounts too. */

import type { Container } from '../../api/kubernetes.ts';
import type { Sidecar } from '../../api/sidecarset.ts';
import type { Env } from './environment.ts';

type Mount = NonNullable<Container['volumeMounts']>[number];
type Device = NonNullable<Container['volumeDevices']>[number];

export interface Shared {
  readonly mounts: readonly Mount[];
  readonly devices: readonly Device[];
  /** Variables of the source containers that paths of shared mounts refer to. */
  readonly env: readonly Env[];
}

/**
 * What the sidecar gets beside its own mounts and devices. A path that it uses already stays as it is.
 * @param own the pod's own containers, without sidecars
 */
export const sharedWith = (sidecar: Sidecar, own: readonly Container[]): Shared => {
  const mounts = sidecar.shareVolumePolicy.type === 'enabled' ? sharedMounts(sidecar, own) : [];
  const used = [...(sidecar.volumeMounts ?? []), ...mounts.map(m => m.mount)];
  const devices = sidecar.shareVolumeDevicePolicy?.type === 'enabled' ? sharedDevices(sidecar, own, used) : [];
  return { mounts: mounts.map(m => m.mount), devices, env: mounts.flatMap(pathEnv) };
};

interface SharedMount {
  readonly mount: Mount;
  readonly from: Container;
}

const sharedMounts = (sidecar: Sidecar, own: readonly Container[]): readonly SharedMount[] => {
  const used = pathsOf(sidecar.volumeMounts ?? [], sidecar.volumeDevices ?? []);
  const all = own.flatMap(from => (from.volumeMounts ?? []).map(mount => ({ mount, from })));
  return all.filter(({ mount }) => !used.has(mount.mountPath) && used.add(mount.mountPath));
};

const sharedDevices = (sidecar: Sidecar, own: readonly Container[], mounts: readonly Mount[]): readonly Device[] => {
  const used = pathsOf(mounts, sidecar.volumeDevices ?? []);
  const all = own.flatMap(from => from.volumeDevices ?? []);
  return all.filter(device => !used.has(device.devicePath) && used.add(device.devicePath));
};

const pathsOf = (mounts: readonly Mount[], devices: readonly Device[]): Set<string> =>
  new Set([...mounts.map(m => m.mountPath), ...devices.map(d => d.devicePath)]);

/** `$(NAME)` in the path of a mount. */
const reference = /\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g;

const pathEnv = ({ mount, from }: SharedMount): readonly Env[] =>
  [...(mount.subPathExpr ?? '').matchAll(reference)].flatMap(([, name]) => {
    const found = from.env?.findLast(e => e.name === name);
    return found === undefined ? [] : [found];
  });
