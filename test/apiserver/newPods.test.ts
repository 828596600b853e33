/** What new pods get on a real control plane beside sidecars: a gate that somebody opens, and containers in an order. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Pod, PodCondition } from '../../api/kubernetes.ts';
import type { Wire } from '../../kube/contract.ts';
import { waitFor } from '../cluster/deadline.ts';
import { installBerth } from '../cluster/installation.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { judged, recordCluster } from '../instruments/judged.ts';

const cluster = await clusterForTests({ nodes: 2 });
const { controller } = await installBerth(cluster, { webhook: { flags: ['--pod-ready-gate', 'all'] } });
const recorder = await recordCluster(cluster);
after(() => recorder[Symbol.asyncDispose]());
const { kubectl } = cluster;

const apply = (object: object): Promise<string> => kubectl(['create', '-f', '-'], JSON.stringify(object));
const aPod = (name: string, spec: Wire, metadata: Wire = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...metadata },
  spec: { terminationGracePeriodSeconds: 1, ...spec },
});
const podOf = async (name: string): Promise<Pod> =>
  JSON.parse(await kubectl(['get', 'pod', name, '-o', 'json'])) as Pod;
const conditionOf = ({ status }: Pod, type: string): PodCondition | undefined =>
  status?.conditions?.find(c => c.type === type);
const untilReady = (name: string, is: 'True' | 'False', timeout = 30_000): Promise<true> =>
  waitFor(`${name} to be Ready=${is}`, timeout, async () =>
    conditionOf(await podOf(name), 'Ready')?.status === is ? true : undefined,
  );

/** As those who follow the protocol of the condition's message write it. */
const hold = (name: string, holders: readonly Wire[]): Promise<string> => {
  const condition = { type: 'KruisePodReady', status: 'False', message: JSON.stringify(holders) };
  const body = JSON.stringify({ status: { conditions: [condition] } });
  return kubectl(['patch', 'pod', name, '--subresource=status', '-p', body]);
};

test('a pod of anybody is Ready with the gate, as long as nobody holds it', async () => {
  await apply(aPod('plain', { containers: [{ name: 'main', image: 'example.test/app:v1' }] }));
  await untilReady('plain', 'True');
  const { spec } = await podOf('plain');
  assert.deepEqual(spec?.readinessGates, [{ conditionType: 'KruisePodReady' }]);
  await hold('plain', [{ userAgent: 'Test', key: 'maintenance' }]);
  await untilReady('plain', 'False');
  await hold('plain', []);
  await untilReady('plain', 'True');
});

test('a pod that is made while no controller runs is Ready when one comes back', async () => {
  await controller.kill();
  await apply(aPod('early', { containers: [{ name: 'main', image: 'example.test/app:v1' }] }));
  await waitFor('its containers to run', 30_000, async () =>
    conditionOf(await podOf('early'), 'ContainersReady')?.status === 'True' ? true : undefined,
  );
  assert.equal(conditionOf(await podOf('early'), 'Ready')?.status, 'False');
  await controller.restart();
  await untilReady('early', 'True', 60_000);
});

const startsOf = ({ status }: Pod): readonly (readonly [string, string])[] =>
  (status?.containerStatuses ?? []).flatMap(({ name, state }) =>
    state?.running?.startedAt === undefined ? [] : [[name, String(state.running.startedAt)] as const],
  );

test('containers start in the order of their list, each when the one before is ready, sidecars first', async () => {
  const set = {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'SidecarSet',
    metadata: { name: 'mesh' },
    spec: {
      selector: { matchLabels: { app: 'ordered' } },
      containers: [{ name: 'proxy', image: 'example.test/proxy:v1' }],
      patchPodMetadata: [],
    },
  };
  await apply(set);
  await kubectl(['wait', '--for=condition=InjectionActive', 'sidecarset/mesh', '--timeout=30s']);
  const containers = ['main', 'tail'].map(name => ({ name, image: `example.test/${name}:v1` }));
  const annotations = { 'apps.kruise.io/container-launch-priority': 'Ordered', 'fake-kubelet/ready-delay': '1500ms' };
  await apply(aPod('ordered', { containers }, { labels: { app: 'ordered' }, annotations }));
  await untilReady('ordered', 'True', 60_000);
  const pod = await podOf('ordered');
  const starts = startsOf(pod);
  assert.deepEqual(
    starts.toSorted(([, a], [, b]) => (a < b ? -1 : 1)).map(([name]) => name),
    ['proxy', 'main', 'tail'],
  );
  assert.equal(new Set(starts.map(([, at]) => at)).size, 3, JSON.stringify(starts));
  const barrier = await kubectl(['get', 'configmap', 'ordered-barrier', '-o', 'jsonpath={.data}']);
  assert.deepEqual(Object.keys(JSON.parse(barrier) as object).sort(), ['p_-1', 'p_-2', 'p_0']);
});

test('a ConfigMap goes with its pod', async () => {
  await kubectl(['delete', 'pod', 'ordered', '--wait=true']);
  await waitFor('its ConfigMap to be gone', 60_000, async () =>
    (await kubectl(['get', 'configmap', 'ordered-barrier', '--ignore-not-found'])) === '' ? true : undefined,
  );
});

test('no revision of all this breaks an invariant', async t => {
  const { revisions } = await judged(recorder);
  t.diagnostic(`${revisions} revisions checked`);
});
