/** A container that is upgraded hot stands in a pod twice, under names of its own, once with an image that does nothing. */

import { invalid, type Problem, required } from '../../api/problem.ts';
import { twinsOf } from '../../workloads/sidecars/injection.ts';
import { itemsOf, memberOf, type Raw, textOf } from './raw.ts';

/** Names of Kubernetes' containers have 63 characters at most, and `-1` takes two of them. */
const longestName = 61;

export const hotUpgradeProblems = (spec: Raw): readonly Problem[] => {
  const placed = placedIn(spec);
  return placed.filter(isHot).flatMap(({ container, path }) => {
    const name = textOf(container, 'name');
    const taken = twinsOf(name).find(twin => placed.some(other => other.container !== container && has(other, twin)));
    return [
      ...(textOf(memberOf(container, 'upgradeStrategy'), 'hotUpgradeEmptyImage') === ''
        ? [required(`${path}.upgradeStrategy.hotUpgradeEmptyImage`, 'must be given for HotUpgrade')]
        : []),
      ...(name.length > longestName
        ? [invalid(`${path}.name`, `must be at most ${longestName} characters long for HotUpgrade`)]
        : []),
      ...(taken === undefined
        ? []
        : [invalid(`${path}.name`, `HotUpgrade needs the name ${JSON.stringify(taken)}, which another container has`)]),
    ];
  });
};

interface Placed {
  readonly container: Raw;
  readonly path: string;
  /** It runs as long as its pod: only then it is upgraded at all. */
  readonly runsOn: boolean;
}

const placedIn = (spec: Raw): readonly Placed[] => [
  ...itemsOf(spec, 'containers').map((container, i) => ({ container, path: `spec.containers[${i}]`, runsOn: true })),
  ...itemsOf(spec, 'initContainers').map((container, i) => ({
    container,
    path: `spec.initContainers[${i}]`,
    runsOn: textOf(container, 'restartPolicy') === 'Always',
  })),
];

const isHot = ({ container, runsOn }: Placed): boolean =>
  runsOn && textOf(memberOf(container, 'upgradeStrategy'), 'upgradeType') === 'HotUpgrade';

/** Whether the pod's container of this name is this one, or one of its twins. */
const has = (placed: Placed, name: string): boolean => {
  const own = textOf(placed.container, 'name');
  return (isHot(placed) ? twinsOf(own) : [own]).includes(name);
};
