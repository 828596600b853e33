/** A real apiserver with fake kubelets: pods that are injected, pods that are updated in place, and plain patches. */

import { connect } from '../kube/client/connect.ts';
import type { Client } from '../kube/client.ts';
import { systemClock as clock } from '../kube/clock.ts';
import type { KubeObject } from '../kube/contract.ts';
import { type Machine, startMachine } from '../kube/machine.ts';
import { type Cluster, startCluster } from '../test/cluster/cluster.ts';
import { waitFor } from '../test/cluster/deadline.ts';
import { type Berth, installBerth } from '../test/cluster/installation.ts';
import { ownChanges, readWrites } from '../test/instruments/audit.ts';
import { containerOf, type PodView } from '../workloads/pods/view.ts';
import { Pods } from '../workloads/resources.ts';
import { plainPod, setOf, setsIn, statefulSet } from './admission/objects.ts';
import type { Row } from './figures.ts';
import { type Plan, type Report, repeated } from './plan.ts';
import { usageOf } from './usage.ts';
import { write } from './writing.ts';

const nodes = 20;
const half = 500;
const all = 2 * half;
const namespace = 'team';
const stateful = 'web';
const next = 'v1.2.4';
const patches = 1500;
const patchRuns = 5;

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

interface Update extends Phase {
  readonly meanWrites: number;
  readonly mostWrites: number;
}

