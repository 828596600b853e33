/**
 * What the store keeps of a pod, in two tiers: every pod carries what matching and budgets ask for; a managed pod
 * carries what the planners ask for too. Views are immutable and small: 100,000 foreign pods must fit in memory.
 */

import type { Toleration } from '../../api/kubernetes.ts';
import type { Instant, Owned, OwnerReference } from '../../kube/contract.ts';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
export type ConditionStatus = 'True' | 'False' | 'Unknown' | 'Absent';

export interface PodView extends Owned {
  readonly createdAt: Instant;
  readonly deletedAt?: Instant;
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeName?: string;
  readonly phase: PodPhase;
  /** Reason of a Failed pod, e.g. `Evicted`. */
  readonly phaseReason?: string;
  readonly ready: ConditionStatus;
  readonly containersReady: ConditionStatus;
  readonly scheduled: ConditionStatus;
  /** Its gate KruisePodReady is closed, and nobody holds it: see gates.ts. */
  readonly leftClosed?: true;
  /** Names of the SidecarSets that injected it. */
  readonly injectedSets: readonly string[];
  /** Present for pods that Berth looks after: see `isManaged` in project.ts. */
  readonly managed?: ManagedPod;
}

export interface ManagedPod {
  readonly finalizers: readonly string[];
  readonly ownerReferences: readonly OwnerReference[];
  /** Only annotations of ours and of OpenKruise. */
  readonly annotations: Readonly<Record<string, string>>;
  /** JSON Patch cannot add a key to a map that is absent. */
  readonly hasLabels: boolean;
  readonly hasAnnotations: boolean;
  readonly readinessGates: readonly string[];
  readonly restartPolicy: string;
  readonly terminationGracePeriodSeconds: number;
  /** Volumes backed by claims, in order. */
  readonly claims: readonly { readonly volume: string; readonly claim: string }[];
  /** The one node that required node affinity pins the pod to (`metadata.name In [x]`). */
  readonly pinnedNode?: string;
  /** Kept for BroadcastJob pods only. */
  readonly tolerations: readonly Toleration[];
  /** Init containers first, then containers, each in the order of its list. */
  readonly containers: readonly ContainerView[];
  readonly conditions: readonly ConditionView[];
  /** Absent where the kubelet does not write it (before 1.34). */
  readonly observedGeneration?: number;
  readonly qosClass?: string;
}

export interface ContainerView {
  readonly name: string;
  readonly list: 'initContainers' | 'containers';
  /** Position in its list: where a patch must write. */
  readonly index: number;
  readonly image: string;
  readonly restartPolicy?: string;
  /** It carries the mark that SidecarSet injection leaves. */
  readonly injected: boolean;
  readonly status?: ContainerStatusView;
}

export interface ContainerStatusView {
  readonly image: string;
  readonly imageID: string;
  readonly containerID: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly state: ContainerState;
}

export type ContainerState =
  | { readonly is: 'waiting'; readonly reason: string; readonly message: string }
  | { readonly is: 'running'; readonly startedAt: Instant }
  | { readonly is: 'terminated'; readonly exitCode: number; readonly reason: string; readonly finishedAt: Instant }
  | { readonly is: 'unknown' };

export interface ConditionView {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  /** Kept for the few conditions whose message is a protocol; empty for all others. */
  readonly message: string;
  /** Whole seconds, rounded down by the API. Absent when never written. */
  readonly since?: Instant;
}

export const conditionOf = (pod: PodView, type: string): ConditionView | undefined =>
  pod.managed?.conditions.find(c => c.type === type);

export const containerOf = (pod: PodView, name: string): ContainerView | undefined =>
  pod.managed?.containers.find(c => c.name === name);

/** Neither finished nor on its way out. */
export const isActive = (pod: PodView): boolean =>
  pod.phase !== 'Succeeded' && pod.phase !== 'Failed' && pod.deletedAt === undefined;
