/** Invariants of StatefulSets, judged by what is true in the apiserver and on the nodes. */

import { isDeepStrictEqual } from 'node:util';
import type { Plan, Wire } from '../../../kube/contract.ts';
import { imagesChanged, type Pod, record, resolved } from '../../instruments/objects.ts';
import { type Cell, now } from '../cells.ts';
import { type Change, type Judge, judge } from '../judge.ts';
import { isPod, isUp, podOf, podsIn, runsItsImage } from './pods.ts';

const setSlot = 'statefulsets/default/web';
const podSlot = (ordinal: number): string => `pods/default/web-${ordinal}`;

interface Strategy {
  readonly replicas: number;
  readonly limit: number;
  readonly minReadyMs: number;
}

const strategyIn = (cells: readonly Cell[]): Strategy => {
  const spec = record(cells.find(({ slot }) => slot === setSlot)?.object['spec']);
  const rolling = record(record(spec['updateStrategy'])['rollingUpdate']);
  const replicas = typeof spec['replicas'] === 'number' ? spec['replicas'] : 1;
  const limit = Math.max(1, resolved(rolling['maxUnavailable'] ?? 1, replicas, Math.floor) ?? 1);
  return { replicas, limit, minReadyMs: Number(rolling['minReadySeconds'] ?? 0) * 1000 };
};

const isAvailable = (cell: Cell | undefined, { minReadyMs }: Strategy): boolean =>
  isPod(cell) && isUp(cell) && now - (podOf(cell).readySince ?? now) >= minReadyMs;

const downIn = (cells: readonly Cell[], strategy: Strategy): readonly string[] =>
  Array.from({ length: strategy.replicas }, (_, i) => podSlot(i)).filter(
    slot =>
      !isAvailable(
        cells.find(c => c.slot === slot),
        strategy,
      ),
  );

// ── Budget ──

type Causes = ReadonlyMap<string, 'us' | 'others'>;
const causesIn = (memory: string): Causes =>
  new Map(memory === '' ? [] : (JSON.parse(memory) as [string, 'us' | 'others'][]));
const textOf = (causes: Causes): string =>
  causes.size === 0 ? '' : JSON.stringify([...causes].sort(([a], [b]) => (a < b ? -1 : 1)));

interface Saw extends Strategy {
  readonly down: readonly string[];
}

/**
 * I1: when a write of ours takes an available pod down, then with it no more pods are down than maxUnavailable: all that
 * we took down ourselves, and of what others did what was to be seen when the write was decided.
 */
export const budget = (): Judge =>
  judge('budget', {
    saw: seen => {
      const strategy = strategyIn(seen);
      return JSON.stringify({ ...strategy, down: downIn(seen, strategy) });
    },
    change: (memory, change) => {
      const strategy = strategyIn(change.cells);
      const before = causesIn(memory);
      const causes = new Map(
        downIn(change.cells, strategy).map(slot => [
          slot,
          before.get(slot) ?? (change.slot === slot && change.flight !== undefined ? 'us' : 'others'),
        ]),
      );
      return { memory: textOf(causes), wrong: overspent(change, before, causes) };
    },
  });

const overspent = ({ slot, by, saw }: Change, before: Causes, causes: Causes): readonly string[] => {
  if (by !== 'statefulset' || before.has(slot) || !causes.has(slot)) return [];
  const { replicas, limit, down } = JSON.parse(saw) as Saw;
  const isWanted = (name: string): boolean => Number(name.slice(name.lastIndexOf('-') + 1)) < replicas;
  const counted = [...causes]
    .filter(([name, by]) => isWanted(name) && (by === 'us' || down.includes(name)))
    .map(([name]) => name);
  return isWanted(slot) && counted.length > limit
    ? [`${slot} is taken down while ${counted.join(', ')} are: ${limit} may be`]
    : [];
};

// ── In place ──

/** I7: images change only behind a closed gate that was seen; it opens only on containers that run what the spec asks for. */
export const gateBeforePatch = (): Judge =>
  judge('gate before patch', {
    change: (memory, { before, after }) => {
      if (!isPod(before) || !isPod(after) || podOf(after).gate === undefined) return { memory, wrong: [] };
      return { memory, wrong: [...undrained(podOf(before), podOf(after)), ...unproven(podOf(before), after)] };
    },
  });

