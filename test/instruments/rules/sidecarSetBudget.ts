/**
 * I1 for SidecarSets: of the pods that were Ready when their sidecar was changed, no more than maxUnavailable are under
 * way at a time: the new container is not there yet, or the pod is not Ready again.
 */

import type { KubeObject } from '../../../kube/contract.ts';
import type { Figure, Rule } from '../checker.ts';
import { imagesChanged, injectedIn, keyOf, list, type Pod, record, resolved, text } from '../objects.ts';
import type { World } from '../world.ts';

/** Former container ids, by container name. */
type UnderWay = Map<string, string>;

export const sidecarSetBudget = (): Rule => {
  /** By set name, then pod uid. */
  const rolls = new Map<string, Map<string, UnderWay>>();
  const figures = new Map<string, Figure>();
  return {
    invariant: 'budget',
    needs: ['Pod', 'SidecarSet'],
    see: ({ pod }, world) => {
      const { before, after } = pod ?? {};
      if (before !== undefined && (after === undefined || isBack(after, rolls))) forget(before, rolls);
      if (before === undefined || after === undefined) return [];
      return [...world.of('SidecarSet').values()].flatMap(set => {
        const changed = changedBy(set, before, after);
        if (changed.length === 0 || !before.isReady) return [];
        const roll = rolls.get(keyOf(set)) ?? new Map<string, UnderWay>();
        rolls.set(keyOf(set), roll);
        roll.set(after.uid, new Map(changed.map(name => [name, before.containers.get(name)?.id ?? ''])));
        return judge(set, { taken: after, underWay: roll.size, limit: limitOf(set, world) }, figures);
      });
    },
    figures: () => [...figures.values()],
  };
};

const changedBy = (set: KubeObject, before: Pod, after: Pod): readonly string[] => {
  if (!injectedIn(after.annotations).includes(keyOf(set))) return [];
  const spec = record(set['spec']);
  const names = new Set([...list(spec['containers']), ...list(spec['initContainers'])].map(c => text(c['name'])));
  return imagesChanged(before, after).filter(name => names.has(name) && after.containers.get(name)?.isInjected);
};

const isBack = (pod: Pod, rolls: ReadonlyMap<string, ReadonlyMap<string, UnderWay>>): boolean =>
  pod.isReady &&
  [...rolls.values()].every(roll =>
    [...(roll.get(pod.uid) ?? [])].every(([name, former]) => {
      const container = pod.containers.get(name);
      return container === undefined || (container.isRunning && container.id !== former);
    }),
  );

const forget = (pod: Pod, rolls: ReadonlyMap<string, Map<string, UnderWay>>): void => {
  for (const roll of rolls.values()) roll.delete(pod.uid);
};

const limitOf = (set: KubeObject, world: World): number => {
  const { maxUnavailable } = record(record(set['spec'])['updateStrategy']);
  const matched = [...world.pods.values()].filter(
    pod => injectedIn(pod.annotations).includes(keyOf(set)) && !pod.isLeaving,
  ).length;
  return resolved(maxUnavailable ?? 1, matched, Math.ceil) ?? 1;
};

const judge = (
  set: KubeObject,
  { taken, underWay, limit }: { readonly taken: Pod; readonly underWay: number; readonly limit: number },
  figures: Map<string, Figure>,
): readonly string[] => {
  const of = `SidecarSet ${keyOf(set)}`;
  figures.set(of, { of, greatest: Math.max(figures.get(of)?.greatest ?? 0, underWay), limit });
  return underWay > limit
    ? [`${taken.key} is taken, and ${underWay} pods of ${of} are under way: ${limit} may be`]
    : [];
};
