/** The same patches by the official client as it comes: another baseline. */

import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { given, say, startUsage } from '../usage.ts';
import { opsFor, podAt, type WriterOptions } from './writer.ts';

const { kubeconfig, pods, warmUp, patches } = given<WriterOptions>();
const inFlight = 32;
const config = new KubeConfig();
config.loadFromFile(kubeconfig);
const api = config.makeApiClient(CoreV1Api);

const patch = async (index: number): Promise<void> => {
  const { namespace, name, ...pod } = podAt(pods, index);
  await api.patchNamespacedPod({ namespace, name, body: opsFor({ namespace, name, ...pod }, index) });
};

const run = async (count: number): Promise<void> => {
  let next = 0;
  const loop = async (): Promise<void> => {
    while (next < count) await patch(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
};

await run(warmUp);
const usage = startUsage();
await run(patches);
say(usage());
process.once('disconnect', () => process.exit());
