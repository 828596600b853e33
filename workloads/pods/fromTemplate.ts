/** The pod that a StatefulSet makes of a template: an identity, claims of its own, and a gate if it changes in place. */

import type { PersistentVolumeClaim, PodSpec, PodTemplate } from '../../api/kubernetes.ts';
import { conditions, labels } from '../../api/names.ts';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import { ownedBy, podNameOf, type StatefulSetView } from '../statefulsets.ts';
import { withGates } from './gates.ts';

export interface Making {
  readonly set: StatefulSetView;
  readonly ordinal: number;
  readonly revision: string;
  readonly template: PodTemplate;
  readonly serviceName: string;
  readonly claimTemplates: readonly PersistentVolumeClaim[];
  /** Whether its containers may be changed where it stands. */
  readonly gate: 'InPlaceUpdateReady' | 'none';
}

/** Everything of the template is kept, fields that we do not know too. */
export const podFromTemplate = (making: Making): KubeObject => {
  const { set, ordinal, revision, template } = making;
  const name = podNameOf(set, ordinal);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${set.name}-`,
      namespace: set.namespace,
      labels: {
        ...template.metadata?.labels,
        [labels.podName]: name,
        [labels.podIndex]: String(ordinal),
        [labels.revision]: revision,
      },
      ...(template.metadata?.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
      ...(template.metadata?.finalizers === undefined ? {} : { finalizers: template.metadata.finalizers }),
      ownerReferences: [ownedBy(set)],
    },
    spec: specOf(making, name),
  };
};

const specOf = (making: Making, name: string): Wire => {
  const { set, ordinal, template, claimTemplates } = making;
  const own = claimTemplates.flatMap(({ metadata }) =>
    metadata?.name === undefined
      ? []
      : [{ name: metadata.name, persistentVolumeClaim: { claimName: claimName(metadata.name, set.name, ordinal) } }],
  );
  const taken = new Set(own.map(volume => volume.name));
  const volumes = [...own, ...(template.spec?.volumes ?? []).filter(volume => !taken.has(volume.name))];
  return {
    ...template.spec,
    hostname: name,
    ...(making.serviceName === '' ? {} : { subdomain: making.serviceName }),
    ...(volumes.length === 0 ? {} : { volumes }),
    readinessGates: gatesOf(making),
  };
};

/** A webhook that is away must not decide which gates a pod has. */
const gatesOf = ({ template, gate }: Making): NonNullable<PodSpec['readinessGates']> =>
  withGates(template.spec?.readinessGates, [
    ...(gate === 'none' ? [] : [conditions.inPlaceUpdateReady]),
    conditions.kruisePodReady,
  ]);

export const claimName = (template: string, set: string, ordinal: number): string => `${template}-${set}-${ordinal}`;
