/**
 * I2 for SidecarSets: while somebody leads, a place in the budget of a plain rolling set is taken within seconds by a pod
 * whose sidecars have former images and can be changed where they stand.
 */

import type { KubeObject, Wire } from '../../../kube/contract.ts';
import type { Rule } from '../checker.ts';
import { injectedIn, isLive, keyOf, list, type Pod, record, resolved, text } from '../objects.ts';
import { type Idle, Patience } from '../patience.ts';
import type { World } from '../world.ts';

export const sidecarBudgetIsUsed = (milliseconds: number): Rule => {
  const patience = new Patience(milliseconds);
  return {
    invariant: 'no budget left unused',
    needs: ['Pod', 'SidecarSet', 'Lease'],
    see: (change, world) =>
      patience.see(change, world, (_, now) =>
        [...world.of('SidecarSet').values()]
          .filter(isPlain)
          .flatMap(set => idleIn(set, world, pod => patience.isTrusted(pod, now))),
      ),
  };
};

/** Whoever holds pods back, or moves them in two steps, has a budget of his own. */
const isPlain = (set: KubeObject): boolean => {
  const spec = record(set['spec']);
  const { type, paused, partition, selector } = record(spec['updateStrategy']);
  const isHot = (container: Wire): boolean => record(container['upgradeStrategy'])['upgradeType'] === 'HotUpgrade';
  return (
    record(set['status'])['observedGeneration'] === set.metadata.generation &&
    (type ?? 'RollingUpdate') === 'RollingUpdate' &&
    paused !== true &&
    [undefined, 0, '0%'].includes(partition as string | number | undefined) &&
    selector === undefined &&
    record(spec['injectionStrategy'])['revision'] === undefined &&
    list(spec['initContainers']).length === 0 &&
    !list(spec['containers']).some(isHot)
  );
};

const idleIn = (set: KubeObject, world: World, isTrusted: (pod: Pod) => boolean): readonly Idle[] => {
  const pods = [...world.pods.values()].filter(
    pod => isLive(pod) && !pod.isLeaving && injectedIn(pod.annotations).includes(keyOf(set)),
  );
  const { maxUnavailable } = record(record(set['spec'])['updateStrategy']);
  const limit = resolved(maxUnavailable ?? 1, pods.length, Math.ceil) ?? 1;
  const behind = pods.filter(pod => isBehind(pod, set));
  const unsettled = pods.filter(pod => !isTrusted(pod)).length;
  return behind.length > 0 && unsettled < limit
    ? [
        {
          id: keyOf(set),
          what: `SidecarSet ${keyOf(set)} has had a place in its budget, and ${behind[0]?.key} behind,`,
        },
      ]
    : [];
};

const hashKey = 'kruise.io/sidecarset-hash-without-image';

const isBehind = (pod: Pod, set: KubeObject): boolean =>
  hashOf(pod, set) === set.metadata.annotations?.[hashKey] &&
  list(record(set['spec'])['containers']).some(({ name, image }) => {
    const container = pod.containers.get(text(name));
    return container?.isInjected === true && container.image !== image;
  });

/** Of what the pod got from the set, but for images. */
const hashOf = ({ annotations }: Pod, set: KubeObject): unknown => {
  try {
    return record(record(JSON.parse(annotations[hashKey] ?? '{}'))[keyOf(set)])['hash'];
  } catch {
    return undefined;
  }
};
