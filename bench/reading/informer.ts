/** Reads all pods with the official client's informer, then follows events: the baseline. */

import { CoreV1Api, KubeConfig, makeInformer, type V1Pod } from '@kubernetes/client-node';
import { given, say, startUsage } from '../usage.ts';
import type { ReaderOptions, ReaderOrder } from './reader.ts';

const { kubeconfig } = given<ReaderOptions>();
const config = new KubeConfig();
config.loadFromFile(kubeconfig);
const api = config.makeApiClient(CoreV1Api);
const sync = startUsage();
const informer = makeInformer<V1Pod>(config, '/api/v1/pods', () => api.listPodForAllNamespaces());
informer.on('error', error => {
  throw error;
});
await informer.start();
say({ ...sync(), pods: informer.list().length });

process.on('message', (order: ReaderOrder) => {
  if (order.do !== 'follow') return;
  const { count } = order;
  let left = count;
  let usage = startUsage();
  informer.on('update', () => {
    if (left === count) usage = startUsage();
    left -= 1;
    if (left === 0) say(usage());
  });
  say({ is: 'listening' });
});
process.once('disconnect', () => process.exit());
