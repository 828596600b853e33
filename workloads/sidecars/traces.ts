/** What one SidecarSet has left on one pod. All of it is text on the pod, so it is read once for each view. */

import { conditions } from '../../api/names.ts';
import type { Instant } from '../../kube/contract.ts';
import { idle, isOver, type Progress, sidecarProgress } from '../inplace/progress.ts';
import { sidecarRecordOf, type UpdateRecord } from '../inplace/record.ts';
import { type ConditionView, conditionOf, type PodView } from '../pods/view.ts';
import { workingAnnotation } from './hotUpgrade.ts';
import { type Mark, marksOf, type PodMarks } from './marks.ts';
import { type Use, useOf } from './order.ts';

/** One string for all that are equal: comparing thousands of them then touches one. */
export type Shared = (text: string) => string;

export interface TracesOptions {
  /** Name of the set. */
  readonly set: string;
  /** The set looks after the pod as long as that is active, and its namespace covered. */
  readonly belongs: boolean;
  readonly shared: Shared;
}

export class Traces {
  readonly belongs: boolean;
  readonly marks: PodMarks;
  /** What the set has put into the pod, or updated it to. */
  readonly mark: Mark | undefined;
  readonly markWithoutImage: Mark | undefined;
  /** The hashes of both; empty if there is none. */
  readonly hash: string;
  readonly hashWithoutImage: string;
  /** Pods of which this is equal carry the same revision. */
  readonly carried: string;
  /** It was upgraded hot at some time. */
  readonly hasTwins: boolean;
  readonly record: UpdateRecord | undefined;
  readonly use: Use;
  /** What the pod's sets have said of it. */
  readonly upgradable: ConditionView | undefined;
  readonly #pod: PodView;
  #overSince = Number.POSITIVE_INFINITY;
  #progress: Progress = idle;

  constructor(pod: PodView, { set, belongs, shared }: TracesOptions) {
    this.#pod = pod;
    this.belongs = belongs;
    this.marks = marksOf(pod);
    this.mark = this.marks.hash?.get(set);
    this.markWithoutImage = this.marks.withoutImage?.get(set);
    this.hash = shared(this.mark?.hash ?? '');
    this.hashWithoutImage = shared(this.markWithoutImage?.hash ?? '');
    this.carried = shared(`${this.hash} ${this.mark?.controllerRevision ?? ''}`);
    this.hasTwins = pod.managed?.annotations[workingAnnotation] !== undefined;
    this.use = useOf(pod);
    this.upgradable = conditionOf(pod, conditions.sidecarSetUpgradable);
    const read = sidecarRecordOf(pod, set);
    this.record = read.is === 'read' ? read.value : undefined;
  }

  /** How far the set's last update has come. Of one and the same view an update that is over stays so. */
  progress(now: Instant): Progress {
    if (now >= this.#overSince) return this.#progress;
    this.#progress = sidecarProgress(this.#pod, this.record, now);
    this.#overSince = isOver(this.#progress) ? now : Number.POSITIVE_INFINITY;
    return this.#progress;
  }
}
