/** Every label, annotation, condition, readiness gate and environment name that Berth reads or writes. */

export const group = 'apps.kruise.io';

export const labels = {
  /** Revision of a StatefulSet's pod; value: the ControllerRevision's name. */
  revision: 'controller-revision-hash',
  podName: 'statefulset.kubernetes.io/pod-name',
  podIndex: 'apps.kubernetes.io/pod-index',
  revisionHash: 'controller.kubernetes.io/hash',
  specifiedDelete: 'apps.kruise.io/specified-delete',
  lifecycleState: 'lifecycle.apps.kruise.io/state',
  sidecarSetName: 'kruise.io/sidecarset-name',
  sidecarSetCustomVersion: 'apps.kruise.io/sidecarset-custom-version',
  broadcastJobName: 'broadcastjob-name',
  broadcastJobUid: 'broadcastjob-controller-uid',
  /** On a namespace: `required` makes pods wait for the webhook, anything else lets them start without it. */
  injection: 'berth/injection',
  /** On the ConfigMap whose keys let the containers of a pod start. */
  launchBarrier: 'berth/launch-barrier',
} as const;

export const annotations = {
  /** Record of an in-place update: see workloads/inplace/record.ts. */
  inPlaceState: 'apps.kruise.io/inplace-update-state',
  /** A pending in-place update that is not written to the containers yet. */
  inPlaceGrace: 'apps.kruise.io/inplace-update-grace',
  sidecarSetHash: 'kruise.io/sidecarset-hash',
  sidecarSetHashWithoutImage: 'kruise.io/sidecarset-hash-without-image',
  sidecarSetInjectedList: 'kruise.io/sidecarset-injected-list',
  sidecarSetInPlaceState: 'kruise.io/sidecarset-inplace-update-state',
  sidecarSetWorkingHotUpgrade: 'kruise.io/sidecarset-working-hotupgrade-container',
  sidecarSetCanary: 'apps.kruise.io/sidecarset-canary',
  sidecarSetBase: 'apps.kruise.io/sidecarset-base',
  /** By the name of each SidecarSet: its generation when it last decided what the pod carries. JSON. */
  sidecarSetGenerations: 'berth/sidecarset-generations',
  lifecycleTimestamp: 'lifecycle.apps.kruise.io/timestamp',
  containerLaunchPriority: 'apps.kruise.io/container-launch-priority',
  ownedByStatefulSet: 'apps.kruise.io/owned-by-asts',
  /** On a BroadcastJob's pod: uid of the node that it was made for; a node made anew under the same name is another. */
  nodeUid: 'berth/node-uid',
  /** Who changed a pod's own images last, when, and from what to what: JSON. */
  imageChange: 'berth/image-change',
  /** Names of the pod's own containers that SidecarSets have replaced, by the set: JSON. */
  replacedContainers: 'berth/replaced-containers',
  /** Priorities by which the containers of a pod start, by their names: JSON. */
  launchOrder: 'berth/launch-order',
} as const;

/** Annotations with these prefixes are kept in the view of a managed pod. */
export const ourAnnotationPrefixes = [
  'apps.kruise.io/',
  'kruise.io/',
  'lifecycle.apps.kruise.io/',
  'version.sidecarset.kruise.io/',
  'versionalt.sidecarset.kruise.io/',
  'berth/',
  'inplace-update-',
] as const;

export const conditions = {
  /** Readiness gate and pod condition: False while containers are being replaced in place. */
  inPlaceUpdateReady: 'InPlaceUpdateReady',
  kruisePodReady: 'KruisePodReady',
  sidecarSetUpgradable: 'SidecarSetUpgradable',
} as const;

export const env = {
  injected: 'IS_INJECTED',
  sidecarSetVersion: 'SIDECARSET_VERSION',
  sidecarSetVersionAlt: 'SIDECARSET_VERSION_ALT',
  launchPriority: 'KRUISE_CONTAINER_PRIORITY',
  launchBarrier: 'KRUISE_CONTAINER_BARRIER',
} as const;

/** Where SidecarSet revisions and our own objects live, unless the installation says otherwise. */
export const defaultNamespace = 'berth-system';
