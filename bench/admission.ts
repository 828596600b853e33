/** Reviews: our webhook server against express with a library that finds differences. */

import { join } from 'node:path';
import { makeMaterial } from '../kube/certificates.ts';
import { systemClock } from '../kube/clock.ts';
import type { LoadOptions, LoadOrder, LoadResult } from './admission/load.ts';
import type { Crowd } from './admission/objects.ts';
import type { ServerOptions } from './admission/server.ts';
import { Child } from './child.ts';
import { median, type Row, short } from './figures.ts';
import { type Plan, type Report, repeated } from './plan.ts';
import type { Synced } from './reading/reader.ts';
import { startStub } from './stub.ts';
import type { Usage } from './usage.ts';

const folder = import.meta.dirname;
const perSecond = 400;
const busyPods = 20_000;
const busyEvents = 5000;
const [duringFlood, floodConnections] = [50, 900];

type Program = 'ours' | 'express';

const few: Crowd = { all: 20, matching: 2 };
const many: Crowd = { all: 100, matching: 10 };
const baseline = 'express + rfc6902';

/** A server, and somebody who sends it reviews. */
class Bout implements AsyncDisposable {
  readonly line: LoadOptions;
  readonly #server: Child;
  readonly #load: Child;

  private constructor(server: Child, line: LoadOptions) {
    this.#server = server;
    this.#load = sender(line);
    this.line = line;
  }

  static async begin(program: Program, crowd: Crowd): Promise<Bout> {
    const material = await makeMaterial({ names: ['127.0.0.1'], lifetime: 3_600_000 }, systemClock.now());
    const options: ServerOptions = { certificate: material['tls.crt'], key: material['tls.key'], ...crowd };
    const server = new Child(join(folder, 'admission', `${program}.ts`), options);
    const { port } = await server.next<{ port: number }>();
    const line = { port, authority: material['ca.crt'], connections: 16, sidecars: crowd.matching };
    const bout = new Bout(server, line);
    await bout.send({ seconds: 2 });
    return bout;
  }

