/** The state of one pod on its pretend node: its network, its containers, and what the kubelet's worker for it is doing. */

import { createHash } from 'node:crypto';
import type { Instant } from '../../../kube/contract.ts';
import { type Container, type End, ended, isAlive, noContainer } from './container.ts';
import type { PodStatus } from './status.ts';

/** Something that the worker does to the runtime; it is visible to the kubelet only once the whole pass is over. */
export type Effect =
  | { readonly do: 'network'; readonly at: Instant; readonly is: 'up' | 'gone' }
  | { readonly do: 'container'; readonly at: Instant; readonly name: string; readonly becomes: Container };

/**
 * How far a pod's worker has come. A status is written at the beginning of each pass of the worker:
 * live → completing → complete (the containers have ended for good) and, from any of them, → terminating → terminated.
 */
export type Stage = 'live' | 'completing' | 'complete' | 'terminating' | 'terminated';

export interface Sandbox {
  readonly uid: string;
  readonly hostIP: string;
  readonly podIP: string;
  readonly startedAt: Instant | undefined;
  readonly stage: Stage;
  readonly network: 'none' | 'up' | 'gone';
  readonly containers: ReadonlyMap<string, Container>;
  /** What is going on now, in order of time; the worker looks at nothing else until the last of it. */
  readonly work: readonly Effect[];
  /** Something happened that a kubelet notices by itself. */
  readonly changedAt: Instant | undefined;
  /** The worker was held back, and tries again then. */
  readonly retryAt: Instant | undefined;
  /** What the last pass saw of the pod, and when. */
  readonly synced: { readonly at: Instant; readonly pod: string } | undefined;
  /** The status of the last pass: what the API must show before the next one. */
  readonly shown: PodStatus | undefined;
}

export const newSandbox = (uid: string, hostIP: string): Sandbox => ({
  uid,
  hostIP,
  podIP: addressFor(uid),
  startedAt: undefined,
  stage: 'live',
  network: 'none',
  containers: new Map(),
  work: [],
  changedAt: undefined,
  retryAt: undefined,
  synced: undefined,
  shown: undefined,
});

/** An address in 10.128.0.0/9 that follows from the uid, so that a restarted kubelet finds the same. */
const addressFor = (uid: string): string => {
  const [a = 0, b = 0, c = 0] = createHash('sha256').update(uid).digest();
  return `10.${128 + (a % 128)}.${b}.${c}`;
};

export const containerIn = (sandbox: Sandbox, name: string): Container => sandbox.containers.get(name) ?? noContainer;

/** The runtime at an instant: work that is over shows, and processes that have ended are seen to have ended. */
export const runtimeAt = (sandbox: Sandbox, now: Instant): Sandbox => {
  const last = sandbox.work.at(-1);
  if (last === undefined) return withOwnEnds(sandbox, now);
  return last.at <= now ? afterWork(sandbox, sandbox.work) : sandbox;
};

/** The runtime when the worker is called away: what is not done by now never is. */
export const interruptedAt = (sandbox: Sandbox, now: Instant): Sandbox =>
  afterWork(
    sandbox,
    sandbox.work.filter(effect => effect.at <= now),
  );

const afterWork = (sandbox: Sandbox, done: readonly Effect[]): Sandbox => {
  const changedAt = isNoticed(sandbox, done) ? done.at(-1)?.at : sandbox.changedAt;
  return done.reduce(applied, { ...sandbox, work: [], changedAt });
};

const applied = (sandbox: Sandbox, effect: Effect): Sandbox => {
  switch (effect.do) {
    case 'network':
      return { ...sandbox, network: effect.is };
    case 'container':
      return { ...sandbox, containers: new Map(sandbox.containers).set(effect.name, effect.becomes) };
  }
};

/** A container that still waits is nothing new to a kubelet; the first time that one cannot be pulled or made up is. */
const isNoticed = (sandbox: Sandbox, done: readonly Effect[]): boolean =>
  done.some(effect => {
    if (effect.do === 'network') return true;
    const before = containerIn(sandbox, effect.name);
    const { waiting } = effect.becomes;
    if (waiting === undefined) return true;
    const isNews = waiting.reason === 'ErrImagePull' || waiting.reason === 'CreateContainerConfigError';
    return isNews && before.waiting === undefined;
  });

const withOwnEnds = (sandbox: Sandbox, now: Instant): Sandbox => {
  const over = [...sandbox.containers].flatMap(([name, container]): [string, Container][] => {
    const end = ownEnd(container);
    return end === undefined || end.at > now ? [] : [[name, ended(container, end)]];
  });
  if (over.length === 0) return sandbox;
  return { ...sandbox, changedAt: now, containers: new Map([...sandbox.containers, ...over]) };
};

/** When a container that was seen running ends by itself. */
export const ownEnd = (container: Container): End | undefined =>
  isAlive(container) && container.run?.seen === true ? container.run.willEnd : undefined;

export const allSeen = (sandbox: Sandbox): Sandbox => ({
  ...sandbox,
  containers: new Map(
    [...sandbox.containers].map(([name, c]) => [
      name,
      c.run === undefined ? c : { ...c, run: { ...c.run, seen: true } },
    ]),
  ),
});
