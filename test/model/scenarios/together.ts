/** A StatefulSet and a SidecarSet at work on the same pods. */

import { sidecarSets } from '../../../controllers/sidecarset/controller.ts';
import { statefulSets } from '../../../controllers/statefulset/controller.ts';
import { podWebhook } from '../../../webhooks/pod/webhook.ts';
import { SidecarSets } from '../../../workloads/sidecarsets.ts';
import { StatefulSets } from '../../../workloads/statefulsets.ts';
import { aSidecarSet } from '../../support/sidecarsets.ts';
import { aStatefulSet } from '../../support/statefulsets.ts';
import { wellFormed } from '../judges/plans.ts';
import * as ofSidecars from '../judges/sidecarSet.ts';
import * as ofSets from '../judges/statefulSet.ts';
import type { Edit, Scenario } from '../scenario.ts';
import { namespace, rolling } from './sidecarSets.ts';
import { deleting, installation, processOf, specEdit } from './statefulSets.ts';

interface Story {
  readonly replicas: number;
  readonly edits: readonly Edit[];
  readonly images: readonly [main: string, log: string];
}

const story = (name: string, { replicas, edits, images: [main, log] }: Story): Scenario => ({
  name: `both: ${name}`,
  controllers: [
    { controller: statefulSets, key: 'default/web' },
    { controller: sidecarSets(installation), key: 'logs' },
  ],
  webhook: podWebhook(installation),
  objects: [
    namespace,
    { resource: SidecarSets, object: aSidecarSet() },
    { resource: StatefulSets, object: aStatefulSet({ replicas }) },
  ],
  settled: true,
  script: edits,
  processOf,
  judges: [
    ofSets.budget(),
    ofSets.gateBeforePatch(),
    ofSets.inPlace(),
    ofSets.oneReason(),
    ofSets.converges({ image: main, replicas }),
    ofSidecars.sidecarBudget(),
    ofSidecars.oneReason(),
    ofSidecars.converges(log),
    wellFormed(),
  ],
  lagging: ['pods'],
  lags: 1,
  crashes: 1,
  promptStatus: true,
});

export const scenariosTogether: readonly Scenario[] = [
  story('both roll', {
    replicas: 2,
    edits: [specEdit({ replicas: 2, image: 'app:v2' }), rolling({ image: 'log:v2' })],
    images: ['app:v2', 'log:v2'],
  }),
  story('the sidecars roll first', {
    replicas: 2,
    edits: [rolling({ image: 'log:v2' }), specEdit({ replicas: 2, image: 'app:v2' })],
    images: ['app:v2', 'log:v2'],
  }),
  story('a bad sidecar, then a good one, while the set rolls', {
    replicas: 2,
    edits: [rolling({ image: 'log:bad' }), specEdit({ replicas: 2, image: 'app:v2' }), rolling({ image: 'log:v3' })],
    images: ['app:v2', 'log:v3'],
  }),
  story('a pod is deleted while the sidecars roll', {
    replicas: 2,
    edits: [rolling({ image: 'log:v2' }), deleting(1)],
    images: ['app:v1', 'log:v2'],
  }),
];
