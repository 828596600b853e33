/** Rules of canary sets, which stand in for a base set where both match. */

import { annotations } from '../../api/names.ts';
import { invalid, type Problem } from '../../api/problem.ts';
import { normaliseSidecarSet } from '../../api/sidecarset.ts';
import type { KubeObject, Reader } from '../../kube/contract.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';

export const canaryProblems = (
  object: KubeObject,
  before: KubeObject | undefined,
  reader: Reader,
): readonly Problem[] => {
  const base = baseOf(object);
  if (base === '') return [];
  const wrong = (message: string): Problem => invalid(`metadata.annotations[${annotations.sidecarSetBase}]`, message);
  const found = reader.get(SidecarSets, base);
  return [
    ...(base === object.metadata.name ? [wrong('base sidecarSet cannot be itself')] : []),
    ...(before !== undefined && baseOf(before) !== base ? [wrong('is immutable')] : []),
    ...(found === undefined ? [wrong(`fetch base sidecarSet[${base}] failed: it does not exist`)] : []),
    ...(found?.usable?.canaryOf === undefined ? [] : [wrong('base sidecarSet cannot be canary')]),
    ...strategyProblem(object),
  ];
};

const strategyProblem = (object: KubeObject): readonly Problem[] => {
  const { spec } = normaliseSidecarSet(object);
  return spec === undefined || spec.updateStrategy.type === 'NotUpdate'
    ? []
    : [invalid('spec.updateStrategy.type', 'RollingUpdate is not supported for canary sidecarSet')];
};

const baseOf = ({ metadata }: KubeObject): string =>
  metadata.annotations?.[annotations.sidecarSetCanary] === 'true'
    ? (metadata.annotations[annotations.sidecarSetBase] ?? '')
    : '';
