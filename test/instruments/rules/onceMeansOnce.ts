/**
 * I10, once means once: at most one live pod for each job and node, no pod for a node that has succeeded, and never more
 * live pods than parallelism allows. Also counts how often each job ran on each node.
 */

import type { KubeObject } from '../../../kube/contract.ts';
import type { Rule } from '../checker.ts';
import { isLive, keyOf, type Pod, record, resolved } from '../objects.ts';
import type { World } from '../world.ts';

export const onceMeansOnce = (): Rule => {
  const done = new Set<string>();
  return {
    invariant: 'once means once',
    needs: ['Pod', 'BroadcastJob'],
    see: ({ pod }, world) => {
      const { before, after } = pod ?? {};
      if (after === undefined || !isOfJob(after)) return [];
      const wrong = [
        ...(before === undefined ? [...startedAgain(after, done), ...beyondParallelism(after, world)] : []),
        ...(isLive(after) && before?.node !== after.node ? twoAtOnce(after, world) : []),
      ];
      if (after.phase === 'Succeeded') done.add(placeOf(after));
      return wrong;
    },
  };
};

export const isOfJob = ({ owner }: Pod): boolean => owner?.kind === 'BroadcastJob' && owner.group === 'apps.kruise.io';

/** A node that was made anew under the same name is another; pods made by others carry no uid of it. */
const placeOf = (pod: Pod): string => `${pod.owner?.uid} on ${pod.annotations['berth/node-uid'] ?? pod.node}`;

const startedAgain = (pod: Pod, done: ReadonlySet<string>): readonly string[] =>
  done.has(placeOf(pod)) ? [`${pod.key} runs the job again on ${pod.node}, which was done`] : [];

const twoAtOnce = (pod: Pod, world: World): readonly string[] => {
  const others = world
    .podsOwnedBy(pod.owner?.uid ?? '')
    .filter(other => other.uid !== pod.uid && other.node === pod.node && isLive(other));
  return others.map(other => `${pod.key} and ${other.key} of one job are live on ${pod.node}`);
};

const beyondParallelism = (pod: Pod, world: World): readonly string[] => {
  const job = world.of('BroadcastJob').get(pod.owner?.uid ?? '');
  const limit = job === undefined ? undefined : limitOf(job);
  const live = world.podsOwnedBy(pod.owner?.uid ?? '').filter(isLive).length;
  return limit === undefined || live <= limit
    ? []
    : [`${pod.key} is the ${live}th live pod of ${job === undefined ? '' : keyOf(job)}: parallelism is ${limit}`];
};

const limitOf = (job: KubeObject): number | undefined => {
  const { desired } = record(job['status']);
  const { parallelism } = record(job['spec']);
  // A share is of a number that the status tells a moment later than it is used.
  return typeof parallelism === 'number' || typeof desired === 'number'
    ? resolved(parallelism, typeof desired === 'number' ? desired : 0, Math.ceil)
    : undefined;
};
