/** The reference scenarios: the demo's four, with a handful of pods each. */

import { clusterScoped, type Place } from './names.ts';
import { apply, runs, type Scenario, type Step } from './scenario.ts';

/** Nodes that the cluster must have; BroadcastJobs run on all of them. */
export const nodes = 4;

const image = (name: string, version: string): string => `example.test/${name}:${version}`;

/** A pod template whose pods carry the label that SidecarSets of this run select. */
const template = (name: string, { id }: Place): object => ({
  metadata: { labels: { app: name, run: id } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name, image: image(name, 'v1'), command: ['sleep', 'infinity'] }],
  },
});

const replaceImage = (resource: string, path: string, value: string): Step['does'] => ({
  args: ['patch', resource, '--type=json', '-p', JSON.stringify([{ op: 'replace', path, value }])],
});

const statefulSet = (place: Place, replicas: number, maxUnavailable: number): object => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: place.namespace },
  spec: {
    replicas,
    serviceName: 'db',
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: { app: 'db' } },
    updateStrategy: {
      type: 'RollingUpdate',
      rollingUpdate: { podUpdatePolicy: 'InPlaceIfPossible', maxUnavailable },
    },
    template: template('db', place),
  },
});

const create = (place: Place, replicas: number, maxUnavailable: number): Step => ({
  says: `a StatefulSet of ${replicas} starts`,
  does: apply(statefulSet(place, replicas, maxUnavailable)),
  isDone: now => now.pods('db').filter(pod => runs(pod, 'db', ':v1')).length === replicas,
});

const inPlaceRoll: Scenario = {
  name: 'statefulset',
  about: 'a StatefulSet of 3 moves to a new image in place, 2 at a time',
  steps: place => [
    create(place, 3, 2),
    {
      says: 'it gets a new image',
      does: replaceImage('statefulset.apps.kruise.io/db', '/spec/template/spec/containers/0/image', image('db', 'v2')),
      isDone: now => now.pods('db').filter(pod => runs(pod, 'db', ':v2')).length === 3,
    },
  ],
};

const byHand: Scenario = {
  name: 'podimage',
  about: 'kubectl set image on one pod of a StatefulSet of 2',
  steps: place => [
    create(place, 2, 1),
    {
      says: 'one pod gets another image by hand',
      does: { args: ['set', 'image', 'pod/db-1', `db=${image('db', 'v3')}`] },
      isDone: now => now.pods('db').filter(pod => runs(pod, 'db', ':v3')).length === 1,
    },
  ],
};

const sidecarSet = (place: Place): object => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'SidecarSet',
  metadata: { name: clusterScoped('agent', place) },
  spec: {
    selector: { matchLabels: { run: place.id } },
    updateStrategy: { maxUnavailable: 2 },
    containers: [{ name: 'agent', image: image('agent', 'v1'), command: ['sleep', 'infinity'] }],
  },
});

const deployment = (place: Place, replicas: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: place.namespace },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template('web', place) },
});

const sidecarRoll: Scenario = {
  name: 'sidecarset',
  about: 'a sidecar moves on under 3 running pods of a Deployment, 2 at a time',
  steps: place => [
    {
      says: 'a SidecarSet becomes active',
      does: apply(sidecarSet(place)),
      isDone: now => now.hasCondition('SidecarSet', 'InjectionActive'),
    },
    {
      says: 'a Deployment of 3 starts',
      does: apply(deployment(place, 3)),
      isDone: now => now.pods('web').filter(pod => runs(pod, 'agent', ':v1')).length === 3,
    },
    {
      says: 'the sidecar gets a new image',
      does: replaceImage(
        `sidecarset/${clusterScoped('agent', place)}`,
        '/spec/containers/0/image',
        image('agent', 'v2'),
      ),
      isDone: now => now.pods('web').filter(pod => runs(pod, 'agent', ':v2')).length === 3,
    },
  ],
};

const broadcastJob = (place: Place): object => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'BroadcastJob',
  metadata: { name: 'check', namespace: place.namespace },
  spec: {
    parallelism: 2,
    completionPolicy: { type: 'Always' },
    template: {
      metadata: { labels: { app: 'check' } },
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'check', image: image('check', 'v1'), command: ['sh', '-c', 'sleep 0.3; exit 0'] }],
      },
    },
  },
});

const job: Scenario = {
  name: 'broadcastjob',
  about: `a BroadcastJob runs once on each of ${nodes} nodes, 2 at a time`,
  steps: place => [
    {
      says: 'a BroadcastJob starts',
      does: apply(broadcastJob(place)),
      isDone: now => now.hasCondition('BroadcastJob', 'Complete'),
    },
  ],
};

export const scenarios: readonly Scenario[] = [inPlaceRoll, byHand, sidecarRoll, job];

/** @throws Error that names those that there are */
export const scenarioNamed = (name: string): Scenario => {
  const found = scenarios.find(scenario => scenario.name === name);
  if (found === undefined) throw new Error(`no scenario ${name}; there are ${scenarios.map(s => s.name).join(', ')}`);
  return found;
};
