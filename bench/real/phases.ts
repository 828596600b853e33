/** What happens on a real apiserver: pods are injected, updated in place, and merely patched. */

import { ownChanges, readWrites } from '../../test/instruments/audit.ts';
import { containerOf, type PodView } from '../../workloads/pods/view.ts';
import { Pods } from '../../workloads/resources.ts';
import { plainPod, setOf, setsIn, statefulSet } from '../admission/objects.ts';
import type { PodName } from '../writing/writer.ts';
import { write } from '../writing.ts';
import { namespace, type Phase, post, replace, type Site, timed, until } from './site.ts';

export const half = 500;
export const all = 2 * half;
/** Of a set's pods, in the phases with a budget. */
export const atOnce = '50%';
export const patches = 750;
const stateful = 'web';
const setName = 'set-1';

const kruise = '/apis/apps.kruise.io/v1beta1';
const statefulSets = `${kruise}/namespaces/${namespace}/statefulsets`;

/** Of the twenty sets one matches every pod, and one the StatefulSet's. */
export const createSets = async (site: Site): Promise<void> => {
  const matchLabels = { app: 'web', half: 'a' };
  const sets = setsIn({ all: 20, matching: 2 }).with(1, setOf(1, { matchLabels, maxUnavailable: atOnce }));
  for (const { metadata, ...set } of sets)
    await post(site, `${kruise}/sidecarsets`, { ...set, metadata: { name: metadata.name } });
  await site.cluster.kubectl(['wait', '--for=condition=InjectionActive', '--timeout=60s', 'sidecarset', '--all']);
};

/** Half of the pods come from a StatefulSet, half by themselves. */
export const createPods = async (site: Site): Promise<void> => {
  await post(site, statefulSets, statefulSet(stateful, half, { half: 'a', maxUnavailable: atOnce }));
  let created = 0;
  const inTurn = async (): Promise<void> => {
    while (created < half)
      await post(site, `/api/v1/namespaces/${namespace}/pods`, plainPod(`plain-${created++}`, 'b'));
  };
  await Promise.all(Array.from({ length: 8 }, inTurn));
  await until(site, `${all} pods to be injected and ready`, all, isInjected);
};

const isInjected = ({ ready, labels, injectedSets }: PodView): boolean =>
  ready === 'True' && injectedSets.length === (labels['half'] === 'a' ? 2 : 1);

export interface Update extends Phase {
  readonly meanWrites: number;
  readonly mostWrites: number;
}

/** With the writes of the controllers, from the audit log. */
const updated = async (site: Site, run: () => Promise<unknown>): Promise<Update> => {
  const since = Math.max(...site.machine.store.list(Pods).map(({ resourceVersion }) => Number(resourceVersion)));
  const phase = await timed(site, run);
  const byPod = new Map<string, number>();
  const writes = ownChanges(readWrites(site.cluster.apiServer.auditLog));
  for (const { uid, at = 0 } of writes) if (at > since) byPod.set(uid, (byPod.get(uid) ?? 0) + 1);
  const counts = [...byPod.values()];
  const sum = counts.reduce((total, count) => total + count, 0);
  return { ...phase, meanWrites: sum / half, mostWrites: Math.max(...counts) };
};

const hasImage = (container: string, image: string) => (pod: PodView) => containerOf(pod, container)?.image === image;
const runsImage = (container: string, image: string) => (pod: PodView) =>
  pod.ready === 'True' && containerOf(pod, container)?.status?.image.endsWith(image) === true;

const untilRunning = (site: Site, container: string, image: string): Promise<unknown> =>
  until(site, `${half} pods to run ${image}`, half, runsImage(container, image));

export const updateStatefulSet = (site: Site): Promise<Update> => {
  const image = 'registry.example.com/team/web:v1.2.4';
  return updated(site, async () => {
    await replace(site, `${statefulSets}/${stateful}`, { '/spec/template/spec/containers/0/image': image });
    await untilRunning(site, 'web', image);
  });
};

const sidecar = 'sidecar-1';
const sidecarAt = (version: string): string => `registry.example.com/infra/${sidecar}:${version}`;
const setPath = `${kruise}/sidecarsets/${setName}`;

export const updateSidecars = (site: Site): Promise<Update> => {
  const image = sidecarAt('v1.2.4');
  return updated(site, async () => {
    await replace(site, setPath, { '/spec/containers/0/image': image });
    await untilRunning(site, sidecar, image);
  });
};

export interface Race {
  readonly ours: Update;
  /** Seconds from the first request to the last answer. */
  readonly bare: number;
}

/** The same pods get another image from the set, without a budget that limits it, and from a bare pool. */
export const race = async (site: Site): Promise<Race> => {
  const [image, other] = [sidecarAt('v1.2.5'), sidecarAt('v1.2.6')];
  const ours = await updated(site, async () => {
    await replace(site, setPath, {
      '/spec/containers/0/image': image,
      '/spec/updateStrategy/maxUnavailable': '100%',
    });
    await until(site, `${half} pods to be given ${image}`, half, hasImage(sidecar, image));
  });
  await untilRunning(site, sidecar, image);
  const pods = site.machine.store.list(Pods).flatMap((pod): readonly PodName[] => {
    const container = containerOf(pod, sidecar);
    if (container === undefined) return [];
    return [{ ...nameOf(pod), change: { path: `/spec/containers/${container.index}/image`, value: other } }];
  });
  const bare = await write('bare', { ...reach(site), pods, patches: pods.length, warmUp: 0 });
  await untilRunning(site, sidecar, other);
  return { ours, bare: bare.seconds };
};

export interface Patches {
  readonly ours: number;
  readonly bare: number;
  readonly official: number;
}

/** The same patches through the machine, by a bare pool, and by the official client; writes a second. */
export const patch = async (site: Site): Promise<Patches> => {
  const options = { ...reach(site), pods: site.machine.store.list(Pods).map(nameOf), patches, warmUp: 200 };
  const bare = await write('bare', options);
  const ours = await write('ours', options);
  const few = Math.round(patches / 3);
  const official = await write('official', { ...options, patches: few, warmUp: 20 });
  return { ours: patches / ours.seconds, bare: patches / bare.seconds, official: few / official.seconds };
};

const reach = ({ cluster: { admin, kubeconfig } }: Site) => ({
  ...{ kubeconfig, origin: admin.server, authority: admin.authority, identity: admin.identity },
});

const nameOf = ({ namespace: of, name, uid }: PodView): PodName => ({ namespace: of, name, uid });
