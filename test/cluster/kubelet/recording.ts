/** The recorded scenarios, and what is compared of a recorded and a played sequence: all but times, addresses and names of mounts. */

import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, Wire } from '../../../kube/contract.ts';
import { numberIn, objectIn, objectsIn, textIn } from './wire.ts';

export interface Act {
  readonly ms: number;
  readonly act: string;
}

/** One event of a watch: `ADDED`, `MODIFIED` or `DELETED`, with what matters of the pod. */
export interface Observed {
  readonly event: string;
  readonly metadata: Wire;
  readonly images: Wire;
  readonly status: Wire;
}

export interface Recording {
  readonly pod: KubeObject;
  readonly acts: readonly Act[];
  readonly events: readonly Observed[];
  /** When the recording ended, in ms since the first act. */
  readonly end: number;
}

const folder = new URL('fixtures/', import.meta.url);

export const scenarioNames: readonly string[] = readdirSync(folder)
  .filter(file => file.endsWith('.jsonl'))
  .map(file => file.slice(0, -'.jsonl'.length))
  .sort();

export const recording = (name: string): Recording => {
  const pod = objectIn(JSON.parse(readFileSync(new URL(`${name}.pod.json`, folder), 'utf8')));
  const lines = readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => objectIn(JSON.parse(line)));
  return {
    pod: { ...pod, apiVersion: 'v1', kind: 'Pod', metadata: objectIn(pod['metadata']) },
    acts: lines
      .filter(line => line['act'] !== undefined)
      .map(l => ({ ms: numberIn(l['ms'], 0), act: textIn(l['act']) })),
    events: lines.filter(line => line['event'] !== undefined).map(observedIn),
    end: numberIn(lines.at(-1)?.['ms'], 0) + 1000,
  };
};

const observedIn = (line: Wire): Observed => ({
  event: textIn(line['event']),
  metadata: objectIn(line['metadata']),
  images: objectIn(line['images']),
  status: objectIn(line['status']),
});

/** The states of a sequence in order, without immediate repetitions. */
export const statesOf = (events: readonly Observed[]): readonly Wire[] => {
  const names = new Names();
  const states = events.map(event => onWire(stateOf(event, names)));
  return states.filter((state, i) => i === 0 || !isDeepStrictEqual(state, states[i - 1]));
};

/** Absent and undefined are one on the wire. */
const onWire = (wire: Wire): Wire => objectIn(JSON.parse(JSON.stringify(wire)));

/** Ids get names in the order in which they are first seen, so that equality and change can be compared. */
class Names {
  readonly #known = new Map<string, string>();
  of(prefix: string, id: unknown): string {
    if (typeof id !== 'string' || id === '') return '';
    const name = this.#known.get(id) ?? `${prefix}${this.#known.size}`;
    this.#known.set(id, name);
    return name;
  }
}

const stateOf = ({ event, metadata, images, status }: Observed, names: Names): Wire => ({
  event,
  generation: metadata['generation'],
  grace: metadata['deletionGracePeriodSeconds'],
  finalizers: metadata['finalizers'],
  images: { ...images },
  observedGeneration: status['observedGeneration'],
  phase: status['phase'],
  qosClass: status['qosClass'],
  has: Object.fromEntries(['hostIP', 'hostIPs', 'podIP', 'podIPs', 'startTime'].map(k => [k, status[k] !== undefined])),
  conditions: objectsIn(status['conditions'])
    .map(({ type, status: is, reason, message, observedGeneration }) => ({
      type,
      is,
      reason,
      message,
      observedGeneration,
    }))
    .sort((a, b) => textIn(a.type).localeCompare(textIn(b.type))),
  init: objectsIn(status['initContainerStatuses']).map(container => containerState(container, names)),
  containers: objectsIn(status['containerStatuses']).map(container => containerState(container, names)),
});

const containerState = (status: Wire, names: Names): Wire => ({
  name: status['name'],
  image: status['image'],
  imageID: names.of('image', status['imageID']),
  containerID: names.of('container', status['containerID']),
  ready: status['ready'],
  started: status['started'],
  restartCount: status['restartCount'],
  state: runState(objectIn(status['state']), names),
  lastState: runState(objectIn(status['lastState']), names),
  resources: status['resources'],
  allocatedResources: status['allocatedResources'],
});

const runState = (state: Wire, names: Names): Wire => {
  const [kind, detail] = Object.entries(state)[0] ?? [];
  if (kind === undefined) return {};
  const { reason, exitCode, containerID } = objectIn(detail);
  return { [kind]: { reason, exitCode, containerID: names.of('container', containerID) } };
};
