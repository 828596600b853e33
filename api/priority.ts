/** Which pods go first in a rollout, as StatefulSets and SidecarSets spell it. */

import { selector } from './labelSelector.ts';
import { array, int32, object, optional, type Schema, string } from './schema.ts';

const strategyOf = (weight: Schema<number>) =>
  object({
    orderPriority: optional(
      array(object({ orderedKey: string().about('The label whose value ends in the number to sort by.') })).about(
        'Pods are sorted by the number at the end of a label value, greatest first.',
      ),
    ),
    weightPriority: optional(
      array(object({ weight, matchSelector: selector().about('The pods that get this weight.') })).about(
        'Pods are sorted by the sum of the weights whose selectors match them, greatest first.',
      ),
    ),
  });

/** Weights that the apiserver checks. */
export const priorityStrategy = () => strategyOf(int32({ min: 0, max: 100 }));

/** Weights of any size: OpenKruise looks at them only where they are used. */
export const unboundedPriorityStrategy = () => strategyOf(int32());
