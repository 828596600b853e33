/** A real apiserver with fake kubelets: pods that are injected, pods that are updated in place, and plain patches. */

import type { Row } from './figures.ts';
import { type Plan, type Report, repeated } from './plan.ts';
import {
  all,
  atOnce,
  createPods,
  createSets,
  half,
  type Patches,
  patch,
  patches,
  type Race,
  race,
  type Update,
  updateSidecars,
  updateStatefulSet,
} from './real/phases.ts';
import { nodes, onSite, type Peaks, type Phase, peaksOf, type Site, timed } from './real/site.ts';

interface Result {
  readonly injection: Phase;
  readonly update: Update;
  readonly sidecars: Update;
  readonly race: Race;
  readonly peaks: Peaks;
  readonly patches: Patches;
}

const measure = async (site: Site, report: Report): Promise<Result> => {
  await createSets(site);
  report(`${all} pods are created`);
  const injection = await timed(site, () => createPods(site));
  report(`${half} pods of a StatefulSet are updated in place`);
  const update = await updateStatefulSet(site);
  report(`${half} sidecars are updated in place`);
  const sidecars = await updateSidecars(site);
  report(`${half} sidecars at once, and by a bare pool`);
  const raced = await race(site);
  const peaks = peaksOf(site);
  // Nobody else writes while patches are compared.
  await Promise.all([site.berth.controller.stop(), site.cluster.kubelet?.stop()]);
  report(`${patches} patches`);
  return { injection, update, sidecars, race: raced, peaks, patches: await patch(site) };
};

const less = { better: 'less' } as const;

const updateRows = (what: string, updates: readonly Update[]): readonly Row[] => [
  {
    ...{ what, unit: 's', ...less },
    ours: updates.map(({ seconds }) => seconds),
    note: `at most ${atOnce} at once, and each pod counts until it has been settled for 3 s`,
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

const raceRows = (races: readonly Race[]): readonly Row[] => [
  {
    ...{ what: `${half} sidecars without a budget that limits it`, unit: 'pods/s', better: 'more' },
    ours: races.map(({ ours }) => half / ours.seconds),
    baseline: { name: 'bare undici pool', figures: races.map(({ bare }) => half / bare) },
    target: { of: 'ratio', value: 0.8 },
    note: 'until all have the image, from the change of the set on; kubelets restart containers meanwhile',
  },
  {
    ...{ what: 'the same', unit: 'writes a pod', ...less, target: { of: 'figure', value: 3 } },
    ours: races.map(({ ours }) => ours.meanWrites),
    note: `at most ${Math.max(...races.map(({ ours }) => ours.mostWrites))}`,
  },
];

const patchRows = (written: readonly Patches[]): readonly Row[] => {
  const row: Row = {
    ...{ what: 'guarded patches of pods, real apiserver', unit: 'writes/s', better: 'more' },
    ours: written.map(({ ours }) => ours),
  };
  return [
    {
      ...row,
      baseline: { name: 'bare undici pool', figures: written.map(({ bare }) => bare) },
      target: { of: 'ratio', value: 0.8 },
      note: `${patches} patches; no ceiling here, the product's is 300/s after 600 at once`,
    },
    {
      ...row,
      what: 'the same',
      baseline: { name: 'official client, a connection a call', figures: written.map(({ official }) => official) },
    },
  ];
};

export const realRows = async ({ realRuns }: Plan, report: Report): Promise<readonly Row[]> => {
  if (realRuns === 0) return [];
  const results = await repeated(realRuns, run => {
    report(`a control plane starts, run ${run}`);
    return onSite(site => measure(site, report));
  });
  const each = <T>(of: (result: Result) => T): readonly T[] => results.map(of);
  return [
    {
      ...{ what: `${all} pods created, injected and ready`, unit: 's', ...less },
      ours: each(r => r.injection.seconds),
      note: `a real apiserver, ${nodes} fake nodes, 20 SidecarSets; everything on this machine`,
    },
    { ...{ what: 'the same', unit: 'CPU s of the webhook', ...less }, ours: each(r => r.injection.webhookCpu) },
    { ...{ what: 'the same', unit: 'CPU s of the controller', ...less }, ours: each(r => r.injection.controllerCpu) },
    ...updateRows(
      `${half} pods of a StatefulSet updated in place`,
      each(r => r.update),
    ),
    ...updateRows(
      `${half} sidecars updated in place`,
      each(r => r.sidecars),
    ),
    ...raceRows(each(r => r.race)),
    { ...{ what: 'controller', unit: 'peak RSS MB', ...less }, ours: each(r => r.peaks.controller) },
    { ...{ what: 'webhook', unit: 'peak RSS MB', ...less }, ours: each(r => r.peaks.webhook) },
    ...patchRows(each(r => r.patches)),
  ];
};
