/**
 * I14, quiet: nothing is written that changes nothing, nothing long after the last thing that happened, and no more than
 * four writes are needed for one update of a pod.
 */

import type { KubeObject } from '../../../kube/contract.ts';
import { isCarriedOut, isOurs, machinery, type Write } from '../audit.ts';
import { auditLog, type Rule } from '../checker.ts';
import { count, imagesChanged, list, type Pod, record } from '../objects.ts';
import { ourKinds } from '../ours.ts';
import { revisionOf } from '../statefulsets.ts';
import type { Change, World } from '../world.ts';

/** Milliseconds after which nothing that has happened is a reason any more, but for timers that users set. */
const rest = 60_000;
/** Milliseconds without a single write or revision, not even a lease renewed, after which the apiserver must have been away. */
const absence = 30_000;
const greatest = 4;
const causes: ReadonlySet<string> = new Set([
  'Pod',
  'Node',
  'PersistentVolumeClaim',
  'ControllerRevision',
  ...ourKinds,
]);

interface Cost {
  readonly pod: string;
  writes: number;
  /** How often it was drained, and how often it got other images, another revision or another mark of a SidecarSet. */
  drains: number;
  changes: number;
}

export const quiet = (): Rule => {
  let lastCause: number | undefined;
  let lastSign: number | undefined;
  /** Its return is something that has happened: nobody could act on what happened before it went. */
  const noteSign = (at: number): void => {
    if (at - (lastSign ?? at) > absence) lastCause = at;
    lastSign = Math.max(lastSign ?? at, at);
  };
  /** By pod uid, from the first write of its first update on. */
  const costs = new Map<string, Cost>();
  return {
    invariant: 'quiet',
    needs: ['Pod', 'Node', 'PersistentVolumeClaim', 'ControllerRevision', ...ourKinds, auditLog],
    see: ({ entry, pod, by }) => {
      noteSign(by?.receivedAt ?? entry.seenAt);
      const isOwn = by !== undefined && isOurs(by);
      if (!isOwn && causes.has(entry.kind)) lastCause = entry.seenAt;
      if (isOwn) noteCost(costs, pod, by);
      return [];
    },
    wrote: (write, world) => {
      noteSign(write.receivedAt);
      if (!isOurs(write) || !isCarriedOut(write) || machinery.has(write.resource)) return [];
      const what = `${write.verb} ${write.resource}/${write.subresource} ${write.namespace}/${write.name}`;
      const silence = write.receivedAt - (lastCause ?? write.receivedAt);
      return [
        ...(write.isVain ? [`${what} changes nothing`] : []),
        ...(silence > rest + longestTimer(world)
          ? [`${what}, ${Math.round(silence / 1000)} s after the last thing that happened`]
          : []),
      ];
    },
    ended: () =>
      [...costs.values()]
        .map(({ drains, changes, ...cost }) => ({ ...cost, updates: Math.max(drains, changes) }))
        .filter(({ writes, updates }) => writes > greatest * updates)
        .map(({ pod, writes, updates }) => `${writes} writes for ${updates} updates of ${pod}`),
  };
};

const noteCost = (costs: Map<string, Cost>, pod: Change['pod'], by: Write): void => {
  const { before, after } = pod ?? {};
  if (before === undefined || after === undefined || by.verb === 'delete' || by.verb === 'evict') return;
  const isDrain = before.gate === 'True' && after.gate === 'False';
  const isChange = isUpdate(before, after);
  const cost = costs.get(after.uid) ?? { pod: after.key, writes: 0, drains: 0, changes: 0 };
  if (cost.writes === 0 && !isChange && !isDrain) return;
  cost.writes += 1;
  if (isDrain) cost.drains += 1;
  if (isChange) cost.changes += 1;
  costs.set(after.uid, cost);
};

const mark = 'kruise.io/sidecarset-hash';

const isUpdate = (before: Pod, after: Pod): boolean =>
  imagesChanged(before, after).length > 0 ||
  revisionOf(before) !== revisionOf(after) ||
  before.annotations[mark] !== after.annotations[mark];

const timers = ['minReadySeconds', 'gracePeriodSeconds', 'activeDeadlineSeconds', 'ttlSecondsAfterFinished'];

/** The longest wait that any of our objects asks for, wherever in its spec. */
const longestTimer = (world: World): number =>
  Math.max(
    0,
    ...ourKinds
      .flatMap(kind => [...world.of(kind).values()])
      .map((object: KubeObject) => 1000 * timersIn(object['spec'])),
  );

const timersIn = (value: unknown): number => {
  const fields = record(value);
  const own = timers.map(name => count(fields[name]));
  const below = Object.values(fields).map(field => Math.max(0, ...list(field).map(timersIn), timersIn(field)));
  return Math.max(0, ...own, ...below);
};
