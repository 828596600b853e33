/** What the kubelet of a node does, as far as its version tells. */

/** A release of Kubernetes, e.g. `v1.31.4-eks-1`: suffixes of those who build it are none of ours. */
const release = /^v?(\d+)\.(\d+)\./;

/**
 * Whether it restarts a native sidecar whose image was changed in the pod. All do from 1.32 on. Before that it was mended
 * in some patch releases only, so none is trusted. `unknown`: only the container itself can tell.
 */
export const restartsNativeSidecars = (kubeletVersion: string | undefined): 'yes' | 'no' | 'unknown' => {
  const [, major, minor] = release.exec(kubeletVersion ?? '') ?? [];
  if (major === undefined || minor === undefined) return 'unknown';
  return Number(major) > 1 || Number(minor) >= 32 ? 'yes' : 'no';
};
