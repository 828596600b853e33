/** What a user does in a run, and what must come of it before the next thing. */

import type { KubeObject } from '../../../kube/contract.ts';
import { list, type Pod, podIn, record } from '../objects.ts';
import { belongsTo, type Place } from './names.ts';

export interface Scenario {
  /** One word, for command lines. */
  readonly name: string;
  readonly about: string;
  readonly steps: (place: Place) => readonly Step[];
}

export interface Step {
  readonly says: string;
  /** Arguments of kubectl, and what it reads. */
  readonly does: { readonly args: readonly string[]; readonly input?: string };
  isDone(now: Now): boolean;
}

/** The objects of a run as they are now. */
export class Now {
  readonly #newest: (kind: string) => readonly KubeObject[];
  readonly #place: Place;

  constructor(newest: (kind: string) => readonly KubeObject[], place: Place) {
    this.#newest = newest;
    this.#place = place;
  }

  of(kind: string): readonly KubeObject[] {
    return this.#newest(kind).filter(({ metadata: { namespace = '', name = '' } }) =>
      belongsTo(this.#place, namespace, name),
    );
  }

  pods(app: string): readonly Pod[] {
    return this.of('Pod')
      .map(podIn)
      .filter(({ labels }) => labels['app'] === app);
  }

  hasCondition(kind: string, type: string): boolean {
    return this.of(kind).some(object =>
      list(record(object['status'])['conditions']).some(c => c['type'] === type && c['status'] === 'True'),
    );
  }
}

export const runs = (pod: Pod, container: string, image: string): boolean =>
  pod.isReady &&
  !pod.isLeaving &&
  pod.gate !== 'False' &&
  pod.containers.get(container)?.runningImage.endsWith(image) === true;

export const apply = (...objects: readonly object[]): Step['does'] => ({
  args: ['apply', '-f', '-'],
  input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
});
