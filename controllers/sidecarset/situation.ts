/** What is known when pods are chosen, and the choice. */

import type { Refusal } from '../../kube/contract.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import type { Reason } from '../../workloads/reasons.ts';
import type { Candidate } from '../../workloads/rollout/budget.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import type { Member } from './member.ts';
import type { Said } from './said.ts';
import type { Tally } from './tally.ts';

export interface Step extends Candidate {
  readonly member: Member;
  readonly by: 'update' | 'reset' | 'eviction';
}

export interface Course {
  readonly steps: readonly Step[];
  /** Each pod that is not where it should be has one. */
  readonly reasons: readonly Said<Member>[];
}

export interface Situation {
  readonly set: UsableSidecarSet;
  readonly members: readonly Member[];
  readonly tally: Tally;
  /** The revision of the spec is in the store, so that pods may name it. */
  readonly isRecorded: boolean;
  /** Why the revision is not in the store. */
  readonly whilePending: Reason;
  /** Names of pods on their way out, which an eviction may have begun: each costs what the pod did that it was. */
  readonly leaving: readonly string[];
  /** New pods get the spec as it is. */
  readonly isInjecting: boolean;
  /** Version of the kubelet of the pod's node, if that is known. */
  readonly kubeletOf: (pod: PodView) => string | undefined;
  /** Fields in which the revision that the pod carries differs from the spec, images aside. */
  readonly fieldsOf: (member: Member) => readonly string[];
  /** Some write of the pod of this name was refused. */
  readonly wasRefused: (pod: string) => boolean;
  /** The server's no to this very step, when it was last tried. */
  readonly refusalOf: (step: Step) => Refusal | undefined;
}
