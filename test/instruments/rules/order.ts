/**
 * I4, order: with OrderedReady pods are made from the lowest and condemned from the highest ordinal, one at a time, each
 * when the others serve; below the partition nothing moves or is made at the new revision; an update takes the highest
 * ordinals first, but for pods that are down already.
 */

import type { KubeObject } from '../../../kube/contract.ts';
import { isOurs } from '../audit.ts';
import { auditLog, type Rule } from '../checker.ts';
import { keyOf, type Pod, record, text } from '../objects.ts';
import {
  isServing,
  Lately,
  ordinalOf,
  recordedRevisionOf,
  revisionOf,
  setOfPod,
  setSpecOf,
  updateRevisionOf,
} from '../statefulsets.ts';
import type { Change, World } from '../world.ts';

interface Scene {
  readonly set: KubeObject;
  readonly world: World;
  readonly lately: Lately;
  readonly now: number;
}

/** A pod that was taken while one of a higher ordinal was not; the writes of one plan may come in any order. */
interface Overtaken {
  readonly by: Pod;
  readonly uid: string;
  readonly since: number;
}

/** Milliseconds in which all writes of a plan have been made. */
const onePlan = 5000;

export const order = (): Rule => {
  const lately = new Lately();
  const open = new Set<Overtaken>();
  return {
    invariant: 'order',
    needs: ['Pod', 'StatefulSet', auditLog],
    see: (change, world) => {
      lately.see(change, world);
      const { entry, pod, by } = change;
      const overdue = settle(open, world, entry.seenAt);
      const set = setOfPod(pod?.after ?? pod?.before, world);
      if (pod?.after === undefined || set === undefined || (by !== undefined && !isOurs(by))) return overdue;
      const scene = { set, world, lately, now: entry.seenAt };
      for (const uid of overtakenBy(pod.before, pod.after, scene))
        open.add({ by: pod.after, uid, since: entry.seenAt });
      return [...overdue, ...belowPartition(pod, scene), ...ordered(pod, scene)];
    },
  };
};

type Step = NonNullable<Change['pod']>;

const ordered = ({ before, after }: Step, scene: Scene): readonly string[] => {
  const { set, lately, now } = scene;
  if (after === undefined || lately.specsOf(set, now).some(spec => !spec.isOrdered)) return [];
  if (before === undefined) return early(after, scene);
  const isWanted = lately.specsOf(set, now).some(spec => spec.isWanted(ordinalOf(after)));
  return !before.isLeaving && after.isLeaving && !isWanted ? outOfTurn(after, scene) : [];
};

/** All that are lower serve, or did so a moment ago. */
const early = (pod: Pod, { set, world, lately, now }: Scene): readonly string[] => {
  const spec = setSpecOf(set);
  const pods = new Map(world.podsOwnedBy(set.metadata.uid ?? '').map(other => [ordinalOf(other), other]));
  const prefix = pod.key.replace(/[0-9]+$/u, '');
  const missing = Array.from({ length: ordinalOf(pod) }, (_, ordinal) => ordinal).filter(ordinal => {
    const other = pods.get(ordinal);
    const serves = other !== undefined && isServing(other, spec, now + slack);
    return spec.isWanted(ordinal) && !serves && !lately.hasServed(`${prefix}${ordinal}`, now);
  });
  return missing.map(ordinal => `${pod.key} is made before ${prefix}${ordinal} serves`);
};

/** Times in conditions are whole seconds. */
const slack = 1000;

const outOfTurn = (pod: Pod, { set, world }: Scene): readonly string[] => {
  const spec = setSpecOf(set);
  return world
    .podsOwnedBy(set.metadata.uid ?? '')
    .filter(other => ordinalOf(other) > ordinalOf(pod) && !spec.isWanted(ordinalOf(other)))
    .map(other => `${pod.key} is condemned before ${other.key} is gone`);
};

const belowPartition = ({ before, after }: Step, { set, lately, now }: Scene): readonly string[] => {
  if (after === undefined || (before !== undefined && revisionOf(before) === revisionOf(after))) return [];
  const update = updateRevisionOf(set);
  const isNew = revisionOf(after) === update && update !== text(record(set['status'])['currentRevision']);
  const mayMove = lately.specsOf(set, now).some(spec => !spec.keepsOld(ordinalOf(after)));
  return isNew && !mayMove ? [`${after.key} gets the new revision below the partition of ${keyOf(set)}`] : [];
};

/** A serving pod is taken for the new revision: which pods should have been before it? */
const overtakenBy = (before: Pod | undefined, after: Pod, { set, world, now }: Scene): readonly string[] => {
  const spec = setSpecOf(set);
  if (before === undefined || !isServing(before, spec, now) || !isSettled(before, now)) return [];
  if (!isTaken(before, after, set)) return [];
  return world
    .podsOwnedBy(set.metadata.uid ?? '')
    .filter(other => ordinalOf(other) > ordinalOf(after) && isLeftBehind(other, set, now))
    .map(({ uid }) => uid);
};

/** One that has just come back, or may have come back by itself, costs the budget already and goes first. */
const isSettled = ({ readySince = 0, containers }: Pod, now: number): boolean => {
  const hasRestarted = [...containers.values()].some(({ restarts }) => restarts > 0);
  return now - readySince >= (hasRestarted ? 35_000 : 5000);
};

const isTaken = (before: Pod, after: Pod, set: KubeObject): boolean => {
  const update = updateRevisionOf(set);
  if (revisionOf(before) === update) return false;
  const isReplaced = !before.isLeaving && after.isLeaving && setSpecOf(set).isWanted(ordinalOf(after));
  return isReplaced || (before.gate === 'True' && after.gate === 'False' && recordedRevisionOf(after) === update);
};

const isLeftBehind = (pod: Pod, set: KubeObject, now: number): boolean => {
  const spec = setSpecOf(set);
  return (
    isServing(pod, spec, now) &&
    revisionOf(pod) !== updateRevisionOf(set) &&
    spec.isWanted(ordinalOf(pod)) &&
    !spec.keepsOld(ordinalOf(pod))
  );
};

const settle = (open: Set<Overtaken>, world: World, now: number): readonly string[] => {
  const wrong: string[] = [];
  for (const overtaken of open) {
    const pod = world.pods.get(overtaken.uid);
    const set = setOfPod(pod, world);
    const isBehind = pod !== undefined && set !== undefined && isLeftBehind(pod, set, now);
    if (isBehind && now - overtaken.since <= onePlan) continue;
    open.delete(overtaken);
    if (isBehind) wrong.push(`${overtaken.by.key} was taken for an update before ${pod.key}`);
  }
  return wrong;
};
