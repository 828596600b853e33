/** Invariants of BroadcastJobs, judged by what is true in the apiserver. */

import { isLive, type Pod, record } from '../../instruments/objects.ts';
import type { Cell } from '../cells.ts';
import { type Change, type Judge, judge } from '../judge.ts';
import { isPod, podOf, podsIn } from './pods.ts';

const jobSlot = 'broadcastjobs/default/job';
const jobIn = (cells: readonly Cell[]) => cells.find(({ slot }) => slot === jobSlot)?.object;
const nodeUidOf = (pod: Pod): string => pod.annotations['berth/node-uid'] ?? pod.node;

const parallelismIn = (cells: readonly Cell[]): number => {
  const { parallelism } = record(jobIn(cells)?.['spec']);
  return typeof parallelism === 'number' ? parallelism : Number.POSITIVE_INFINITY;
};

/** I10: one live pod for each node, none for a node that has succeeded, and no more of them than parallelism allows. */
export const onceMeansOnce = (): Judge =>
  judge('once means once', {
    saw: seen => String(parallelismIn(seen)),
    change: (memory, change) => {
      const done = new Set(memory === '' ? [] : memory.split(' '));
      const wrong = startedWrongly(change, done);
      if (isPod(change.after) && podOf(change.after).phase === 'Succeeded') done.add(nodeUidOf(podOf(change.after)));
      return { memory: [...done].sort().join(' '), wrong };
    },
  });

const startedWrongly = (
  { before, after, flight, cells, saw }: Change,
  done: ReadonlySet<string>,
): readonly string[] => {
  if (flight === undefined || before !== undefined || !isPod(after)) return [];
  const pod = podOf(after);
  const live = podsIn(cells).map(podOf).filter(isLive);
  const others = live.filter(other => other.uid !== pod.uid && other.node === pod.node);
  return [
    ...others.map(other => `${pod.key} and ${other.key} are live on ${pod.node}`),
    ...(done.has(nodeUidOf(pod)) ? [`${pod.key} runs the job again on ${pod.node}`] : []),
    ...(live.length > Number(saw) ? [`${live.length} pods are live, and parallelism is ${saw}`] : []),
  ];
};

/** When all is over nothing runs, and the status says so. */
export const ends = (phase: 'completed' | 'failed' | 'either'): Judge =>
  judge('converges', {
    end: cells => {
      const live = podsIn(cells).map(podOf).filter(isLive);
      const said = record(jobIn(cells)?.['status'])['phase'];
      const isSaid = phase === 'either' ? said === 'completed' || said === 'failed' : said === phase;
      return [
        ...live.map(({ key }) => `${key} still runs`),
        ...(isSaid ? [] : [`the job is ${String(said)}, and should be ${phase}`]),
      ];
    },
  });

/** Counters of nodes never count one twice. */
export const counts = (): Judge =>
  judge('counters', {
    plan: ({ status }) => {
      const { desired, active, succeeded, failed } = status?.is ?? {};
      const [all, parts] = [Number(desired ?? 0), Number(active ?? 0) + Number(succeeded ?? 0) + Number(failed ?? 0)];
      return parts > all ? [`${parts} nodes are counted of ${all}`] : [];
    },
  });
