/** I6, in place means in place: same node, same address, and no other container restarts while one is replaced. */

import type { Rule } from '../checker.ts';
import { imagesChanged, type Pod } from '../objects.ts';

interface Update {
  /** Former ids of the containers that are replaced. */
  readonly replaced: ReadonlyMap<string, string>;
  /** Restarts of the others when it began. */
  readonly others: ReadonlyMap<string, number>;
}

export const inPlace = (): Rule => {
  const updates = new Map<string, Update>();
  return {
    invariant: 'in place means in place',
    needs: ['Pod'],
    see: ({ pod }) => {
      const { before, after } = pod ?? {};
      if (before === undefined || after === undefined) {
        updates.delete(before?.uid ?? '');
        return [];
      }
      const changed = imagesChanged(before, after);
      if (changed.length > 0) updates.set(after.uid, begun(updates.get(after.uid), before, changed));
      const update = updates.get(after.uid);
      const wrong = [...moved(before, after), ...(update === undefined ? [] : restarted(update, before, after))];
      if (update !== undefined && isOver(update, after)) updates.delete(after.uid);
      return wrong;
    },
  };
};

/** A further change while one is under way adds to it. */
const begun = (earlier: Update | undefined, before: Pod, changed: readonly string[]): Update => {
  const replaced = new Map([
    ...(earlier?.replaced ?? []),
    ...changed.map(name => [name, before.containers.get(name)?.id ?? ''] as const),
  ]);
  const all = [...before.containers].map(([name, { restarts }]) => [name, restarts] as const);
  return { replaced, others: new Map([...all, ...(earlier?.others ?? [])].filter(([name]) => !replaced.has(name))) };
};

const moved = (before: Pod, after: Pod): readonly string[] => [
  ...(before.node !== '' && after.node !== before.node
    ? [`${after.key} moved from ${before.node} to ${after.node}`]
    : []),
  ...(before.ip !== '' && after.ip !== before.ip ? [`${after.key} had address ${before.ip} and has ${after.ip}`] : []),
];

/** Said once, at the revision that shows it. */
const restarted = ({ replaced, others }: Update, before: Pod, after: Pod): readonly string[] =>
  [...others].flatMap(([name]) => {
    const [was, is] = [before.containers.get(name)?.restarts ?? 0, after.containers.get(name)?.restarts ?? 0];
    return is > was
      ? [`container ${name} of ${after.key} restarted while ${[...replaced.keys()].join(', ')} was replaced`]
      : [];
  });

const isOver = ({ replaced }: Update, pod: Pod): boolean =>
  pod.isReady &&
  [...replaced].every(([name, former]) => {
    const container = pod.containers.get(name);
    return container === undefined || (container.isRunning && container.id !== former);
  });
