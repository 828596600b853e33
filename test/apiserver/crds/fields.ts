/** Single fields, and what becomes of them. */

import type { Wish } from './objects.ts';

/** What OpenKruise's webhooks let through. */
export const accepted: readonly [string, Wish][] = [
  [
    'strategies that nobody reads',
    {
      kind: 'SidecarSet',
      spec: { updateStrategy: { type: 'NotUpdate', partition: -1, maxUnavailable: 'abc', selector: {} } },
    },
  ],
  [
    'an unknown strategy type',
    { kind: 'SidecarSet', spec: { updateStrategy: { type: 'Sometimes', partition: 'abc' } } },
  ],
  ['no unavailability at all', { kind: 'SidecarSet', spec: { updateStrategy: { maxUnavailable: 0 } } }],
  ['a negative history', { kind: 'SidecarSet', spec: { revisionHistoryLimit: -3 } }],
  [
    'odd values that are not checked',
    {
      kind: 'SidecarSet',
      spec: {
        initContainers: [{ name: 'a', podInjectPolicy: 'Middle' }],
        containers: [{ name: 'b', upgradeStrategy: { upgradeType: 'Magic' } }],
      },
    },
  ],
  [
    'empty strings as Go clients write them',
    {
      kind: 'SidecarSet',
      spec: {
        updateStrategy: { type: '' },
        injectionStrategy: { revision: { revisionName: 'r', policy: '' } },
        containers: [{ name: 'b', podInjectPolicy: '' }],
      },
    },
  ],
  [
    'empty strings in a StatefulSet',
    {
      kind: 'StatefulSet',
      spec: { podManagementPolicy: '', updateStrategy: { type: '', rollingUpdate: { podUpdatePolicy: '' } } },
    },
  ],
  ['any claim strategy', { kind: 'StatefulSet', spec: { volumeClaimUpdateStrategy: { type: 'Magic' } } }],
  [
    'a partition beyond the replicas',
    { kind: 'StatefulSet', spec: { updateStrategy: { rollingUpdate: { partition: 99 } } } },
  ],
  [
    'more than all pods',
    {
      kind: 'StatefulSet',
      spec: { podManagementPolicy: 'Parallel', updateStrategy: { rollingUpdate: { maxUnavailable: '150%' } } },
    },
  ],
  [
    'unknown policies and negative numbers',
    { kind: 'BroadcastJob', spec: { parallelism: -1, failurePolicy: { type: 'Explode', restartLimit: -3 } } },
  ],
  ['a parallelism that is no number', { kind: 'BroadcastJob', spec: { parallelism: 'abc' } }],
];

const rolling = (rollingUpdate: object) => ({ updateStrategy: { rollingUpdate } });

/** The path that a refusal names, and what is refused. */
export const refused: readonly [string, Wish][] = [
  ['metadata.name', { kind: 'SidecarSet', name: 'a.b' }],
  ['metadata.name', { kind: 'StatefulSet', name: 'a'.repeat(64) }],
  ['spec.selector', { kind: 'SidecarSet', spec: { selector: {} } }],
  ['spec.namespaceSelector', { kind: 'SidecarSet', spec: { namespaceSelector: { matchLabels: {} } } }],
  ['spec', { kind: 'SidecarSet', spec: { containers: [] } }],
  [
    'spec.containers[0].podInjectPolicy',
    { kind: 'SidecarSet', spec: { containers: [{ name: 'a', podInjectPolicy: 'Middle' }] } },
  ],
  [
    'spec.containers[0].resourcesPolicy.targetContainersMode',
    {
      kind: 'SidecarSet',
      spec: { containers: [{ name: 'a', resourcesPolicy: { targetContainersMode: 'avg', resourcesExpr: {} } }] },
    },
  ],
  ['spec.updateStrategy.partition', { kind: 'SidecarSet', spec: { updateStrategy: { partition: '-5%' } } }],
  ['spec.updateStrategy.maxUnavailable', { kind: 'SidecarSet', spec: { updateStrategy: { maxUnavailable: -1 } } }],
  ['spec.replicas', { kind: 'StatefulSet', spec: { replicas: -1 } }],
  ['spec.replicas', { kind: 'StatefulSet', spec: { replicas: 'three' } }],
  ['spec.selector', { kind: 'StatefulSet', spec: { selector: undefined } }],
  ['spec.podManagementPolicy', { kind: 'StatefulSet', spec: { podManagementPolicy: 'Magic' } }],
  ['spec.reserveOrdinals[0]', { kind: 'StatefulSet', spec: { reserveOrdinals: [1.5] } }],
  [
    'spec.updateStrategy.rollingUpdate',
    { kind: 'StatefulSet', spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: {} } } },
  ],
  ['spec.updateStrategy.rollingUpdate.partition', { kind: 'StatefulSet', spec: rolling({ partition: -1 }) }],
  [
    'spec.updateStrategy.rollingUpdate.minReadySeconds',
    { kind: 'StatefulSet', spec: rolling({ minReadySeconds: 301 }) },
  ],
  [
    'spec.updateStrategy.rollingUpdate.podUpdatePolicy',
    { kind: 'StatefulSet', spec: rolling({ podUpdatePolicy: 'Magic' }) },
  ],
  ['spec.updateStrategy.rollingUpdate.maxUnavailable', { kind: 'StatefulSet', spec: rolling({ maxUnavailable: 2 }) }],
  [
    'spec.updateStrategy.rollingUpdate.unorderedUpdate',
    { kind: 'StatefulSet', spec: rolling({ unorderedUpdate: {} }) },
  ],
  [
    'spec.scaleStrategy.maxUnavailable',
    { kind: 'StatefulSet', spec: { podManagementPolicy: 'Parallel', scaleStrategy: { maxUnavailable: '0%' } } },
  ],
  [
    'spec.persistentVolumeClaimRetentionPolicy.whenScaled',
    { kind: 'StatefulSet', spec: { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Keep' } } },
  ],
  ['spec.template', { kind: 'BroadcastJob', spec: { template: undefined } }],
  [
    'spec.completionPolicy.ttlSecondsAfterFinished',
    { kind: 'BroadcastJob', spec: { completionPolicy: { type: 'Never', ttlSecondsAfterFinished: 0 } } },
  ],
  [
    'spec.completionPolicy.activeDeadlineSeconds',
    { kind: 'BroadcastJob', spec: { completionPolicy: { type: 'Never', activeDeadlineSeconds: 1 } } },
  ],
  ['spec.paused', { kind: 'BroadcastJob', spec: { paused: 'yes' } }],
];
