/** Every resource that the controllers and webhooks read: its address, its view, and how views are found again. */

import type { Taint } from '../api/kubernetes.ts';
import {
  type Instant,
  type KubeObject,
  type Owned,
  type OwnerReference,
  ownerOf,
  type Reader,
  type Resource,
  type Seen,
  seenOf,
} from '../kube/contract.ts';
import { instantOf, podView } from './pods/project.ts';
import type { PodView } from './pods/view.ts';
import { nodeProtobuf } from './protobuf/node.ts';
import { podProtobuf } from './protobuf/pod.ts';
import { haveSamePairs, pairsOf } from './sidecars/candidates.ts';

export const Pods: Resource<PodView> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  scope: 'Namespaced',
  view: podView,
  protobuf: podProtobuf,
  indexes: {
    owner: { valuesOf: pod => (pod.owner === undefined ? [] : [pod.owner.uid]) },
    namespace: { valuesOf: pod => [pod.namespace] },
    injectedSet: { valuesOf: pod => pod.injectedSets },
    label: { valuesOf: pod => pairsOf(pod.labels), isSame: (a, b) => haveSamePairs(a.labels, b.labels) },
  },
};

export interface NodeView extends Seen {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly unschedulable: boolean;
  /** Quantities as written, by resource name. */
  readonly allocatable: Readonly<Record<string, string>>;
  readonly deletedAt?: Instant;
  readonly kubeletVersion: string;
}

export const Nodes: Resource<NodeView> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  scope: 'Cluster',
  view: object => {
    const { spec, status } = object as NodeOnWire;
    const deletedAt = instantOf(object.metadata.deletionTimestamp);
    return {
      ...seenOf(object),
      labels: object.metadata.labels ?? {},
      taints: spec?.taints ?? [],
      unschedulable: spec?.unschedulable === true,
      allocatable: status?.allocatable ?? {},
      ...(deletedAt === undefined ? {} : { deletedAt }),
      kubeletVersion: status?.nodeInfo?.kubeletVersion ?? '',
    };
  },
  protobuf: nodeProtobuf,
  indexes: {},
};

type NodeOnWire = KubeObject & {
  readonly spec?: { readonly taints?: readonly Taint[]; readonly unschedulable?: boolean };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly nodeInfo?: { readonly kubeletVersion?: string };
  };
};

export interface NamespaceView extends Seen {
  readonly labels: Readonly<Record<string, string>>;
}

export const Namespaces: Resource<NamespaceView> = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  scope: 'Cluster',
  view: object => ({ ...seenOf(object), labels: object.metadata.labels ?? {} }),
  indexes: {},
};

export interface RevisionView extends Owned {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly revision: number;
  readonly createdAt: Instant;
  /** Parsed on demand by whoever knows what the revision is of. */
  readonly data: unknown;
}

/** Revisions of kinds that are not ours are dropped; orphans are kept, because they may be adopted. */
export const ControllerRevisions: Resource<RevisionView> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  scope: 'Namespaced',
  view: object => {
    const owner = ownerOf(object.metadata);
    if (owner !== undefined && owner.group !== 'apps.kruise.io') return undefined;
    const { revision } = object as KubeObject & { readonly revision?: number };
    return {
      ...seenOf(object),
      ...(owner === undefined ? {} : { owner }),
      labels: object.metadata.labels ?? {},
      annotations: object.metadata.annotations ?? {},
      revision: revision ?? 0,
      createdAt: instantOf(object.metadata.creationTimestamp) ?? 0,
      data: object['data'],
    };
  },
  indexes: {
    owner: { valuesOf: revision => (revision.owner === undefined ? [] : [revision.owner.uid]) },
    namespace: { valuesOf: revision => [revision.namespace] },
  },
};

/** Where revisions of SidecarSets are recorded: in one namespace, and whoever reads only those needs no right to others. */
export interface RecordedRevisions {
  readonly resource: Resource<RevisionView>;
  readonly namespace: string;
}

export const recordedIn = (namespace: string): RecordedRevisions => ({
  resource: { ...ControllerRevisions, select: { namespace } },
  namespace,
});

export const recorded = (reader: Reader, { resource, namespace }: RecordedRevisions): readonly RevisionView[] =>
  reader.by(resource, 'namespace', namespace);

export interface ClaimView extends Seen {
  readonly ownerReferences: readonly OwnerReference[];
  readonly deletedAt?: Instant;
}

export const PersistentVolumeClaims: Resource<ClaimView> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  scope: 'Namespaced',
  view: object => {
    const deletedAt = instantOf(object.metadata.deletionTimestamp);
    return {
      ...seenOf(object),
      ownerReferences: object.metadata.ownerReferences ?? [],
      ...(deletedAt === undefined ? {} : { deletedAt }),
    };
  },
  indexes: {},
};
