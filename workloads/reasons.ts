/**
 * Why a pod has not been moved: a closed union without a catch-all. Every pod that a rollout has not moved has exactly
 * one of these, and taking that cause away lets the next plan move it. Statuses and conditions read it here.
 */

import type { PodReason } from '../kube/contract.ts';

export type Reason =
  // The author's wish
  | { readonly reason: 'Paused' }
  | { readonly reason: 'Partition'; readonly keptOld: number }
  | { readonly reason: 'NotSelected' }
  | { readonly reason: 'OnDelete' }
  | { readonly reason: 'NotUpdated' } // the strategy never touches running pods
  // Waiting for others
  | { readonly reason: 'BudgetUsed'; readonly limit: number; readonly by: readonly string[] }
  | { readonly reason: 'OrderedBehind'; readonly pod: string }
  // What cannot be done in place
  | { readonly reason: 'NotInPlace'; readonly fields: readonly string[] }
  | { readonly reason: 'KubeletTooOld'; readonly container: string; readonly kubelet: string }
  | { readonly reason: 'RecordBroken'; readonly annotation: string }
  // Without the containers, which a running pod cannot be given
  | { readonly reason: 'OlderThanSet' }
  | { readonly reason: 'NamespaceExcluded'; readonly namespace: string }
  | { readonly reason: 'InjectionPaused' }
  | { readonly reason: 'NotInjected' } // by a webhook that was away, or did not select it
  | { readonly reason: 'Refused'; readonly message: string } // by the apiserver, in its words
  // Not there yet
  | { readonly reason: 'Creating' } // this plan creates it
  | { readonly reason: 'WaitingForClaims'; readonly claims: readonly string[] }
  | { readonly reason: 'NameTaken'; readonly by: string }
  | { readonly reason: 'Unscheduled' }
  | { readonly reason: 'RevisionPending' }
  // Moving, and what is missing
  | { readonly reason: 'Taken' } // this plan moves it
  | { readonly reason: 'Terminating' }
  | { readonly reason: 'Draining' }
  | { readonly reason: 'NotObserved' }
  | { readonly reason: 'Stopping'; readonly container: string }
  | { readonly reason: 'Starting'; readonly container: string; readonly state: string }
  | { readonly reason: 'ImageError'; readonly container: string; readonly message: string }
  | { readonly reason: 'WrongImageRunning'; readonly container: string; readonly image: string }
  | { readonly reason: 'CrashLoop'; readonly container: string; readonly restarts: number }
  | { readonly reason: 'Rejoining' } // proven; its readiness gate is about to be set
  | { readonly reason: 'NotReady' }
  | { readonly reason: 'Settling' };

export type ReasonName = Reason['reason'];

/** One sentence for people. */
export const messageOf = (r: Reason): string => {
  switch (r.reason) {
    case 'Paused':
      return 'the rollout is paused';
    case 'Partition':
      return `the partition keeps ${r.keptOld} pods at the old revision`;
    case 'NotSelected':
      return 'the update strategy selects other pods';
    case 'OnDelete':
      return 'the strategy OnDelete waits until somebody deletes the pod';
    case 'NotUpdated':
      return 'the strategy NotUpdate leaves running pods as they are';
    case 'BudgetUsed':
      return r.by.length === 0
        ? `maxUnavailable ${r.limit} leaves none to be taken`
        : `maxUnavailable ${r.limit} is used by ${listed(r.by)}`;
    case 'OrderedBehind':
      return `pod ${r.pod} goes first`;
    case 'NotInPlace':
      return `cannot be changed in place: ${listed(r.fields)}`;
    case 'KubeletTooOld':
      return `the kubelet ${r.kubelet} of its node does not restart native sidecars, as ${r.container} is one`;
    case 'RecordBroken':
      return `annotation ${r.annotation} is not readable`;
    case 'OlderThanSet':
      return 'was created before the webhooks knew the set, and gets the containers when it is made anew';
    case 'NamespaceExcluded':
      return `no pod of namespace ${r.namespace} is ever shown to the webhook`;
    case 'InjectionPaused':
      return 'injectionStrategy.paused keeps the containers out of new pods';
    case 'NotInjected':
      return 'was created without the containers while the webhook was away or the set did not select it, and gets them when it is made anew';
    case 'Refused':
      return `the apiserver refuses: ${r.message}`;
    case 'Creating':
      return 'is being created now';
    case 'WaitingForClaims':
      return `waits for its volume claims ${listed(r.claims)}`;
    case 'NameTaken':
      return `the name is taken by ${r.by}`;
    case 'RevisionPending':
      return 'the revision of the new template is being stored first';
    case 'Unscheduled':
      return 'has not been given a node yet';
    case 'Taken':
      return 'is being moved now';
    case 'Terminating':
      return 'is being deleted';
    case 'Draining':
      return 'is leaving its Services before its containers are replaced';
    case 'NotObserved':
      return 'the kubelet has not seen the change yet';
    case 'Stopping':
      return `container ${r.container} is being stopped`;
    case 'Starting':
      return `container ${r.container} is starting: ${r.state}`;
    case 'ImageError':
      return `container ${r.container} cannot be started: ${r.message}`;
    case 'WrongImageRunning':
      return `container ${r.container} still runs ${r.image}`;
    case 'CrashLoop':
      return `container ${r.container} has restarted ${r.restarts} times more than it was asked to`;
    case 'Rejoining':
      return 'runs the new containers and is about to serve again';
    case 'NotReady':
      return 'runs the new containers but is not Ready';
    case 'Settling':
      return 'is Ready, but not for long enough yet';
  }
};

export const podReason = (pod: string, r: Reason): PodReason => ({
  pods: [pod],
  reason: r.reason,
  message: messageOf(r),
});

/** How many names are shown where thousands may be meant. */
export const shown = 5;

/** The first of these names in their order, `shown` of them: without sorting thousands. */
export const firstOf = (names: readonly string[]): readonly string[] => {
  const first: string[] = [];
  for (const name of names) {
    if (first.length === shown && name >= (first.at(-1) ?? '')) continue;
    first.push(name);
    first.sort();
    if (first.length > shown) first.pop();
  }
  return first;
};

/** Up to five names, so that a message stays readable at any size. */
export const listed = (names: readonly string[], count = names.length): string =>
  count <= shown ? names.join(', ') : `${names.slice(0, shown).join(', ')} and ${count - shown} more`;

export const podsOf = (count: number): string => (count === 1 ? '1 pod' : `${count} pods`);
