/** Containers of a new pod that stand under a name which a SidecarSet gives to one of its own. */

import type { Container, Pod } from '../../api/kubernetes.ts';
import type { KubeObject, Problem } from '../../kube/contract.ts';
import { isInjected } from './environment.ts';
import { type Injection, namesInPod } from './injection.ts';

/** For sets that would rather have no pod than a pod whose container they replace. Nothing for a pod of odd shape. */
export const nameConflicts = (pod: KubeObject, { set, ...lists }: Injection): readonly Problem[] =>
  (['initContainers', 'containers'] as const).flatMap(list => {
    const names = new Set(lists[list].flatMap(namesInPod));
    return containersIn(pod, list).flatMap((container, index): readonly Problem[] =>
      names.has(container.name) && !isInjected(container)
        ? [
            {
              field: `spec.${list}[${index}].name`,
              message: `${JSON.stringify(container.name)} is the name of a container of SidecarSet ${set}, which refuses pods that have their own of that name`,
              reason: 'FieldValueInvalid',
            },
          ]
        : [],
    );
  });

const containersIn = (pod: KubeObject, list: 'initContainers' | 'containers'): readonly Container[] => {
  const { spec } = pod as unknown as Partial<Pod>;
  const containers: unknown = spec?.[list];
  return Array.isArray(containers) ? containers.filter(isContainer) : [];
};

const isContainer = (value: unknown): value is Container =>
  typeof value === 'object' && value !== null && 'name' in value && (!('env' in value) || Array.isArray(value.env));
