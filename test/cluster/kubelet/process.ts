/**
 * What a pretend container does: how long it runs, with what code it ends, and how it takes a signal to stop.
 * Decided by, in this order: annotations of the pod, a command that is simple enough to follow, the image's tag.
 */

import type { Millis } from '../../../kube/contract.ts';
import type { Image } from './images.ts';
import { annotation, type ContainerSpec, type KubeletPod } from './pod.ts';
import { durationIn } from './settings.ts';
import { type Exit, follow } from './shell.ts';

export interface Process {
  /** Undefined for a process that runs until it is stopped. */
  readonly exits: Exit | undefined;
  /** What it does when it is asked to stop; `after` comes on top of the delay that every stop takes. */
  readonly stops: Exit | 'never';
}

const soon: Millis = 100;
const willingly: Exit = { after: 0, code: 0 };
const server: Process = { exits: undefined, stops: willingly };

/** What one start of a container runs. */
export const processOf = (spec: ContainerSpec, pod: KubeletPod, image: Image): Process => {
  const own = spec.command.length === 0 ? imageProcess(spec, image) : commandProcess(spec, image);
  return { exits: annotatedExit(spec, pod) ?? own.exits, stops: annotatedStop(spec, pod) ?? own.stops };
};

const annotatedExit = (spec: ContainerSpec, pod: KubeletPod): Exit | undefined => {
  const code = annotation(pod, 'exit-code', spec.name);
  const runTime = annotation(pod, 'run-time', spec.name);
  // Annotations for a whole pod mean the containers that can end it.
  const named = pod.annotations.has(`fake-kubelet/exit-code.${spec.name}`);
  if ((code === undefined && runTime === undefined) || (spec.kind !== 'main' && !named)) return undefined;
  return { after: durationIn(runTime ?? '') ?? soon, code: exitCodeIn(code) };
};

const exitCodeIn = (text: string | undefined): number =>
  text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : 0;

const annotatedStop = (spec: ContainerSpec, pod: KubeletPod): Exit | 'never' | undefined => {
  const code = annotation(pod, 'stop-code', spec.name);
  if (code === 'never') return 'never';
  return code === undefined ? undefined : { after: 0, code: exitCodeIn(code) };
};

/** A tag with `crash` in it fails soon. Init containers of any other image just end. */
const imageProcess = (spec: ContainerSpec, { tag }: Image): Process => {
  if (tag.includes('crash')) return { exits: { after: soon, code: 1 }, stops: willingly };
  return spec.kind === 'init' ? { exits: { after: soon, code: 0 }, stops: willingly } : server;
};

const commandProcess = (spec: ContainerSpec, image: Image): Process => {
  const followed = follow(spec.command, new Map([['VERSION', image.tag]]));
  if (followed === undefined) return imageProcess(spec, image);
  // A bad tag is bad whatever it is told to run for ever.
  const exits = followed.exits ?? (image.tag.includes('crash') ? { after: soon, code: 1 } : undefined);
  return { exits, stops: followed.trap ?? willingly };
};
