/** What was read of pods. A view never changes, so it stays right: a pass over a fleet reads only what is new. */

import type { Key } from '../../kube/contract.ts';
import { isActive, type PodView } from '../../workloads/pods/view.ts';
import type { RevisionView } from '../../workloads/resources.ts';
import { namesInPod } from '../../workloads/sidecars/injection.ts';
import { belongsTo, lacks } from '../../workloads/sidecars/match.ts';
import { type Shared, Traces } from '../../workloads/sidecars/traces.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';
import type { SeenPod } from './observe.ts';
import { Recall, recallingFilter } from './recall.ts';

/** Of one set, and of all that may change what its pods are to it. */
export interface Remembered {
  /** Each pod as the set has left it, claimed by nobody. */
  readonly seen: (pods: readonly PodView[]) => readonly SeenPod[];
  /** Those of the pods that should carry the set, and do not. */
  readonly lacking: (pods: readonly PodView[]) => readonly PodView[];
}

export class Memory {
  readonly #bySet = new Map<Key, { readonly question: string; readonly remembered: Remembered }>();

  of(key: Key, set: UsableSidecarSet, revisions: readonly RevisionView[]): Remembered {
    const question = questionOf(set, revisions);
    const known = this.#bySet.get(key);
    if (known?.question === question) return known.remembered;
    const remembered = nothingYet(set);
    this.#bySet.set(key, { question, remembered });
    return remembered;
  }

  forget(key: Key): void {
    this.#bySet.delete(key);
  }
}

/** All that is asked of pods: other questions have other answers. */
const questionOf = ({ spec, injection }: UsableSidecarSet, revisions: readonly RevisionView[]): string =>
  JSON.stringify([
    spec.selector.source,
    injection.hashes,
    injection.containers.flatMap(namesInPod),
    revisions.map(({ uid }) => uid),
  ]);

const nothingYet = (set: UsableSidecarSet): Remembered => {
  const belongs = belongsTo(set);
  const shared = sharing();
  const seen = new Recall<PodView, SeenPod>(({ key }) => key);
  return {
    seen: pods =>
      seen.each(pods, pod => ({
        atRest: undefined,
        belongs: isActive(pod) && belongs(pod),
        isLeaving: pod.deletedAt !== undefined && set.spec.selector.matches(pod.labels),
        uid: pod.uid,
        claimed: false,
        name: pod.key,
        pod,
        traces: new Traces(pod, set.injection.set, shared),
      })),
    lacking: recallingFilter(pod => lacks(set.injection.set, set, pod)),
  };
};

/** Beyond this many the pods do not have much in common. */
const mostWords = 1000;

const sharing = (): Shared => {
  const words = new Map<string, string>();
  return text => {
    const word = words.get(text);
    if (word !== undefined) return word;
    if (words.size >= mostWords) words.clear();
    words.set(text, text);
    return text;
  };
};
