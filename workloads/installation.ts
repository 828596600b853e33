/** What one installation of Berth is called and where it lives; the rooms that think are told, they look nothing up. */

export interface Installation {
  /** Where our Secret, Lease and SidecarSet revisions live. */
  readonly namespace: string;
  /** Secret that holds the webhooks' certificate. */
  readonly secretName: string;
  readonly mutatingConfiguration: string;
  readonly validatingConfiguration: string;
  /** Where the webhooks are called if not behind a Service: no path, no last slash, e.g. `https://127.0.0.1:9443`. */
  readonly webhookUrl?: string;
  /** Whether SidecarSets for which no whitelist has a rule may set annotations of pods; `deny` if absent. */
  readonly patchPodMetadata?: 'deny' | 'allow';
  /** Which new pods get the readiness gate KruisePodReady: those of kinds of the group, or all. `owned` if absent. */
  readonly podReadyGate?: 'owned' | 'all';
  /** What containers of several SidecarSets are sorted by, before the app and behind it: `set` if absent. */
  readonly sidecarOrder?: 'set' | 'container';
}

/** Namespaces whose pods no webhook of ours is ever shown: a cluster that lost us must be able to come back. */
export const namespacesOutside = (own: string): readonly string[] => [own, 'kube-system'];
