/** What one pass of a pod's worker does to its containers, decided from what it sees at the beginning of the pass. */

import type { Instant, Millis } from '../../../kube/contract.ts';
import { type Backoff, type Container, ended, endWhenStopped, isAlive, newRun, started } from './container.ts';
import { pulled } from './images.ts';
import { blocking, type Member, mayStart, membersOf } from './lifecycle.ts';
import type { ConfigKey, KubeletPod } from './pod.ts';
import type { Effect, Sandbox } from './sandbox.ts';
import type { Delays } from './settings.ts';

/** What a pass is decided on. */
export interface Scene {
  readonly pod: KubeletPod;
  readonly now: Instant;
  readonly delays: Delays;
  /** In a kubelet's words, e.g. `configmap "a" not found`; undefined if it is there. */
  readonly absent: (need: ConfigKey) => string | undefined;
}

/** Work towards what the spec says: network first, then changed containers are replaced and missing ones started. */
export const workTowardsSpec = (sandbox: Sandbox, scene: Scene): readonly Effect[] => {
  if (sandbox.network === 'none') return [{ do: 'network', is: 'up', at: scene.now + scene.delays.init }];
  const members = membersOf(sandbox, scene.pod);
  const effects = members.flatMap(member => (isAlive(member.container) ? changes(member, scene) : []));
  return inOrder([...effects, ...startable(members, scene).map(member => start(member, scene, scene.now))]);
};

/** Main containers stop together; then sidecars, the last one first. */
export const stopAll = (sandbox: Sandbox, scene: Scene, graceSeconds: number): readonly Effect[] => {
  const alive = membersOf(sandbox, scene.pod).filter(member => isAlive(member.container));
  const together = alive.filter(({ spec }) => spec.kind !== 'sidecar');
  const oneByOne = alive.filter(({ spec }) => spec.kind === 'sidecar').reverse();
  const effects = together.flatMap(member => stop(member, scene, graceSeconds));
  let at = Math.max(scene.now, ...effects.map(effect => effect.at));
  for (const member of oneByOne) {
    const stopped = stop(member, { ...scene, now: at }, graceSeconds);
    effects.push(...stopped);
    at = Math.max(at, ...stopped.map(effect => effect.at));
  }
  return [...inOrder(effects), { do: 'network', is: 'gone', at }];
};

const inOrder = (effects: readonly Effect[]): readonly Effect[] => effects.toSorted((a, b) => a.at - b.at);

const stop = ({ spec, container }: Member, { now, delays }: Scene, graceSeconds: number): Effect[] => {
  if (container.run === undefined) return [];
  const end = endWhenStopped(container.run, now, delays.stop, graceSeconds);
  return [{ do: 'container', at: end.at, name: spec.name, becomes: ended(container, end) }];
};

/** An init container is left alone once it has begun; any other running one follows its image, in two steps, and its resources. */
const changes = (member: Member, scene: Scene): readonly Effect[] => {
  const { spec, container } = member;
  if (container.run === undefined || spec.kind === 'init') return [];
  if (container.run.asked !== spec.image) return replace(member, scene);
  return sameJson(container.run.resources, spec.resources) ? [] : [resize(member, scene.now + scene.delays.notice)];
};

const replace = (member: Member, scene: Scene): readonly Effect[] =>
  stop(member, scene, scene.pod.graceSeconds).flatMap(stopped =>
    stopped.do === 'container'
      ? [stopped, startWithoutBackoff({ ...member, container: stopped.becomes }, scene, stopped.at)]
      : [stopped],
  );

const resize = ({ spec, container }: Member, at: Instant): Effect => {
  const run = container.run === undefined ? undefined : { ...container.run, resources: spec.resources };
  return { do: 'container', at, name: spec.name, becomes: { ...container, run } };
};

export const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const startable = (members: readonly Member[], { pod }: Scene): readonly Member[] => {
  const block = blocking(members);
  const candidates = block === undefined ? members.filter(({ spec }) => spec.kind !== 'init') : [block];
  return candidates.filter(member => !isAlive(member.container) && mayStart(member, pod.restartPolicy));
};

/** A container that ended is started again at once the first time, and then after a growing back-off for that image. */
const start = (member: Member, scene: Scene, from: Instant): Effect => {
  const { spec, container } = member;
  const end = container.run?.ended;
  if (end === undefined) return startWithoutBackoff(member, scene, from);
  const known = stillKnown(container.crashes, spec.image, scene);
  if (known !== undefined && scene.now < end.at + known.wait)
    return held(member, scene.now, {
      reason: 'CrashLoopBackOff',
      message: `back-off ${known.wait / 1000}s restarting failed container=${spec.name} pod=${scene.pod.name}`,
    });
  const crashes = next(known, spec.image, scene);
  return startWithoutBackoff({ spec, container: { ...container, crashes } }, scene, from);
};

const startWithoutBackoff = (member: Member, scene: Scene, from: Instant): Effect => {
  const { spec, container } = member;
  const image = pulled(spec.image);
  if (image === undefined) return failToPull(member, scene, from);
  const absent = spec.needs.map(scene.absent).find(message => message !== undefined);
  if (absent !== undefined) return held(member, from, { reason: 'CreateContainerConfigError', message: absent });
  const { start: first, restart } = scene.delays;
  const at = from + (container.run === undefined ? first : restart);
  const run = newRun({ pod: scene.pod, spec, image, delays: scene.delays }, container, at);
  return { do: 'container', at, name: spec.name, becomes: started(container, run) };
};

const failToPull = (member: Member, scene: Scene, from: Instant): Effect => {
  const { spec, container } = member;
  const known = stillKnown(container.pulls, spec.image, scene);
  const problem = `failed to pull and unpack image "${spec.image}": not found`;
  if (known !== undefined && scene.now < known.since + known.wait)
    return held(member, from, {
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "${spec.image}": ErrImagePull: ${problem}`,
    });
  const pulls = next(known, spec.image, { ...scene, now: from });
  return held({ spec, container: { ...container, pulls } }, from, { reason: 'ErrImagePull', message: problem });
};

const held = ({ spec, container }: Member, at: Instant, waiting: NonNullable<Container['waiting']>): Effect => ({
  do: 'container',
  at,
  name: spec.name,
  becomes: { ...container, waiting },
});

const longest = (first: Millis): Millis => 30 * first;

/** The back-off of an image; another image, or a long time without failure, begins anew. */
const stillKnown = (backoff: Backoff | undefined, image: string, { now, delays }: Scene): Backoff | undefined =>
  backoff?.image === image && now - backoff.since < 2 * longest(delays.backoff) ? backoff : undefined;

const next = (known: Backoff | undefined, image: string, { now, delays }: Scene): Backoff => ({
  image,
  wait: known === undefined ? delays.backoff : Math.min(2 * known.wait, longest(delays.backoff)),
  since: now,
});

/** A worker that was held back looks again about this long after: between 1 and 1.5 back-offs on a real kubelet. */
export const retryDelay = ({ backoff }: Delays): Millis => 1.3 * backoff;
