/** StatefulSets for tests: valid by default, so that a test says only what it is about. */

import type { KubeObject, Wire } from '../../kube/contract.ts';

export interface SetOptions {
  readonly name?: string;
  readonly replicas?: number;
  readonly image?: string;
  readonly policy?: 'ReCreate' | 'InPlaceIfPossible' | 'InPlaceOnly';
  readonly management?: 'Parallel' | 'OrderedReady';
  /** Members of `spec.updateStrategy.rollingUpdate`. */
  readonly rolling?: Wire;
  /** Members of `spec.template.spec`. */
  readonly pod?: Wire;
  /** Members of `spec.template.metadata`. */
  readonly podMetadata?: Wire;
  readonly spec?: Wire;
}

/** Three pods `web-0` to `web-2` of one container `main`, in place and in parallel. */
export const aStatefulSet = (options: SetOptions = {}): KubeObject => {
  const {
    name = 'web',
    replicas = 3,
    image = 'app:v1',
    policy = 'InPlaceIfPossible',
    management = 'Parallel',
  } = options;
  return {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'StatefulSet',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      podManagementPolicy: management,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { podUpdatePolicy: policy, ...options.rolling } },
      template: {
        metadata: { labels: { app: name }, ...options.podMetadata },
        spec: { containers: [{ name: 'main', image }], ...options.pod },
      },
      ...options.spec,
    },
  };
};
