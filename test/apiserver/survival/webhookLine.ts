/** Calls to the webhook of an installation as the apiserver makes them. */

import { Agent } from 'node:https';
import type { Line } from '../../../kube/server/fixture.ts';
import type { Cluster } from '../../cluster/cluster.ts';

/** Trusts what the webhook's configurations trust. */
export const lineToWebhook = async (cluster: Cluster, webhookUrl: string): Promise<Line> => {
  const secret = await cluster.kubectl([
    ...['-n', 'berth-system', 'get', 'secret', 'berth-webhook-certificate'],
    ...['-o', 'jsonpath={.data.ca\\.crt}'],
  ]);
  return {
    port: Number(new URL(webhookUrl).port),
    ca: Buffer.from(secret, 'base64').toString(),
    agent: new Agent({ keepAlive: true }),
  };
};
