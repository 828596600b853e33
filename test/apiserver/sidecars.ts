/** SidecarSets on a real control plane as their tests need them: apps, the sets beside them, and what became of both. */

import type { Pod } from '../../api/kubernetes.ts';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { waitFor } from '../cluster/deadline.ts';
import { recordCluster } from '../instruments/judged.ts';
import type { Recorder } from '../instruments/recorder.ts';

export interface SetOptions {
  readonly image?: string;
  readonly container?: Wire;
  readonly strategy?: Wire;
  readonly metadata?: Wire;
}

/** The set `<app>-logs`, which gives the container `log` to pods of the app. */
export const aSet = (app: string, options: SetOptions = {}): KubeObject => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'SidecarSet',
  metadata: { name: `${app}-logs`, ...options.metadata },
  spec: {
    selector: { matchLabels: { app } },
    containers: [{ name: 'log', image: options.image ?? 'example.test/log:v1', ...options.container }],
    ...(options.strategy === undefined ? {} : { updateStrategy: options.strategy }),
  },
});

/** A Deployment of the app with one container, `main`. */
export const aDeployment = (app: string, replicas: number, labels: Wire = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: app, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app, ...labels } },
      spec: { containers: [{ name: 'main', image: 'example.test/app:v1' }] },
    },
  },
});

export interface Status extends Wire {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ?? false;

/** `name image restarts` of each container, sorted. */
export const imagesOf = (pod: Pod): readonly string[] =>
  (pod.status?.containerStatuses ?? []).map(c => `${c.name} ${c.image} ${c.restartCount}`).sort();

/** What a pod keeps while its sidecars move: uid, node and address. */
export const identityOf = (pod: Pod): string => `${pod.metadata?.uid} ${pod.spec?.nodeName} ${pod.status?.podIP}`;

export const until = (what: string, seconds: number, holds: () => boolean): Promise<true> =>
  waitFor(what, seconds * 1000, async () => holds() || undefined);

/** What is read in a recorder is as new as the watch. */
export const podsOf = (recorder: Recorder, app: string): readonly Pod[] =>
  recorder.newest('Pod').filter(({ metadata }) => metadata.labels?.['app'] === app) as unknown as readonly Pod[];

export const setOf = (recorder: Recorder, name: string): KubeObject | undefined =>
  recorder.newest('SidecarSet').find(({ metadata }) => metadata.name === name);

export const statusOf = (recorder: Recorder, name: string): Status =>
  (setOf(recorder, name)?.['status'] ?? {}) as Status;

/** Undefined while the status belongs to an earlier generation. */
export const conditionOf = (recorder: Recorder, name: string, type: string): Condition | undefined => {
  const set = setOf(recorder, name);
  const status = statusOf(recorder, name);
  const isCurrent = status.observedGeneration === set?.metadata.generation;
  return isCurrent ? status.conditions?.find(c => c.type === type) : undefined;
};

export const injects = (recorder: Recorder, name: string): boolean =>
  conditionOf(recorder, name, 'InjectionActive')?.status === 'True';

/** Every pod has the current containers, and is Ready. */
export const isComplete = (recorder: Recorder, name: string, pods: number): boolean =>
  conditionOf(recorder, name, 'Ready')?.reason === 'UpToDate' && statusOf(recorder, name)['updatedReadyPods'] === pods;

export interface Scene {
  readonly apply: (...objects: readonly object[]) => Promise<string>;
  readonly begin: (name: string) => Promise<Recorder>;
  /** An app whose pods all carry the sidecar and serve. */
  readonly running: (recorder: Recorder, app: string, replicas: number, options?: SetOptions) => Promise<void>;
}

export const sceneIn = (cluster: Cluster): Scene => {
  const apply: Scene['apply'] = (...objects) =>
    cluster.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  return {
    apply,
    begin: name => recordCluster(cluster, name),
    running: async (recorder, app, replicas, options) => {
      await apply(aSet(app, options));
      await until('injection to be active', 30, () => injects(recorder, `${app}-logs`));
      await apply(aDeployment(app, replicas));
      await until(`${replicas} pods that serve`, 90, () => podsOf(recorder, app).filter(isReady).length === replicas);
    },
  };
};
