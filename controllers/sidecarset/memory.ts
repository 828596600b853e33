/** What was read of pods. A view never changes, so it stays right: a pass over a fleet reads only what is new. */

import type { Key } from '../../kube/contract.ts';
import type { PodView } from '../../workloads/pods/view.ts';
import { namesInPod } from '../../workloads/sidecars/injection.ts';
import { belongsTo } from '../../workloads/sidecars/match.ts';
import { Traces } from '../../workloads/sidecars/traces.ts';
import type { UsableSidecarSet } from '../../workloads/sidecarsets.ts';

export type TracesOf = (pod: PodView) => Traces;

interface Known {
  /** All that was asked of the pods: other questions have other answers. */
  readonly question: string;
  readonly traces: WeakMap<PodView, Traces>;
  readonly words: Map<string, string>;
}

export class Memory {
  readonly #bySet = new Map<Key, Known>();

  /** What one set has left on pods that carry it. */
  of(key: Key, set: UsableSidecarSet): TracesOf {
    const { traces, words } = this.#known(key, questionOf(set));
    const belongs = belongsTo(set);
    const shared = (text: string): string => {
      const word = words.get(text) ?? text;
      words.set(word, word);
      return word;
    };
    return pod => {
      const known = traces.get(pod);
      if (known !== undefined) return known;
      const read = new Traces(pod, { set: set.injection.set, belongs: belongs(pod), shared });
      traces.set(pod, read);
      return read;
    };
  }

  forget(key: Key): void {
    this.#bySet.delete(key);
  }

  #known(key: Key, question: string): Known {
    const known = this.#bySet.get(key);
    if (known?.question === question) return known;
    const fresh = { question, traces: new WeakMap<PodView, Traces>(), words: new Map<string, string>() };
    this.#bySet.set(key, fresh);
    return fresh;
  }
}

/** Whether a pod belongs to the set is decided by these two alone. */
const questionOf = ({ spec, injection }: UsableSidecarSet): string =>
  JSON.stringify([spec.selector.source, injection.containers.flatMap(namesInPod)]);
