/** The same patches by the official client as it comes: another baseline. */

import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { given } from '../usage.ts';
import { measured } from './measured.ts';
import { opsFor, podAt, type WriterOptions } from './writer.ts';

const options = given<WriterOptions>();
const { kubeconfig, pods } = options;
const config = new KubeConfig();
config.loadFromFile(kubeconfig);
const api = config.makeApiClient(CoreV1Api);

const patch = async (index: number): Promise<void> => {
  const pod = podAt(pods, index);
  await api.patchNamespacedPod({ namespace: pod.namespace, name: pod.name, body: opsFor(pod, index) });
};

await measured(patch, options);
