/** A real apiserver with fake kubelets: pods that are injected, pods that are updated in place, and plain patches. */

import { connect } from '../kube/client/connect.ts';
import type { Client } from '../kube/client.ts';
import { systemClock as clock } from '../kube/clock.ts';
import type { KubeObject } from '../kube/contract.ts';
import { type Machine, startMachine } from '../kube/machine.ts';
import { type Cluster, startCluster } from '../test/cluster/cluster.ts';
import { waitFor } from '../test/cluster/deadline.ts';
import { type Berth, installBerth } from '../test/cluster/installation.ts';
import { changesBy, isController, readPodWrites } from '../test/instruments/audit.ts';
import { containerOf, type PodView } from '../workloads/pods/view.ts';
import { Pods } from '../workloads/resources.ts';
import { pod, setOf, sidecarSets } from './admission/objects.ts';
import type { Row } from './figures.ts';
import { type Plan, type Report, repeated } from './plan.ts';
import { usageOf } from './usage.ts';
import { write } from './writing.ts';

const nodes = 20;
const all = 1000;
const namespace = 'team';
const rolled = 'set-1';
const before = 'v1.2.3';
const after = 'v1.2.4';
const patches = 4000;

interface Site {
  readonly cluster: Cluster;
  readonly berth: Berth;
  readonly client: Client;
  readonly machine: Machine;
}

interface Phase {
  readonly seconds: number;
  readonly webhookCpu: number;
  readonly controllerCpu: number;
}

interface Result {
  readonly injection: Phase;
  readonly update: Phase;
  readonly writesPerPod: { readonly mean: number; readonly most: number };
  readonly rssMb: { readonly webhook: number; readonly controller: number };
  readonly patches: { readonly ours: number; readonly bare: number };
}

const pidOf = (pid: number | undefined): number => {
  if (pid === undefined) throw new Error('a process of Berth has ended');
  return pid;
};

const timed = async ({ berth }: Site, run: () => Promise<unknown>): Promise<Phase> => {
  const cpuOf = (): readonly number[] =>
    [berth.webhook, berth.controller].map(({ pid }) => usageOf(pidOf(pid)).cpuSeconds);
  const [webhook = 0, controller = 0] = cpuOf();
  const began = performance.now();
  await run();
  const seconds = (performance.now() - began) / 1000;
  const [webhookAfter = 0, controllerAfter = 0] = cpuOf();
  return { seconds, webhookCpu: webhookAfter - webhook, controllerCpu: controllerAfter - controller };
};

const post = async (client: Client, path: string, object: object): Promise<void> => {
  const body = JSON.stringify(object);
  const answer = await client.request({ method: 'POST', path, contentType: 'application/json', body });
  if (answer.status >= 300) throw new Error(answer.body.toString('utf8'));
};

/** Of the twenty sets one matches every pod, and one every other: that one is rolled later. */
const sets = (): readonly KubeObject[] =>
  sidecarSets.map((set, index) =>
    index === 1 ? setOf(1, { matchLabels: { app: 'web', half: 'a' }, maxUnavailable: '20%' }) : set,
  );

const createSets = async ({ client, cluster }: Site): Promise<void> => {
  const path = '/apis/apps.kruise.io/v1beta1/sidecarsets';
  for (const { metadata, ...set } of sets()) await post(client, path, { ...set, metadata: { name: metadata.name } });
  await cluster.kubectl(['wait', '--for=condition=InjectionActive', '--timeout=60s', 'sidecarset', '--all']);
};

const createPods = async ({ client, machine }: Site): Promise<void> => {
  const create = (index: number): Promise<void> =>
    post(client, `/api/v1/namespaces/${namespace}/pods`, pod(`web-${index}`, { half: index % 2 === 0 ? 'a' : 'b' }));
  let next = 0;
  const inTurn = async (): Promise<void> => {
    while (next < all) await create(next++);
  };
  await Promise.all(Array.from({ length: 16 }, inTurn));
  await every(machine, `${all} pods to be injected and ready`, all, isInjected);
};

const isInjected = ({ ready, labels, injectedSets }: PodView): boolean =>
  ready === 'True' && injectedSets.length === (labels['half'] === 'a' ? 2 : 1);

const roll = async ({ client, machine }: Site): Promise<void> => {
  const image = `registry.example.com/infra/sidecar-1:${after}`;
  const { status, body } = await client.request({
    method: 'PATCH',
    path: `/apis/apps.kruise.io/v1beta1/sidecarsets/${rolled}`,
    contentType: 'application/json-patch+json',
    body: JSON.stringify([{ op: 'replace', path: '/spec/containers/0/image', value: image }]),
  });
  if (status !== 200) throw new Error(body.toString('utf8'));
  await every(machine, `${all / 2} pods to run ${image}`, all / 2, view => runs(view, image));
};

const runs = (view: PodView, image: string): boolean =>
  view.ready === 'True' && containerOf(view, 'sidecar-1')?.status?.image.endsWith(image) === true;

