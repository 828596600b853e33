/** How fast the fake kubelet is: for a whole cluster, and for one pod by annotations `fake-kubelet/<delay>-delay`. */

import type { Millis } from '../../../kube/contract.ts';
import type { KubeletPod } from './pod.ts';

/** All in milliseconds. */
export interface Delays {
  /** Network of a new pod. */
  readonly init: Millis;
  /** First start of a container, pull included. */
  readonly start: Millis;
  /** Any later start. */
  readonly restart: Millis;
  /** From the start to the first success of a readiness probe. */
  readonly ready: Millis;
  /** Until the kubelet looks again after something happened to a container. */
  readonly notice: Millis;
  /** From the signal to the end of a container that does not say how long it takes. */
  readonly stop: Millis;
  /** From the end of a completed pod's containers to its final phase. */
  readonly finish: Millis;
  /** From the end of a deleted pod's containers to the end of the object. */
  readonly delete: Millis;
  /** First back-off of a crash loop or a failed pull; doubles up to 30 times this. */
  readonly backoff: Millis;
}

export interface Settings {
  readonly delays: Delays;
  /** The kubelet that is played is of Kubernetes 1.`minor`. */
  readonly minor: number;
}

/** A cluster in which every ConfigMap has every key. */
export const nothingAbsent = (): undefined => undefined;

const standard: Delays = {
  init: 100,
  start: 300,
  restart: 500,
  ready: 200,
  notice: 50,
  stop: 200,
  finish: 200,
  delete: 200,
  backoff: 2000,
};

const delayNames = Object.keys(standard).filter((name): name is keyof Delays => Object.hasOwn(standard, name));

/** The standard delays times `scale`, as a kubelet of Kubernetes 1.`minor`. */
export const settingsAt = (scale: number, minor: number): Settings => ({
  delays: mapDelays(name => standard[name] * scale),
  minor,
});

const mapDelays = (value: (name: keyof Delays) => Millis): Delays => ({
  ...standard,
  ...Object.fromEntries(delayNames.map(name => [name, value(name)])),
});

const unitMillis = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** Milliseconds of a Go duration such as `800ms` or `1m30s`; undefined if it is none. */
export const durationIn = (text: string): Millis | undefined => {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return text === '0' ? 0 : undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMillis.get(unit ?? '') ?? 0), 0);
};

/** The delays of one pod. An annotation that is no duration is ignored. */
export const delaysOf = (pod: KubeletPod, { delays }: Settings): Delays => {
  if (pod.annotations.size === 0) return delays;
  return mapDelays(name => durationIn(pod.annotations.get(`fake-kubelet/${name}-delay`) ?? '') ?? delays[name]);
};