  send(order: LoadOrder): Promise<LoadResult> {
    return sent(this.#load, order);
  }

  /** What the server has used since it was asked last. */
  used(): Promise<Usage> {
    this.#server.tell({});
    return this.#server.next<Usage>();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#load[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

const sender = (line: LoadOptions): Child => new Child(join(folder, 'admission', 'load.ts'), line);

const sent = (load: Child, order: LoadOrder): Promise<LoadResult> => {
  load.tell(order);
  return load.next<LoadResult>();
};

/** CPU of one review, in milliseconds: as many as are answered. */
const costOf = async (bout: Bout, seconds: number): Promise<number> => {
  await bout.used();
  const { reviews } = await bout.send({ seconds });
  const { cpuSeconds } = await bout.used();
  return (cpuSeconds * 1000) / reviews;
};

const costIn = async (program: Program, crowd: Crowd, seconds: number): Promise<number> => {
  await using bout = await Bout.begin(program, crowd);
  return await costOf(bout, seconds);
};

interface Measured {
  readonly cost: number;
  readonly paced: LoadResult;
  readonly calm: LoadResult;
  readonly flooded: LoadResult;
}

const measure = async (program: Program, seconds: number): Promise<Measured> => {
  await using bout = await Bout.begin(program, few);
  const cost = await costOf(bout, seconds);
  const paced = await besideAController(seconds, () => bout.send({ seconds, perSecond }));
  const slow: LoadOrder = { seconds, perSecond: duringFlood };
  const calm = await bout.send(slow);
  const flooded = await inAFlood(bout.line, seconds, () => bout.send({ ...slow, withRefusals: true }));
  return { cost, paced, calm, flooded };
};

/** While somebody sends all that fits through more connections than there is room for. */
const inAFlood = async <T>(line: LoadOptions, seconds: number, run: () => Promise<T>): Promise<T> => {
  await using flood = sender({ ...line, connections: floodConnections });
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

const fewRows = async ({ runs, reviewSeconds }: Plan, report: Report): Promise<readonly Row[]> => {
  const results = await repeated(runs, async run => {
    report(`reviews, ${few.all} SidecarSets, run ${run}`);
    return { ours: await measure('ours', reviewSeconds), express: await measure('express', reviewSeconds) };
  });
  const lateness = median(results.map(({ ours }) => ours.paced.latenessP99));
  return [
    {
      ...{
        what: `reviews, ${few.all} SidecarSets of which ${few.matching} match`,
        unit: 'a CPU second',
        better: 'more',
      },
      ours: results.map(({ ours }) => 1000 / ours.cost),
      baseline: { name: baseline, figures: results.map(({ express }) => 1000 / express.cost) },
      target: { of: 'figure', value: 4000 },
      note: 'TLS, 5.4 KB, 16 connections; rfc6902 is here anyway, fast-json-patch takes two thirds of its time for larger patches',
    },
    {
      ...{ what: `reviews at ${perSecond}/s beside a busy controller`, unit: 'p99 ms', better: 'less' },
      ours: results.map(({ ours }) => ours.paced.p99),
      baseline: { name: baseline, figures: results.map(({ express }) => express.paced.p99) },
      target: { of: 'figure', value: 5 },
      note: `${busyEvents.toLocaleString('en-US')} events/s beside it; whoever sends them is up to ${short(lateness)} ms late (p99), which is not counted`,
    },
    {
      ...{ what: 'the same', unit: 'p50 ms', better: 'less' },
      ours: results.map(({ ours }) => ours.paced.p50),
      baseline: { name: baseline, figures: results.map(({ express }) => express.paced.p50) },
    },
    {
      ...{ what: `reviews at ${duringFlood}/s in a flood`, unit: 'p99 ms', better: 'less' },
      ours: results.map(({ ours }) => ours.flooded.p99),
      baseline: { name: baseline, figures: results.map(({ express }) => express.flooded.p99) },
      target: { of: 'figure', value: 1000 },
      note: `${floodConnections} more connections send all that fits; of those that were not told 503`,
    },
    {
      ...{ what: 'the same, without the flood', unit: 'p99 ms', better: 'less' },
      ours: results.map(({ ours }) => ours.calm.p99),
      baseline: { name: baseline, figures: results.map(({ express }) => express.calm.p99) },
    },
    {
      ...{ what: 'the same, told that there is no room', unit: '%', better: 'less' },
      ours: results.map(({ ours: { flooded } }) => (100 * flooded.refused) / (flooded.reviews + flooded.refused)),
    },
  ];
};

const manyRows = async ({ runs, reviewSeconds }: Plan, report: Report): Promise<readonly Row[]> => {
  const results = await repeated(runs, async run => {
    report(`reviews, ${many.all} SidecarSets, run ${run}`);
    return {
      ours: await costIn('ours', many, reviewSeconds / 2),
      express: await costIn('express', many, reviewSeconds / 2),
    };
  });
  return [
    {
      ...{ what: `reviews, ${many.all} SidecarSets of which ${many.matching} match`, unit: 'CPU ms', better: 'less' },
      ours: results.map(({ ours }) => ours),
      baseline: { name: baseline, figures: results.map(({ express }) => express) },
      target: { of: 'figure', value: 0.3 },
    },
  ];
};

/** What a review costs follows the sets that match, not all that there are. */
const growthRows = async ({ runs, reviewSeconds }: Plan, report: Report): Promise<readonly Row[]> => {
  const [alone, ...crowds] = [2, 100, 5000].map((all): Crowd => ({ all, matching: 2 }));
  if (alone === undefined) return [];
  const results = await repeated(runs, async run => {
    report(`reviews, 2 SidecarSets match of 2, 100 and 5,000, run ${run}`);
    const costs: number[] = [];
    for (const crowd of [alone, ...crowds]) costs.push(await costIn('ours', crowd, reviewSeconds / 2));
    return costs;
  });
  const base = results.map(([first = 0]) => first);
  return crowds.map(({ all }, index) => ({
    ...{ what: `reviews, ${all.toLocaleString('en-US')} SidecarSets of which 2 match`, unit: 'CPU ms', better: 'less' },
    ours: results.map(costs => costs[index + 1] ?? 0),
    baseline: { name: 'with those 2 alone', figures: base },
    target: { of: 'ratio', value: 1 / 1.5 },
    note: 'may cost 1.5 times as much',
  }));
};

export const admissionRows = async (plan: Plan, report: Report): Promise<readonly Row[]> => [
  ...(await fewRows(plan, report)),
  ...(await manyRows(plan, report)),
  ...(await growthRows(plan, report)),
];