const own = (pod: Pod, name: string): boolean => pod.containers.get(name)?.isInjected !== true;

const undrained = (before: Pod, after: Pod): readonly string[] => {
  const changed = imagesChanged(before, after).filter(name => own(after, name));
  return changed.length > 0 && (before.gate !== 'False' || before.isReady)
    ? [`the image of ${changed.join(', ')} in ${after.key} changes while it serves`]
    : [];
};

const unproven = (before: Pod, after: Cell): readonly string[] => {
  const pod = podOf(after);
  const isUpdated = before.annotations['apps.kruise.io/inplace-update-state'] !== undefined; // else its gate is new
  if (before.gate !== 'False' || pod.gate !== 'True' || !isUpdated) return [];
  const wrong = [...pod.containers].filter(
    ([name, container]) => own(pod, name) && !runsItsImage(after, name, container),
  );
  return wrong.map(([name]) => `the gate of ${pod.key} opens before its container ${name} runs what the spec asks for`);
};

/** I6: our writes change images of a pod's spec and nothing else, and delete no pod that is wanted and could stay. */
export const inPlace = (): Judge =>
  judge('in place means in place', {
    saw: seen => String(strategyIn(seen).replicas),
    change: (memory, change) => {
      const { before, after, flight, slot, saw } = change;
      if (flight === undefined || !isPod(before)) return { memory, wrong: [] };
      const isWanted = Number(slot.slice(slot.lastIndexOf('-') + 1)) < Number(saw);
      const pod = podOf(before);
      const isTaken = after === undefined || (podOf(after).isLeaving && !pod.isLeaving);
      const isOver = pod.phase === 'Succeeded' || pod.phase === 'Failed';
      if (isTaken) return { memory, wrong: isWanted && !isOver ? [`${slot} is deleted`] : [] };
      const isSame = isDeepStrictEqual(withoutImages(before), withoutImages(after));
      return { memory, wrong: isSame ? [] : [`a write changes more of the spec of ${slot} than images`] };
    },
  });

const withoutImages = ({ object }: Cell): Wire => {
  const { containers, ...rest } = record(object['spec']);
  const others = Array.isArray(containers) ? containers.map(container => ({ ...record(container), image: '' })) : [];
  return { ...rest, containers: others };
};

// ── Reasons and the end ──

/** Every pod that is not at the wanted revision, or does not serve, has exactly one reason. */
export const oneReason = (): Judge =>
  judge('one reason per unmoved pod', {
    plan: (plan, seen, by) => (by === 'statefulset' ? unexplained(plan, seen) : []),
  });

const unexplained = ({ reasons = [], status }: Plan, seen: readonly Cell[]): readonly string[] => {
  const strategy = strategyIn(seen);
  const wanted = status?.is['updateRevision'];
  const open = podsIn(seen).filter(cell => {
    const { labels, isReady, isLeaving, phase } = podOf(cell);
    return (
      labels['controller-revision-hash'] !== wanted ||
      !isReady ||
      isLeaving ||
      phase !== 'Running' ||
      strategy.replicas === 0
    );
  });
  return open
    .filter(cell => !reasons.some(({ pods }) => pods.some(pod => `pods/default/${pod}` === cell.slot)))
    .map(cell => `${cell.slot} is not where it should be and has no reason`);
};

export interface Wanted {
  readonly image: string;
  readonly replicas: number;
  /** Pods that may stay behind: a bad image, or a partition. */
  readonly behind?: number;
}

/** When all is over, the pods that are wanted run what is wanted, and the status says so. */
export const converges = ({ image, replicas, behind = 0 }: Wanted): Judge =>
  judge('converges', {
    end: cells => {
      const pods = podsIn(cells);
      const done = pods.filter(cell => isUp(cell) && podOf(cell).containers.get('main')?.image === image);
      const status = record(cells.find(({ slot }) => slot === setSlot)?.object['status']);
      const isSaid =
        behind > 0 ||
        (status['currentRevision'] === status['updateRevision'] && status['updatedReadyReplicas'] === replicas);
      return [
        ...(pods.length === replicas ? [] : [`there are ${pods.length} pods and ${replicas} are wanted`]),
        ...(done.length >= replicas - behind ? [] : [`${done.length} pods of ${replicas} serve ${image}`]),
        ...(isSaid ? [] : ['the status does not say that the rollout is complete']),
      ];
    },
  });
