/** Every webhook of Berth; their configurations are generated from this list. */

import type { Webhook } from '../kube/contract.ts';
import type { Installation } from '../workloads/installation.ts';
import { recordedIn } from '../workloads/resources.ts';
import { broadcastJobWebhook } from './broadcastjob/webhook.ts';
import { podWebhook } from './pod/webhook.ts';
import { sidecarSetHashes, sidecarSetRules } from './sidecarset/webhook.ts';
import { statefulSetWebhook } from './statefulset/webhook.ts';

export const webhooksFor = (installation: Installation): readonly Webhook[] => {
  const revisions = recordedIn(installation.namespace);
  return [
    podWebhook(installation, revisions),
    sidecarSetHashes,
    sidecarSetRules(installation, revisions),
    statefulSetWebhook,
    broadcastJobWebhook,
  ];
};