const every = (machine: Machine, what: string, count: number, holds: (view: PodView) => boolean): Promise<unknown> =>
  waitFor(what, 600_000, async () => machine.store.list(Pods).filter(holds).length >= count || undefined);

const writesPerPod = ({ cluster }: Site, since: number): Result['writesPerPod'] => {
  const byPod = new Map<string, number>();
  const writes = changesBy(readPodWrites(cluster.apiServer.auditLog), isController);
  for (const { pod: name, at = 0 } of writes) if (at > since) byPod.set(name, (byPod.get(name) ?? 0) + 1);
  const counts = [...byPod.values()];
  return { mean: counts.reduce((sum, count) => sum + count, 0) / (all / 2), most: Math.max(...counts) };
};

/** The same patches through the machine and by a bare pool, one after the other. */
const patch = async ({ cluster, machine }: Site): Promise<Result['patches']> => {
  const { admin, kubeconfig } = cluster;
  const pods = machine.store.list(Pods).map(({ namespace: of, name, uid }) => ({ namespace: of, name, uid }));
  const options = {
    ...{ kubeconfig, origin: admin.server, authority: admin.authority, identity: admin.identity },
    ...{ pods, patches, warmUp: 500 },
  };
  const bare = await write('bare', options);
  const ours = await write('ours', options);
  return { ours: patches / ours.seconds, bare: patches / bare.seconds };
};

const measure = async (report: Report): Promise<Result> => {
  await using cluster = await startCluster({ name: 'bench', nodes, kubelet: ['--scale', '0.1'] });
  const berth = await installBerth(cluster, {
    flags: { controller: ['--log-level', 'warn'], webhook: ['--log-level', 'warn'] },
  });
  const client = await connect({ source: { kubeconfig: cluster.kubeconfig }, role: 'bench', clock });
  const machine = startMachine({ client, clock, controllers: [], resources: [Pods] });
  const site: Site = { cluster, berth, client, machine };
  try {
    await machine.synced;
    await cluster.kubectl(['create', 'namespace', namespace]);
    await createSets(site);
    report(`${all} pods are created`);
    const injection = await timed(site, () => createPods(site));
    const since = Math.max(...machine.store.list(Pods).map(({ resourceVersion }) => Number(resourceVersion)));
    report(`${all / 2} pods are updated in place`);
    const update = await timed(site, () => roll(site));
    const peaks = { webhook: usageOf(pidOf(berth.webhook.pid)), controller: usageOf(pidOf(berth.controller.pid)) };
    const rssMb = { webhook: peaks.webhook.peakRssMb, controller: peaks.controller.peakRssMb };
    const perPod = writesPerPod(site, since);
    // Nobody else writes while patches are compared.
    await Promise.all([berth.controller.stop(), cluster.kubelet?.stop()]);
    report(`${patches} patches, twice`);
    return { injection, update, rssMb, writesPerPod: perPod, patches: await patch(site) };
  } finally {
    await machine.stop();
    await client.close();
  }
};

export const realRows = async ({ realRuns }: Plan, report: Report): Promise<readonly Row[]> => {
  if (realRuns === 0) return [];
  const results = await repeated(realRuns, async run => {
    report(`a control plane starts, run ${run}`);
    return measure(report);
  });
  const each = (of: (result: Result) => number): readonly number[] => results.map(of);
  const less = { better: 'less' } as const;
  return [
    {
      ...{ what: `${all} pods created, injected and ready`, unit: 's', ...less },
      ours: each(({ injection }) => injection.seconds),
      note: `a real apiserver, ${nodes} fake nodes, 20 SidecarSets; everything on this machine`,
    },
    { ...{ what: 'the same', unit: 'CPU s of the webhook', ...less }, ours: each(r => r.injection.webhookCpu) },
    { ...{ what: 'the same', unit: 'CPU s of the controller', ...less }, ours: each(r => r.injection.controllerCpu) },
    {
      ...{ what: `${all / 2} pods updated in place`, unit: 's', ...less },
      ours: each(({ update }) => update.seconds),
      note: `from ${before} to ${after}, at most 20 % at once`,
    },
    {
      ...{ what: 'the same', unit: 'writes a pod', ...less, target: { of: 'figure', value: 4 } },
      ours: each(r => r.writesPerPod.mean),
      note: `at most ${Math.max(...each(r => r.writesPerPod.most))}`,
    },
    { ...{ what: 'the same', unit: 'CPU s of the controller', ...less }, ours: each(r => r.update.controllerCpu) },
    { ...{ what: 'controller', unit: 'peak RSS MB', ...less }, ours: each(r => r.rssMb.controller) },
    { ...{ what: 'webhook', unit: 'peak RSS MB', ...less }, ours: each(r => r.rssMb.webhook) },
    {
      ...{ what: 'guarded patches of pods, real apiserver', unit: 'writes/s', better: 'more' },
      ours: each(r => r.patches.ours),
      baseline: { name: 'bare undici pool', figures: each(r => r.patches.bare) },
      target: { of: 'ratio', value: 0.8 },
      note: `${patches.toLocaleString('en-US')} patches`,
    },
  ];
};
