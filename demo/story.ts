/** The story, chapter by chapter: what a user does, and how far the cluster has come, read from the record. */

import { join } from 'node:path';
import type { Pod } from '../api/kubernetes.ts';
import { conditions } from '../api/names.ts';
import type { KubeObject } from '../kube/contract.ts';

/** The newest state of every object of one kind in the demo's namespace (or cluster-scoped). */
export type Newest = (kind: 'Pod' | 'StatefulSet' | 'SidecarSet' | 'BroadcastJob') => readonly KubeObject[];

export type Kubectl = (args: readonly string[]) => Promise<string>;

export interface Progress {
  readonly done: number;
  /** On their way right now. */
  readonly moving: number;
  readonly of: number;
  readonly detail: string;
}

/** One thing that a user does, and what must come of it before the next. */
export interface Step {
  act(kubectl: Kubectl): Promise<unknown>;
  progress(newest: Newest): Progress;
}

export interface Chapter {
  readonly title: string;
  readonly steps: readonly Step[];
}

export const nodes = 20;
export const webPods = 30;
export const dbPods = 10;
export const byHand = 'db-3';

const image = (name: string, version: string) => `example.test/${name}:${version}`;
const manifest = (file: string) => join(import.meta.dirname, 'manifests', file);
const apply = (file: string) => (kubectl: Kubectl) => kubectl(['apply', '-f', manifest(file)]);

const patchImage = (resource: string, path: string, value: string) => (kubectl: Kubectl) =>
  kubectl(['-n', 'demo', 'patch', resource, '--type=json', '-p', JSON.stringify([{ op: 'replace', path, value }])]);

export const chapters: readonly Chapter[] = [
  {
    title: 'A log sidecar goes into 30 web pods',
    steps: [
      { act: apply('1-sidecarset.yaml'), progress: injectionActive },
      { act: apply('2-web.yaml'), progress: newest => ready(newest, 'web', webPods) },
    ],
  },
  {
    title: 'A database of 10 replicas starts',
    steps: [{ act: apply('3-db.yaml'), progress: newest => ready(newest, 'db', dbPods) }],
  },
  {
    title: 'It moves to a new image in place, 3 at a time',
    steps: [
      {
        act: patchImage('statefulset.apps.kruise.io/db', '/spec/template/spec/containers/0/image', image('db', 'v2')),
        progress: newest => runs(newest, { app: 'db', container: 'db', version: 'v2', of: dbPods }),
      },
    ],
  },
  {
    title: 'The sidecar moves on under running apps',
    steps: [
      {
        act: patchImage('sidecarset/log-agent', '/spec/containers/0/image', image('log-agent', 'v2')),
        progress: newest => runs(newest, { app: 'web', container: 'log-agent', version: 'v2', of: webPods }),
      },
    ],
  },
  {
    title: `kubectl set image pod/${byHand}`,
    steps: [
      {
        act: kubectl => kubectl(['-n', 'demo', 'set', 'image', `pod/${byHand}`, `db=${image('db', 'v3')}`]),
        progress: newest => runs(newest, { app: 'db', container: 'db', version: 'v3', of: 1 }),
      },
    ],
  },
  {
    title: `A BroadcastJob touches ${nodes} nodes`,
    steps: [{ act: apply('4-broadcastjob.yaml'), progress: jobProgress }],
  },
];

function injectionActive(newest: Newest): Progress {
  const [set] = newest('SidecarSet');
  const all = (set?.['status'] as { conditions?: readonly { type: string; status: string }[] } | undefined)?.conditions;
  const active = all?.some(c => c.type === 'InjectionActive' && c.status === 'True') ?? false;
  return {
    done: active ? 1 : 0,
    moving: 0,
    of: 1,
    detail: active ? 'injection active' : 'waiting for injection to be active',
  };
}

const podsOf = (newest: Newest, app: string): readonly Pod[] =>
  newest('Pod').filter(
    pod => pod.metadata.labels?.['app'] === app && pod.metadata.deletionTimestamp === undefined,
  ) as unknown as readonly Pod[];

const isTrue = (pod: Pod, type: string) =>
  pod.status?.conditions?.some(c => c.type === type && c.status === 'True') ?? false;

function ready(newest: Newest, app: string, of: number): Progress {
  const done = podsOf(newest, app).filter(pod => isTrue(pod, 'Ready')).length;
  return { done, moving: podsOf(newest, app).length - done, of, detail: `${done}/${of} ready` };
}

interface Wanted {
  readonly app: string;
  readonly container: string;
  readonly version: string;
  readonly of: number;
}

/** Runs the image, is Ready, and carries no closed gate. */
function runs(newest: Newest, { app, container, version, of }: Wanted): Progress {
  const pods = podsOf(newest, app);
  const arrived = pods.filter(
    pod =>
      isTrue(pod, 'Ready') &&
      pod.status?.containerStatuses?.some(c => c.name === container && c.image.endsWith(`:${version}`)),
  );
  const down = pods.filter(pod => !isTrue(pod, 'Ready')).length;
  const draining = pods.filter(pod => closed(pod)).length;
  const moving = Math.max(down, draining);
  return {
    done: arrived.length,
    moving,
    of,
    detail: `${arrived.length}/${of} at ${version}${moving > 0 ? `, ${moving} moving` : ''}`,
  };
}

const closed = (pod: Pod): boolean =>
  pod.status?.conditions?.some(c => c.type === conditions.inPlaceUpdateReady && c.status === 'False') ?? false;

function jobProgress(newest: Newest): Progress {
  const [job] = newest('BroadcastJob');
  const status = job?.['status'] as { succeeded?: number; active?: number; phase?: string } | undefined;
  const complete = status?.phase === 'completed';
  const done = status?.succeeded ?? 0;
  // Counted only when the job says so itself: its last status write belongs to the story.
  return {
    done: complete ? done : Math.min(done, nodes - 1),
    moving: status?.active ?? 0,
    of: nodes,
    detail: `${done}/${nodes} nodes done, ${status?.active ?? 0} running`,
  };
}
