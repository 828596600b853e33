/** One container of a pod in the pretend runtime: what runs, what ran before, and why it does not run. */

import { createHash } from 'node:crypto';
import type { Instant, Millis, Wire } from '../../../kube/contract.ts';
import type { Image } from './images.ts';
import type { ContainerSpec, KubeletPod } from './pod.ts';
import { type Process, processOf } from './process.ts';
import type { Delays } from './settings.ts';

export interface End {
  readonly at: Instant;
  readonly code: number;
}

/** One run from start to end. A restart is another run, with another id. */
export interface Run {
  readonly attempt: number;
  readonly id: string;
  /** The image as the spec named it; `image` may be another name of the same digest. */
  readonly asked: string;
  readonly image: string;
  readonly imageID: string;
  readonly startedAt: Instant;
  readonly readyAt: Instant;
  /** When it will end by itself. */
  readonly willEnd: End | undefined;
  readonly stops: Process['stops'];
  /** What it was really given, which lags behind the spec during a resize. */
  readonly resources: Wire;
  readonly ended: End | undefined;
  /** A status has shown it running: only then may an end be seen, so that no state is skipped. */
  readonly seen: boolean;
}

export interface Waiting {
  readonly reason: 'ErrImagePull' | 'ImagePullBackOff' | 'CrashLoopBackOff' | 'CreateContainerConfigError';
  readonly message: string;
}

/** How long to wait after the next failure with the same image. */
export interface Backoff {
  readonly image: string;
  readonly wait: Millis;
  readonly since: Instant;
}

export interface Container {
  readonly run: Run | undefined;
  readonly previous: Run | undefined;
  /** What kept the last attempt to start it. */
  readonly waiting: Waiting | undefined;
  readonly crashes: Backoff | undefined;
  readonly pulls: Backoff | undefined;
}

export const noContainer: Container = {
  run: undefined,
  previous: undefined,
  waiting: undefined,
  crashes: undefined,
  pulls: undefined,
};

export const isAlive = ({ run }: Container): boolean => run !== undefined && run.ended === undefined;
export const hasFailed = ({ run }: Container): boolean => run?.ended !== undefined && run.ended.code !== 0;
export const hasSucceeded = ({ run }: Container): boolean => run?.ended?.code === 0;

export const ended = (container: Container, end: End): Container =>
  container.run === undefined ? container : { ...container, run: { ...container.run, ended: end } };

export const started = (container: Container, run: Run): Container => ({
  ...container,
  run,
  previous: container.run,
  waiting: undefined,
  pulls: undefined,
});

/** A kubelet gives every container two seconds, whatever the pod says. */
const shortestGrace: Millis = 2000;
const killed = 137;

/** The end of a running container that is asked to stop now. */
export const endWhenStopped = ({ stops, willEnd }: Run, now: Instant, stop: Millis, graceSeconds: number): End => {
  const kill = now + Math.max(shortestGrace, graceSeconds * 1000);
  const obeyed = stops === 'never' ? undefined : { at: now + stop + stops.after, code: stops.code };
  const end = obeyed === undefined || obeyed.at > kill ? { at: kill, code: killed } : obeyed;
  return willEnd !== undefined && willEnd.at < end.at ? { ...willEnd, at: Math.max(now, willEnd.at) } : end;
};

export interface Start {
  readonly pod: KubeletPod;
  readonly spec: ContainerSpec;
  readonly image: Image;
  readonly delays: Delays;
}

/** The run that begins at an instant, after the runs that the container had before. */
export const newRun = ({ pod, spec, image, delays }: Start, before: Container, at: Instant): Run => {
  const attempt = before.run === undefined ? 0 : before.run.attempt + 1;
  const { exits, stops } = processOf(spec, pod, image);
  return {
    attempt,
    id: containerId(pod.uid, spec.name, attempt),
    asked: spec.image,
    image: image.shown,
    imageID: image.id,
    startedAt: at,
    readyAt: spec.probed || pod.annotations.has('fake-kubelet/ready-delay') ? at + delays.ready : at,
    willEnd: exits === undefined ? undefined : { at: at + exits.after, code: exits.code },
    stops,
    resources: spec.resources,
    ended: undefined,
    seen: false,
  };
};

const containerId = (uid: string, name: string, attempt: number): string =>
  `containerd://${createHash('sha256').update(`${uid}/${name}/${attempt}`).digest('hex')}`;
