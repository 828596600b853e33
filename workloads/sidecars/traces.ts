/** What one SidecarSet has left on one pod. All of it is text on the pod, so it is read once for each view. */

import { conditions } from '../../api/names.ts';
import { sidecarRecordOf, type UpdateRecord } from '../inplace/record.ts';
import { type ConditionView, conditionOf, type PodView } from '../pods/view.ts';
import { workingAnnotation } from './hotUpgrade.ts';
import { type Mark, marksOf, type PodMarks } from './marks.ts';
import { type Use, useOf } from './order.ts';
import { hasReplaced } from './replaced.ts';

/** One string for all that are equal: comparing thousands of them then touches one. */
export type Shared = (text: string) => string;

export class Traces {
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
  /** One of the set's containers stands in the place of the pod's own. */
  readonly hasReplaced: boolean;
  readonly record: UpdateRecord | undefined;
  readonly use: Use;
  /** What the pod's sets have said of it, and the message of that. */
  readonly upgradable: ConditionView | undefined;
  readonly upgradableMessage: string | undefined;

  /** @param set its name */
  constructor(pod: PodView, set: string, shared: Shared) {
    this.marks = marksOf(pod);
    this.mark = this.marks.hash?.get(set);
    this.markWithoutImage = this.marks.withoutImage?.get(set);
    this.hash = shared(this.mark?.hash ?? '');
    this.hashWithoutImage = shared(this.markWithoutImage?.hash ?? '');
    this.carried = shared(`${this.hash} ${this.mark?.controllerRevision ?? ''}`);
    this.hasTwins = pod.managed?.annotations[workingAnnotation] !== undefined;
    this.hasReplaced = hasReplaced(pod, set);
    this.use = useOf(pod);
    this.upgradable = conditionOf(pod, conditions.sidecarSetUpgradable);
    this.upgradableMessage = this.upgradable && shared(this.upgradable.message);
    const read = sidecarRecordOf(pod, set);
    this.record = read.is === 'read' ? read.value : undefined;
  }
}
