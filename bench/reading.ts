/** First sync, events and memory: our machine against the official client's informer. */

import { join } from 'node:path';
import { Child } from './child.ts';
import type { Row } from './figures.ts';
import { type Plan, type Report, repeated } from './plan.ts';
import type { ReaderOrder, Synced, Weight } from './reading/reader.ts';
import { type Stub, startStub } from './stub.ts';
import type { Usage } from './usage.ts';

type Program = 'ours' | 'informer';

const start = (program: Program, { kubeconfig }: Stub, flags: readonly string[] = []): Child =>
  new Child(join(import.meta.dirname, 'reading', `${program}.ts`), { kubeconfig }, flags);

const tell = (child: Child, order: ReaderOrder): void => child.tell(order);

interface Reading {
  readonly sync: Synced;
  readonly events: Usage;
}

const read = async (program: Program, stub: Stub, count: number): Promise<Reading> => {
  await using child = start(program, stub);
  const sync = await child.next<Synced>();
  tell(child, { do: 'follow', count });
  await child.next();
  stub.tell({ do: 'send events', count });
  return { sync, events: await child.next<Usage>() };
};

export const readingRows = async (plan: Plan, report: Report): Promise<readonly Row[]> => {
  await using large = await startStub(plan.pods);
  await using small = await startStub(plan.informerPods);
  const { events: count } = plan;
  const fewer = Math.round(count / 3);
  const runs = await repeated(plan.runs, async run => {
    report(`reading ${plan.pods} pods, run ${run}`);
    const ours = await read('ours', large, count);
    report(`reading ${plan.informerPods} pods with the official client, run ${run}`);
    return { ours, informer: await read('informer', small, fewer) };
  });
  const eachOf = <T>(of: (run: (typeof runs)[number]) => T): readonly T[] => runs.map(of);
  const name = `informer, ${plan.informerPods.toLocaleString('en-US')} pods`;
  return [
    {
      ...{ what: `first sync of ${plan.pods.toLocaleString('en-US')} pods`, unit: 's', better: 'less' },
      ours: eachOf(run => run.ours.sync.seconds),
      target: { of: 'figure', value: 6 },
      note: 'one in ten managed; TLS',
    },
    {
      ...{ what: 'the same', unit: 'CPU µs a pod', better: 'less' },
      ours: eachOf(run => perUnit(run.ours.sync.cpuSeconds, plan.pods)),
      baseline: { name, figures: eachOf(run => perUnit(run.informer.sync.cpuSeconds, plan.informerPods)) },
    },
    {
      ...{ what: 'the same', unit: 'peak RSS MB', better: 'less' },
      ours: eachOf(run => run.ours.sync.peakRssMb),
      baseline: { name, figures: eachOf(run => run.informer.sync.peakRssMb) },
      target: { of: 'figure', value: 500 },
      note: `the informer's is for ${plan.informerPods.toLocaleString('en-US')} pods`,
    },
    {
      ...{ what: 'watch events at full speed', unit: 'events a CPU second', better: 'more' },
      ours: eachOf(run => count / run.ours.events.cpuSeconds),
      baseline: { name, figures: eachOf(run => fewer / run.informer.events.cpuSeconds) },
      target: { of: 'figure', value: 25_000 },
      note: 'TLS',
    },
    {
      ...{ what: 'the same', unit: 'events/s', better: 'more' },
      ours: eachOf(run => count / run.ours.events.seconds),
      baseline: { name, figures: eachOf(run => fewer / run.informer.events.seconds) },
    },
  ];
};

const perUnit = (seconds: number, units: number): number => (seconds / units) * 1e6;

const churnPods = 20_000;
const churnPerSecond = 5000;

/** One run: it takes as long as it takes. Warm is after a fifth of the time. */
export const churnRows = async (plan: Plan, report: Report): Promise<readonly Row[]> => {
  const seconds = plan.churnSeconds;
  report(`${churnPerSecond} events a second for ${seconds} s`);
  await using stub = await startStub(churnPods);
  await using child = start('ours', stub, ['--expose-gc']);
  await child.next();
  stub.tell({ do: 'send events', count: seconds * churnPerSecond, perSecond: churnPerSecond, replaceOneIn: 20 });
  const weigh = async (): Promise<Weight> => {
    tell(child, { do: 'weigh' });
    return child.next<Weight>();
  };
  await pause(seconds / 5);
  const warm = await weigh();
  await pause(seconds * 0.75);
  const end = await weigh();
  const note = `${churnPods.toLocaleString('en-US')} pods, ${churnPerSecond.toLocaleString('en-US')} events/s for ${seconds} s, one in ten replaces a pod`;
  return [
    {
      ...{ what: 'live heap after churn', unit: 'of warm', better: 'less', note },
      ours: [end.heapMb / warm.heapMb],
      target: { of: 'figure', value: 1.05 },
    },
    {
      ...{ what: 'RSS after churn', unit: 'of warm', better: 'less' },
      ours: [end.rssMb / warm.rssMb],
      target: { of: 'figure', value: 1.05 },
      note: `${Math.round(warm.rssMb)} → ${Math.round(end.rssMb)} MB`,
    },
  ];
};

const pause = (seconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, seconds * 1000));
