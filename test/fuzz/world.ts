/** Real webhooks, and a store that they read. */

import type { Webhook } from '../../kube/contract.ts';
import { Store } from '../../kube/store.ts';
import { webhooksFor } from '../../webhooks/index.ts';
import { Namespaces } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { sidecarSets } from './objects.ts';

export interface World {
  readonly webhooks: readonly Webhook[];
  readonly store: Store;
}

const webhooks = webhooksFor({
  namespace: 'berth-system',
  secretName: 'berth-webhook-certificate',
  mutatingConfiguration: 'berth-mutating',
  validatingConfiguration: 'berth-validating',
});

export const newWorld = (): World => {
  const store = new Store();
  for (const resource of webhooks.flatMap(({ reads }) => reads)) store.register(resource);
  const replace = store.replacement(SidecarSets);
  for (const set of sidecarSets) replace.changed(set as Parameters<typeof replace.changed>[0]);
  replace.commit('9');
  const namespaces = store.replacement(Namespaces);
  namespaces.changed({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', uid: 'u-shop', resourceVersion: '5', labels: { mesh: 'on' } },
  });
  namespaces.commit('9');
  return { webhooks, store };
};
