/** Reviews: our webhook server against express with a library that finds differences. */

import { join } from 'node:path';
import { makeMaterial } from '../kube/certificates.ts';
import { systemClock } from '../kube/clock.ts';
import type { LoadOptions, LoadOrder, LoadResult } from './admission/load.ts';
import type { ServerOptions } from './admission/server.ts';
import { Child } from './child.ts';
import type { Row } from './figures.ts';
import { type Plan, type Report, repeated } from './plan.ts';
import type { Synced } from './reading/reader.ts';
import { startStub } from './stub.ts';
import type { Usage } from './usage.ts';

const folder = import.meta.dirname;
const perSecond = 400;
const busyPods = 20_000;
const busyEvents = 5000;
const [duringFlood, floodConnections] = [50, 900];

interface Measured {
  readonly full: LoadResult;
  readonly usage: Usage;
  readonly paced: LoadResult;
  readonly calm: LoadResult;
  readonly flooded: LoadResult;
}

const measure = async (program: 'ours' | 'express', seconds: number): Promise<Measured> => {
  const material = await makeMaterial({ names: ['127.0.0.1'], lifetime: 3_600_000 }, systemClock.now());
  const options: ServerOptions = { certificate: material['tls.crt'], key: material['tls.key'] };
  await using server = new Child(join(folder, 'admission', `${program}.ts`), options);
  const { port } = await server.next<{ port: number }>();
  const line: LoadOptions = { port, authority: material['ca.crt'], connections: 16 };
  await using load = new Child(join(folder, 'admission', 'load.ts'), line);
  const send = (order: LoadOrder): Promise<LoadResult> => sent(load, order);
  const used = (): Promise<Usage> => {
    server.tell({});
    return server.next<Usage>();
  };
  await send({ seconds: 2 });
  await used();
  const full = await send({ seconds });
  const usage = await used();
  const paced = await besideAController(seconds, () => send({ seconds, perSecond }));
  const calm = await send({ seconds, perSecond: duringFlood });
  const flooded = await inAFlood(line, seconds, () => send({ seconds, perSecond: duringFlood, withRefusals: true }));
  return { full, usage, paced, calm, flooded };
};

const sent = (load: Child, order: LoadOrder): Promise<LoadResult> => {
  load.tell(order);
  return load.next<LoadResult>();
};

/** While somebody sends all that fits through more connections than there is room for. */
const inAFlood = async <T>(line: LoadOptions, seconds: number, run: () => Promise<T>): Promise<T> => {
  await using flood = new Child(join(folder, 'admission', 'load.ts'), { ...line, connections: floodConnections });
  await sent(flood, { seconds: 1, withRefusals: true });
  const flooding = sent(flood, { seconds: seconds + 2, withRefusals: true });
  const result = await run();
  await flooding;
  return result;
};

/** While a controller's process takes its share of events. */
const besideAController = async <T>(seconds: number, run: () => Promise<T>): Promise<T> => {
  await using stub = await startStub(busyPods);
  await using controller = new Child(join(folder, 'reading', 'ours.ts'), { kubeconfig: stub.kubeconfig });
  await controller.next<Synced>();
  stub.tell({ do: 'send events', count: (seconds + 5) * busyEvents, perSecond: busyEvents });
  return await run();
};

export const admissionRows = async ({ runs, reviewSeconds }: Plan, report: Report): Promise<readonly Row[]> => {
  const results = await repeated(runs, async run => {
    report(`reviews, run ${run}`);
    return { ours: await measure('ours', reviewSeconds), express: await measure('express', reviewSeconds) };
  });
  const rate = ({ full, usage }: Measured): number => full.reviews / usage.cpuSeconds;
  const name = 'express + rfc6902';
  return [
    {
      ...{ what: 'reviews, 20 SidecarSets of which 2 match', unit: 'a CPU second', better: 'more' },
      ours: results.map(({ ours }) => rate(ours)),
      baseline: { name, figures: results.map(({ express }) => rate(express)) },
      target: { of: 'figure', value: 4000 },
      note: 'TLS, 5.4 KB, 16 connections',
    },
    {
      ...{ what: `reviews at ${perSecond}/s beside a busy controller`, unit: 'p99 ms', better: 'less' },
      ours: results.map(({ ours }) => ours.paced.p99),
      baseline: { name, figures: results.map(({ express }) => express.paced.p99) },
      target: { of: 'figure', value: 5 },
      note: `${busyEvents.toLocaleString('en-US')} events/s beside it; counted from when it was due`,
    },
    {
      ...{ what: 'the same', unit: 'p50 ms', better: 'less' },
      ours: results.map(({ ours }) => ours.paced.p50),
      baseline: { name, figures: results.map(({ express }) => express.paced.p50) },
    },
    {
      ...{ what: `reviews at ${duringFlood}/s in a flood`, unit: 'p99 ms', better: 'less' },
      ours: results.map(({ ours }) => ours.flooded.p99),
      baseline: { name, figures: results.map(({ express }) => express.flooded.p99) },
      target: { of: 'figure', value: 1000 },
      note: `${floodConnections} more connections send all that fits; of those that were not told 503`,
    },
    {
      ...{ what: 'the same, without the flood', unit: 'p99 ms', better: 'less' },
      ours: results.map(({ ours }) => ours.calm.p99),
      baseline: { name, figures: results.map(({ express }) => express.calm.p99) },
    },
    {
      ...{ what: 'the same, told that there is no room', unit: '%', better: 'less' },
      ours: results.map(({ ours: { flooded } }) => (100 * flooded.refused) / (flooded.reviews + flooded.refused)),
    },
  ];
};
