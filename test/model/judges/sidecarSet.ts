/** Invariants of SidecarSets, judged by what is true in the apiserver and on the nodes. */

import type { Plan } from '../../../kube/contract.ts';
import { imagesChanged, list, record, resolved, text } from '../../instruments/objects.ts';
import type { Cell } from '../cells.ts';
import { type Change, type Judge, judge } from '../judge.ts';
import { isPod, isUp, podOf, podsIn } from './pods.ts';

const setSlot = 'sidecarsets/logs';
const specIn = (cells: readonly Cell[]) => record(cells.find(({ slot }) => slot === setSlot)?.object['spec']);
const imageIn = (cells: readonly Cell[]): string => text(list(specIn(cells)['containers'])[0]?.['image']);
const imageOf = (cell: Cell): string | undefined => podOf(cell).containers.get('log')?.image;

/** Of the pods that were Ready when their sidecar was changed, no more than maxUnavailable are under way at a time. */
export const sidecarBudget = (): Judge =>
  judge('budget of a SidecarSet', {
    saw: seen => {
      const { maxUnavailable } = record(specIn(seen)['updateStrategy']);
      return String(resolved(maxUnavailable ?? 1, podsIn(seen).length, Math.ceil) ?? 1);
    },
    change: (memory, change) => {
      const before = memory === '' ? [] : memory.split(' ');
      const underWay = [...new Set([...before, ...takenBy(change)])].filter(slot => !isBack(change, slot)).sort();
      const isMore = takenBy(change).length > 0 && underWay.length > Number(change.saw);
      return {
        memory: underWay.join(' '),
        wrong: isMore
          ? [`${change.slot} is taken, and ${underWay.join(', ')} are under way: ${change.saw} may be`]
          : [],
      };
    },
  });

const takenBy = ({ slot, by, before, after }: Change): readonly string[] => {
  if (by !== 'sidecarset' || !isPod(before) || !isPod(after) || !podOf(before).isReady) return [];
  return imagesChanged(podOf(before), podOf(after)).length > 0 ? [slot] : [];
};

const isBack = (change: Change, slot: string): boolean =>
  change.slot === slot && (!isPod(change.after) || podOf(change.after).isLeaving || isUp(change.after));

/** A pod that does not carry the image of the set has a reason. */
export const oneReason = (): Judge =>
  judge('one reason per unmoved pod', {
    plan: ({ reasons = [] }: Plan, seen, by) =>
      by !== 'sidecarset'
        ? []
        : podsIn(seen)
            .filter(cell => imageOf(cell) !== undefined && imageOf(cell) !== imageIn(seen))
            .filter(
              cell =>
                !podOf(cell).isLeaving && !reasons.some(({ pods }) => pods.some(pod => `pods/${pod}` === cell.slot)),
            )
            .map(({ slot }) => `${slot} does not carry ${imageIn(seen)} and has no reason`),
  });

/** When all is over, every pod runs the sidecar that is wanted, but for `behind` that may not. */
export const converges = (image: string, behind = 0): Judge =>
  judge('converges', {
    end: cells => {
      const pods = podsIn(cells);
      const done = pods.filter(cell => isUp(cell) && imageOf(cell) === image);
      return done.length >= pods.length - behind ? [] : [`${done.length} of ${pods.length} pods serve with ${image}`];
    },
  });
