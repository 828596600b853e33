/**
 * Records what a real apiserver answers in both encodings: `node test/protobuf/record.ts`. The fixtures are in the
 * repository; this writes them again, e.g. for another version of Kubernetes.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../../kube/client/connect.ts';
import type { Client } from '../../kube/client.ts';
import { systemClock } from '../../kube/clock.ts';
import { startCluster } from '../cluster/cluster.ts';
import { waitFor } from '../cluster/deadline.ts';
import { objects, statuses } from './objects.ts';

const folder = join(import.meta.dirname, 'fixtures');
const protobuf = 'application/vnd.kubernetes.protobuf';
const json = 'application/json';

const save = (name: string, body: Buffer | string): void => writeFileSync(join(folder, name), body);

/** Both at one version of the cluster: nothing may have been written between them. */
const saveAnswer = async (client: Client, name: string, path: string): Promise<void> => {
  const get = async (accept: string) => (await client.request({ method: 'GET', path, accept })).body;
  await waitFor(`a quiet moment for ${name}`, 60_000, async () => {
    const [before, compact, after] = [await get(json), await get(protobuf), await get(json)];
    if (!before.equals(after)) return undefined;
    save(`${name}.json`, after);
    save(`${name}.pb`, compact);
    return true;
  });
};

/** The same watch twice at the same time. */
const saveWatch = async (client: Client, name: string, query: Record<string, string>): Promise<void> => {
  const path = '/api/v1/namespaces/default/pods';
  const saveStream = async (accept: string, ending: string): Promise<void> => {
    const { chunks } = await client.stream({ method: 'GET', path, query: { watch: 'true', ...query }, accept });
    const whole: Buffer[] = [];
    for await (const chunk of chunks) whole.push(chunk);
    save(`${name}.${ending}`, Buffer.concat(whole));
  };
  await Promise.all([saveStream(`${protobuf};stream=watch`, 'pb'), saveStream(json, 'json')]);
};

await using cluster = await startCluster({ name: 'record', nodes: 2, kubelet: ['--scale', '0.2'] });
const client = await connect({ source: { kubeconfig: cluster.kubeconfig }, role: 'test', clock: systemClock });
await cluster.kubectl(['apply', '-f', '-'], objects.map(object => JSON.stringify(object)).join('\n---\n'));

const pods = '/api/v1/namespaces/default/pods';
await waitFor('the pods to run', 60_000, async () => {
  const { body } = await client.request({ method: 'GET', path: pods });
  const { items } = JSON.parse(body.toString('utf8')) as { items: { status: { phase: string } }[] };
  return items.filter(({ status }) => status.phase === 'Running').length >= 3 || undefined;
});
await cluster.kubelet?.kill();
for (const { name, body } of statuses) {
  const { status, body: text } = await client.request({
    method: 'PATCH',
    path: `${pods}/${name}/status`,
    contentType: 'application/strategic-merge-patch+json',
    body: JSON.stringify(body),
  });
  if (status !== 200) throw new Error(`${name}: ${text.toString('utf8')}`);
}
await cluster.kubectl(['delete', 'pod', 'leaving', '--wait=false']);
await cluster.kubectl(['taint', 'node', '--all', 'maintenance=soon:NoSchedule', 'quiet:PreferNoSchedule']);

await saveAnswer(client, 'pods', pods);
await saveAnswer(client, 'page', `${pods}?limit=2`);
await saveAnswer(client, 'nodes', '/api/v1/nodes');
await saveAnswer(client, 'pod', `${pods}/rich`);
await saveAnswer(client, 'missing', `${pods}/nobody`);
const initial = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' };
const watched = saveWatch(client, 'watch', { ...initial, timeoutSeconds: '10' });
await cluster.kubectl(['label', 'pod', 'bare', 'example.com/late=yes']);
await cluster.kubectl(['delete', 'pod', 'foreign', '--grace-period=0', '--force']);
await watched;
await saveWatch(client, 'refused', { ...initial, resourceVersion: '999999999', timeoutSeconds: '5' });
await client.close();
