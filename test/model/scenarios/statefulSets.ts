/** StatefulSets: rollouts with a change of mind, a bad image, a change of scale, and hands that reach in. */

import { statefulSets } from '../../../controllers/statefulset/controller.ts';
import type { KubeObject, Wire } from '../../../kube/contract.ts';
import { podWebhook } from '../../../webhooks/pod/webhook.ts';
import { Pods } from '../../../workloads/resources.ts';
import { StatefulSets } from '../../../workloads/statefulsets.ts';
import { aStatefulSet, type SetOptions } from '../../support/statefulsets.ts';
import type { Cell } from '../cells.ts';
import { wellFormed } from '../judges/plans.ts';
import { budget, converges, gateBeforePatch, inPlace, oneReason, type Wanted } from '../judges/statefulSet.ts';
import type { ProcessOf } from '../kubelet.ts';
import type { Edit, Scenario } from '../scenario.ts';

/** Images whose names say so crash. */
export const processOf: ProcessOf = ({ image = '' }) => (image.includes('crash') ? 'crashes' : 'stays');

export const installation = {
  namespace: 'berth-system',
  secretName: 's',
  mutatingConfiguration: 'm',
  validatingConfiguration: 'v',
};

export interface Story {
  readonly options?: SetOptions;
  /** What the set is changed to, one after the other. */
  readonly edits: readonly (SetOptions | Edit)[];
  readonly wanted: Wanted;
  readonly recreates?: true;
  readonly settled?: false;
  readonly promptStatus?: true;
}

export const story = (
  name: string,
  { options = {}, edits, wanted, recreates, settled, promptStatus }: Story,
): Scenario => ({
  name: `StatefulSet: ${name}`,
  controllers: [{ controller: statefulSets, key: 'default/web' }],
  webhook: podWebhook(installation),
  objects: [{ resource: StatefulSets, object: aStatefulSet(options) }],
  settled: settled ?? true,
  script: edits.map(edit => ('says' in edit ? edit : specEdit({ ...options, ...edit }))),
  processOf,
  judges: [
    budget(),
    gateBeforePatch(),
    oneReason(),
    wellFormed(),
    converges(wanted),
    ...(recreates ? [] : [inPlace()]),
  ],
  lagging: ['pods', 'statefulsets', 'controllerrevisions'],
  lags: 1,
  crashes: 1,
  ...(promptStatus ? { promptStatus } : {}),
});

export const specEdit = (options: SetOptions): Edit => ({
  says: `the set is to be ${JSON.stringify(options)}`,
  slot: 'statefulsets/default/web',
  resource: StatefulSets,
  make: there => (there === undefined ? 'nothing' : { ...there.object, spec: aStatefulSet(options)['spec'] }),
});

/** Something that is done to the pod `web-<ordinal>` if it is there. */
const podEdit = (says: string, ordinal: number, change: (pod: KubeObject) => KubeObject): Edit => ({
  says: `${says} web-${ordinal}`,
  slot: `pods/default/web-${ordinal}`,
  resource: Pods,
  make: there => (there === undefined || isLeaving(there) ? 'nothing' : change(there.object)),
});

const isLeaving = ({ object }: Cell): boolean => object.metadata.deletionTimestamp !== undefined;

export const deleting = (ordinal: number): Edit =>
  podEdit('deletes', ordinal, pod => ({
    ...pod,
    metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T12:00:00Z' },
  }));

export const settingImage = (ordinal: number, image: string): Edit =>
  podEdit(`sets image ${image} on`, ordinal, pod => {
    const { containers, ...spec } = pod['spec'] as { readonly containers: readonly Wire[] };
    return { ...pod, spec: { ...spec, containers: containers.map(c => (c['name'] === 'main' ? { ...c, image } : c)) } };
  });

const two = { replicas: 2 };
const three = { replicas: 3 };

export const statefulSetScenarios: readonly Scenario[] = [
  story('a new image', { options: two, edits: [{ image: 'app:v2' }], wanted: { image: 'app:v2', ...two } }),
  story('a new image, three pods', {
    options: three,
    edits: [{ image: 'app:v2' }],
    wanted: { image: 'app:v2', ...three },
  }),
  story('a new image, four pods, two at a time', {
    promptStatus: true,
    options: { replicas: 4, rolling: { maxUnavailable: 2 } },
    edits: [{ image: 'app:v2' }],
    wanted: { image: 'app:v2', replicas: 4 },
  }),
  story('a change of mind', { options: two, edits: [{ image: 'app:v2' }, {}], wanted: { image: 'app:v1', ...two } }),
  story('a change of mind, and again', {
    options: two,
    edits: [{ image: 'app:v2' }, {}, { image: 'app:v2' }],
    wanted: { image: 'app:v2', ...two },
  }),
  story('a second name of the same image, and back', {
    options: two,
    edits: [{ image: 'app:v1again' }, {}],
    wanted: { image: 'app:v1', ...two },
  }),
  story('a bad image, then a good one', {
    options: two,
    edits: [{ image: 'app:bad' }, { image: 'app:v3' }],
    wanted: { image: 'app:v3', ...two },
  }),
  story('a bad image that stays', {
    options: three,
    edits: [{ image: 'app:bad' }],
    wanted: { image: 'app:bad', ...three, behind: 3 },
  }),
  story('an image that crashes, then the old one', {
    options: two,
    edits: [{ image: 'app:crash' }, {}],
    wanted: { image: 'app:v1', ...two },
  }),
  story('a pod is deleted on the way', {
    options: three,
    edits: [{ image: 'app:v2' }, deleting(1)],
    wanted: { image: 'app:v2', ...three },
  }),
  story('fewer pods on the way', {
    options: three,
    edits: [{ image: 'app:v2' }, { image: 'app:v2', ...two }],
    wanted: { image: 'app:v2', ...two },
  }),
  story('more pods on the way', {
    options: two,
    edits: [{ image: 'app:v2' }, { image: 'app:v2', ...three }],
    wanted: { image: 'app:v2', ...three },
  }),
  story('an image set on a pod', {
    options: two,
    edits: [settingImage(1, 'app:v7'), { image: 'app:v2' }],
    wanted: { image: 'app:v2', ...two },
  }),
  story('drained for a while, Ready for a while', {
    options: { ...two, rolling: { minReadySeconds: 5, inPlaceUpdateStrategy: { gracePeriodSeconds: 5 } } },
    edits: [{ image: 'app:v2' }, {}],
    wanted: { image: 'app:v1', ...two },
  }),
  story('new pods each time', {
    options: { ...three, policy: 'ReCreate' },
    edits: [{ image: 'app:v2' }],
    wanted: { image: 'app:v2', ...three },
    recreates: true,
  }),
  story('new pods each time, and a change of mind', {
    options: { ...two, policy: 'ReCreate' },
    edits: [{ image: 'app:bad' }, {}],
    wanted: { image: 'app:v1', ...two },
    recreates: true,
  }),
  story('created in order', {
    options: { ...three, management: 'OrderedReady' },
    edits: [{ image: 'app:v2' }],
    wanted: { image: 'app:v2', ...three },
    settled: false,
  }),
  story('created at once', { options: three, edits: [], wanted: { image: 'app:v1', ...three }, settled: false }),
  story('a partition that is lifted', {
    options: three,
    edits: [{ image: 'app:v2', rolling: { partition: 2 } }, { image: 'app:v2' }],
    wanted: { image: 'app:v2', ...three },
  }),
];
