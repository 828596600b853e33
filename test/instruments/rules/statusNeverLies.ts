/**
 * I13, status never lies: observedGeneration only rises and is never ahead of the object, no counter is negative, no more
 * pods are said to be updated than are, and no job is complete while a pod of it runs.
 */

import type { KubeObject } from '../../../kube/contract.ts';
import type { Rule } from '../checker.ts';
import { count, isLive, keyOf, list, type Pod, record, text } from '../objects.ts';
import type { World } from '../world.ts';

const kinds: readonly string[] = ['StatefulSet', 'SidecarSet', 'BroadcastJob'];
/** Milliseconds for which a pod that is gone may still have been counted. */
const sight = 2000;

export const statusNeverLies = (): Rule => {
  const gone: { readonly pod: Pod; readonly seenAt: number }[] = [];
  return {
    invariant: 'status never lies',
    needs: ['Pod', ...kinds],
    see: ({ entry, before, after, pod }, world) => {
      if (pod?.before !== undefined && pod.after === undefined) gone.push({ pod: pod.before, seenAt: entry.seenAt });
      if (!kinds.includes(entry.kind) || after === undefined) return [];
      const recent = gone.filter(({ seenAt }) => entry.seenAt - seenAt <= sight).map(({ pod: of }) => of);
      return [
        ...generations(before, after),
        ...negative(after),
        ...(entry.kind === 'StatefulSet' ? updated(before, after, [...world.pods.values(), ...recent]) : []),
        ...(entry.kind === 'BroadcastJob' ? complete(before, after, world) : []),
      ];
    },
  };
};

const statusOf = (object: KubeObject | undefined) => record(object?.['status']);

const generations = (before: KubeObject | undefined, after: KubeObject): readonly string[] => {
  const [was, is] = [count(statusOf(before)['observedGeneration']), count(statusOf(after)['observedGeneration'])];
  const generation = after.metadata.generation ?? 0;
  return [
    ...(is < was ? [`observedGeneration of ${keyOf(after)} fell from ${was} to ${is}`] : []),
    ...(is > generation ? [`${keyOf(after)} has observed generation ${is} and is at ${generation}`] : []),
  ];
};

const negative = (object: KubeObject): readonly string[] =>
  Object.entries(statusOf(object)).flatMap(([name, value]) =>
    typeof value === 'number' && value < 0 ? [`${name} of ${keyOf(object)} is ${value}`] : [],
  );

/** Pods can only have been updated further since they were counted, unless the revision changed or they went. */
const updated = (before: KubeObject | undefined, set: KubeObject, pods: readonly Pod[]): readonly string[] => {
  const { updatedReplicas, updateRevision } = statusOf(set);
  if (count(updatedReplicas) === count(statusOf(before)['updatedReplicas'])) return [];
  const really = pods.filter(
    pod => pod.owner?.uid === set.metadata.uid && pod.labels['controller-revision-hash'] === text(updateRevision),
  ).length;
  return count(updatedReplicas) > really
    ? [`${keyOf(set)} says that ${count(updatedReplicas)} pods are updated, and ${really} are`]
    : [];
};

const isComplete = (job: KubeObject | undefined): boolean =>
  list(statusOf(job)['conditions']).some(c => c['type'] === 'Complete' && c['status'] === 'True');

/** A pod that restarts beyond its limit has failed, although it runs. */
const complete = (before: KubeObject | undefined, job: KubeObject, world: World): readonly string[] => {
  if (!isComplete(job) || isComplete(before)) return [];
  const running = world
    .podsOwnedBy(job.metadata.uid ?? '')
    .filter(pod => isLive(pod) && [...pod.containers.values()].every(({ restarts }) => restarts === 0));
  return running.map(pod => `${keyOf(job)} is complete while ${pod.key} runs`);
};
