/** SidecarSets: rolls over pods of others, with a bad image, a change of mind, and pods that come and go. */

import { sidecarSets } from '../../../controllers/sidecarset/controller.ts';
import type { KubeObject, Wire } from '../../../kube/contract.ts';
import { podWebhook } from '../../../webhooks/pod/webhook.ts';
import { Namespaces, Pods } from '../../../workloads/resources.ts';
import { SidecarSets } from '../../../workloads/sidecarsets.ts';
import { aPod, aSidecarSet, type SetOptions } from '../../support/sidecarsets.ts';
import { wellFormed } from '../judges/plans.ts';
import { converges, oneReason, sidecarBudget } from '../judges/sidecarSet.ts';
import type { Edit, Given, Scenario } from '../scenario.ts';
import { deleting, installation, processOf } from './statefulSets.ts';

export const namespace: Given = {
  resource: Namespaces,
  object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } },
};

interface Story {
  readonly pods: number;
  readonly strategy?: Wire;
  /** The image that the set is changed to, or what else is done. */
  readonly edits: readonly (string | Edit)[];
  readonly image: string;
  readonly behind?: number;
  readonly promptStatus?: true;
}

const story = (name: string, { pods, strategy = {}, edits, image, behind, promptStatus }: Story): Scenario => ({
  name: `SidecarSet: ${name}`,
  controllers: [{ controller: sidecarSets(installation), key: 'logs' }],
  webhook: podWebhook(installation),
  objects: [
    namespace,
    { resource: SidecarSets, object: aSidecarSet({ strategy }) },
    ...Array.from({ length: pods }, (_, i) => ({ resource: Pods, object: aPod(`web-${i}`) })),
  ],
  settled: true,
  script: edits.map(edit => (typeof edit === 'string' ? rolling({ image: edit, strategy }) : edit)),
  processOf,
  judges: [sidecarBudget(), oneReason(), wellFormed(), converges(image, behind)],
  lagging: ['pods', 'sidecarsets', 'controllerrevisions'],
  lags: 1,
  crashes: 1,
  ...(promptStatus ? { promptStatus } : {}),
});

export const rolling = (options: SetOptions): Edit => ({
  says: `the SidecarSet is to be ${JSON.stringify(options)}`,
  slot: 'sidecarsets/logs',
  resource: SidecarSets,
  make: there => (there === undefined ? 'nothing' : { ...there.object, spec: aSidecarSet(options)['spec'] }),
});

const making = (ordinal: number): Edit => ({
  says: `makes web-${ordinal} again`,
  slot: `pods/default/web-${ordinal}`,
  resource: Pods,
  make: there => (there === undefined ? aPod(`web-${ordinal}`) : 'nothing'),
});

/** The app's own probe fails, or succeeds again. */
const probe = (ordinal: number, ready: boolean): Edit => ({
  says: `the probe of web-${ordinal} ${ready ? 'succeeds again' : 'fails'}`,
  slot: `pods/default/web-${ordinal}`,
  resource: Pods,
  make: there => (there === undefined ? 'nothing' : probed(there.object, ready)),
});

const probed = (pod: KubeObject, ready: boolean): KubeObject => {
  const status = pod['status'] as { readonly containerStatuses?: readonly Wire[] };
  const containerStatuses = status.containerStatuses?.map(c => (c['name'] === 'main' ? { ...c, ready } : c));
  return { ...pod, status: { ...status, containerStatuses } };
};

export const sidecarSetScenarios: readonly Scenario[] = [
  story('a new image', { pods: 3, edits: ['log:v2'], image: 'log:v2' }),
  story('a new image, four pods, two at a time', {
    pods: 4,
    strategy: { maxUnavailable: 2 },
    edits: ['log:v2'],
    image: 'log:v2',
    promptStatus: true,
  }),
  story('a change of mind', { pods: 2, edits: ['log:v2', 'log:v1'], image: 'log:v1' }),
  story('a bad image, then a good one', { pods: 2, edits: ['log:bad', 'log:v3'], image: 'log:v3' }),
  story('a bad image that stays', { pods: 3, edits: ['log:bad'], image: 'log:bad', behind: 3 }),
  story('an image that crashes, then the old one', { pods: 2, edits: ['log:crash', 'log:v1'], image: 'log:v1' }),
  story('a second name of the same image', { pods: 2, edits: ['log:v1again', 'log:v2'], image: 'log:v2' }),
  story('a pod is made again on the way', { pods: 2, edits: ['log:v2', deleting(1), making(1)], image: 'log:v2' }),
  story('a pod fails its probe meanwhile', {
    pods: 3,
    edits: [probe(1, false), 'log:v2', probe(1, true)],
    image: 'log:v2',
    promptStatus: true,
  }),
  story('a partition that is lifted', {
    pods: 3,
    strategy: { partition: 2 },
    edits: ['log:v2', rolling({ image: 'log:v2' })],
    image: 'log:v2',
  }),
];
