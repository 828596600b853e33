/**
 * I3, one ordinal, one life: never a second pod of a name while the first exists, pods only of ordinals that the set
 * wants, none deleted without its grace period.
 */

import { isCarriedOut, isOurs } from '../audit.ts';
import { auditLog, type Rule } from '../checker.ts';
import { keyOf, type Pod, record } from '../objects.ts';
import { Lately, ordinalOf, setOfPod } from '../statefulsets.ts';
import type { World } from '../world.ts';

export const oneLife = (): Rule => {
  const lately = new Lately();
  return {
    invariant: 'one ordinal, one life',
    needs: ['Pod', 'StatefulSet', auditLog],
    see: (change, world) => {
      lately.see(change, world);
      const { entry, pod, by } = change;
      if (pod?.before !== undefined || pod?.after === undefined) return [];
      const isMadeByUs = by === undefined || isOurs(by);
      return [...secondLife(pod.after, world), ...(isMadeByUs ? unwanted(pod.after, world, lately, entry.seenAt) : [])];
    },
    wrote: write => {
      if (!isOurs(write) || !isCarriedOut(write) || write.resource !== 'pods') return [];
      const { gracePeriodSeconds } = record(write.asked);
      return write.verb === 'delete' && gracePeriodSeconds === 0
        ? [`${write.namespace}/${write.name} is deleted without its grace period`]
        : [];
    },
  };
};

const secondLife = (pod: Pod, world: World): readonly string[] =>
  setOfPod(pod, world) === undefined
    ? []
    : world
        .podsOwnedBy(pod.owner?.uid ?? '')
        .filter(other => other.key === pod.key && other.uid !== pod.uid)
        .map(other => `${pod.key} is made as ${pod.uid} while ${other.uid} exists`);

const unwanted = (pod: Pod, world: World, lately: Lately, now: number): readonly string[] => {
  const set = setOfPod(pod, world);
  if (set === undefined || lately.specsOf(set, now).some(spec => spec.isWanted(ordinalOf(pod)))) return [];
  return [`${pod.key} is made, and ${keyOf(set)} does not want its ordinal`];
};