interface Result {
  readonly injection: Phase;
  readonly update: Update;
  readonly sidecars: Update;
  readonly rssMb: { readonly webhook: number; readonly controller: number };
  readonly patches: readonly { readonly ours: number; readonly bare: number }[];
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

/** Of the twenty sets one matches every pod, and one the StatefulSet's. */
const sets = (): readonly KubeObject[] =>
  setsIn({ all: 20, matching: 2 }).map((set, index) =>
    index === 1 ? setOf(1, { matchLabels: { app: 'web', half: 'a' }, maxUnavailable: '20%' }) : set,
  );

const kruise = '/apis/apps.kruise.io/v1beta1';
const statefulSets = `${kruise}/namespaces/${namespace}/statefulsets`;

const createSets = async ({ client, cluster }: Site): Promise<void> => {
  for (const { metadata, ...set } of sets())
    await post(client, `${kruise}/sidecarsets`, { ...set, metadata: { name: metadata.name } });
  await cluster.kubectl(['wait', '--for=condition=InjectionActive', '--timeout=60s', 'sidecarset', '--all']);
};

/** Half of the pods come from a StatefulSet, half by themselves. */
const createPods = async ({ client, machine }: Site): Promise<void> => {
  await post(client, statefulSets, statefulSet(stateful, half, 'a'));
  let created = 0;
  const inTurn = async (): Promise<void> => {
    while (created < half)
      await post(client, `/api/v1/namespaces/${namespace}/pods`, plainPod(`plain-${created++}`, 'b'));
  };
  await Promise.all(Array.from({ length: 8 }, inTurn));
  await every(machine, `${all} pods to be injected and ready`, all, isInjected);
};

const isInjected = ({ ready, labels, injectedSets }: PodView): boolean =>
  ready === 'True' && injectedSets.length === (labels['half'] === 'a' ? 2 : 1);

interface Image {
  /** The object whose containers are changed, and where they are in it. */
  readonly path: string;
  readonly pointer: string;
  readonly container: string;
  readonly image: string;
}

const roll = async ({ client, machine }: Site, { path, pointer, container, image }: Image): Promise<void> => {
  const { status, body } = await client.request({
    method: 'PATCH',
    path,
    contentType: 'application/json-patch+json',
    body: JSON.stringify([{ op: 'replace', path: `${pointer}/containers/0/image`, value: image }]),
  });
  if (status !== 200) throw new Error(body.toString('utf8'));
  const runs = (view: PodView): boolean =>
    view.ready === 'True' && containerOf(view, container)?.status?.image.endsWith(image) === true;
  await every(machine, `${half} pods to run ${image}`, half, runs);
};

const every = (machine: Machine, what: string, count: number, holds: (view: PodView) => boolean): Promise<unknown> =>
  waitFor(what, 600_000, async () => machine.store.list(Pods).filter(holds).length >= count || undefined);

/** Writes of the controllers, from the audit log. */
const updated = async (site: Site, image: Image): Promise<Update> => {
  const since = Math.max(...site.machine.store.list(Pods).map(({ resourceVersion }) => Number(resourceVersion)));
  const phase = await timed(site, () => roll(site, image));
  const byPod = new Map<string, number>();
  const writes = ownChanges(readWrites(site.cluster.apiServer.auditLog));
  for (const { uid, at = 0 } of writes) if (at > since) byPod.set(uid, (byPod.get(uid) ?? 0) + 1);
  const counts = [...byPod.values()];
  const sum = counts.reduce((total, count) => total + count, 0);
  return { ...phase, meanWrites: sum / half, mostWrites: Math.max(...counts) };
};

const ofStatefulSet: Image = {
  path: `${statefulSets}/${stateful}`,
  pointer: '/spec/template/spec',
  container: 'web',
  image: `registry.example.com/team/web:${next}`,
};

const ofSidecarSet: Image = {
  path: `${kruise}/sidecarsets/set-1`,
  pointer: '/spec',
  container: 'sidecar-1',
  image: `registry.example.com/infra/sidecar-1:${next}`,
};

/** The same patches through the machine and by a bare pool. */
const patch = async ({ cluster, machine }: Site): Promise<Result['patches']> => {
  const { admin, kubeconfig } = cluster;
  const pods = machine.store.list(Pods).map(({ namespace: of, name, uid }) => ({ namespace: of, name, uid }));
  const options = {
    ...{ kubeconfig, origin: admin.server, authority: admin.authority, identity: admin.identity },
    ...{ pods, patches, warmUp: 300 },
  };
  // Turn by turn: what is patched grows, and the machine has other things to do.
  return repeated(patchRuns, async () => {
    const bare = await write('bare', options);
    const ours = await write('ours', options);
    return { ours: patches / ours.seconds, bare: patches / bare.seconds };
  });
};

const measure = async (report: Report): Promise<Result> => {
  await using cluster = await startCluster({ name: 'bench', nodes, kubelet: ['--scale', '0.1'] });
  const quiet = { flags: ['--log-level', 'warn'] };
  const berth = await installBerth(cluster, { webhook: quiet, controller: quiet });
  const client = await connect({ source: { kubeconfig: cluster.kubeconfig }, role: 'bench', clock });
  const machine = startMachine({ client, clock, controllers: [], resources: [Pods] });
  const site: Site = { cluster, berth, client, machine };
  try {
    await machine.synced;
    await cluster.kubectl(['create', 'namespace', namespace]);
    await createSets(site);
    report(`${all} pods are created`);
    const injection = await timed(site, () => createPods(site));
    report(`${half} pods of a StatefulSet are updated in place`);
    const update = await updated(site, ofStatefulSet);
    report(`${half} sidecars are updated in place`);
    const sidecars = await updated(site, ofSidecarSet);
    const peakOf = (pid: number | undefined): number => usageOf(pidOf(pid)).peakRssMb;
    const rssMb = { webhook: peakOf(berth.webhook.pid), controller: peakOf(berth.controller.pid) };
    // Nobody else writes while patches are compared.
    await Promise.all([berth.controller.stop(), cluster.kubelet?.stop()]);
    report(`${patches} patches, ${2 * patchRuns} times`);
    return { injection, update, sidecars, rssMb, patches: await patch(site) };
  } finally {
    await machine.stop();
    await client.close();
  }
};

const less = { better: 'less' } as const;

const updateRows = (what: string, updates: readonly Update[]): readonly Row[] => [
  {
    ...{ what, unit: 's', ...less },
    ours: updates.map(({ seconds }) => seconds),
    note: 'at most 20 % at once',
  },
  {
    ...{ what: 'the same', unit: 'writes a pod', ...less, target: { of: 'figure', value: 4 } },
    ours: updates.map(({ meanWrites }) => meanWrites),
    note: `at most ${Math.max(...updates.map(({ mostWrites }) => mostWrites))}`,
  },
  {
    ...{ what: 'the same', unit: 'CPU s of the controller', ...less },
    ours: updates.map(({ controllerCpu }) => controllerCpu),
  },
];

export const realRows = async ({ realRuns }: Plan, report: Report): Promise<readonly Row[]> => {
  if (realRuns === 0) return [];
  const results = await repeated(realRuns, async run => {
    report(`a control plane starts, run ${run}`);
    return measure(report);
  });
  const each = (of: (result: Result) => number): readonly number[] => results.map(of);
  const written = results.flatMap(result => result.patches);
  return [
    {
      ...{ what: `${all} pods created, injected and ready`, unit: 's', ...less },
      ours: each(({ injection }) => injection.seconds),
      note: `a real apiserver, ${nodes} fake nodes, 20 SidecarSets; everything on this machine`,
    },
    { ...{ what: 'the same', unit: 'CPU s of the webhook', ...less }, ours: each(r => r.injection.webhookCpu) },
    { ...{ what: 'the same', unit: 'CPU s of the controller', ...less }, ours: each(r => r.injection.controllerCpu) },
    ...updateRows(
      `${half} pods of a StatefulSet updated in place`,
      results.map(({ update }) => update),
    ),
    ...updateRows(
      `${half} sidecars updated in place`,
      results.map(({ sidecars }) => sidecars),
    ),
    { ...{ what: 'controller', unit: 'peak RSS MB', ...less }, ours: each(r => r.rssMb.controller) },
    { ...{ what: 'webhook', unit: 'peak RSS MB', ...less }, ours: each(r => r.rssMb.webhook) },
    {
      ...{ what: 'guarded patches of pods, real apiserver', unit: 'writes/s', better: 'more' },
      ours: written.map(({ ours }) => ours),
      baseline: { name: 'bare undici pool', figures: written.map(({ bare }) => bare) },
      target: { of: 'ratio', value: 0.8 },
      note: `${patches.toLocaleString('en-US')} patches`,
    },
  ];
};
