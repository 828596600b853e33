/** What plans say of the pods of each object: the only metrics that name objects, and as many of them as fit. */

import { Gauge, Histogram, type Registry } from 'prom-client';
import type { Key, PodReason } from '../contract.ts';
import type { FinishedPass, Telemetry } from '../telemetry.ts';

/** Objects with series of their own; the pods of all others are added up under an empty name. */
const mostObjects = 1000;

type Counts = ReadonlyMap<string, number>;

/** @param isLeader only the leader plans: what another process has said before would be stale */
export const objectMetrics = (
  registry: Registry,
  isLeader: () => boolean = () => true,
): Pick<Telemetry, 'passFinished' | 'forgot'> => {
  const registers = [registry];
  const said = new Map<string, Map<Key, Counts>>();
  new Gauge({
    registers,
    name: 'berth_pods_behind',
    help: 'Pods that are not as their object wants them, by object and reason',
    labelNames: ['controller', 'object', 'reason'],
    collect() {
      this.reset();
      if (!isLeader()) said.clear();
      for (const { controller, object, reason, count } of series(said)) this.inc({ controller, object, reason }, count);
    },
  });
  const rollouts = new Histogram({
    registers,
    name: 'berth_rollout_seconds',
    help: 'Time from the moment when pods began to be behind until all were up to date',
    labelNames: ['controller'],
    buckets: [10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400],
  });
  return {
    passFinished: pass => {
      note(said, pass);
      if (isRolledOut(pass)) rollouts.observe({ controller: pass.controller }, (pass.plan.rolledOut ?? 0) / 1000);
    },
    forgot: (controller, key) => void (key === undefined ? said.delete(controller) : said.get(controller)?.delete(key)),
  };
};

/** The end of a rollout counts when the status that says so is stored, or each pass until then would count it. */
const isRolledOut = ({ plan, outcomes }: FinishedPass): boolean =>
  plan.rolledOut !== undefined && outcomes.length > plan.actions.length && outcomes.at(-1)?.is === 'done';

const note = (said: Map<string, Map<Key, Counts>>, { controller, key, plan }: FinishedPass): void => {
  const { reasons = [] } = plan;
  const objects = said.get(controller) ?? new Map<Key, Counts>();
  said.set(controller, objects);
  if (reasons.length === 0) objects.delete(key);
  else objects.set(key, countsOf(reasons));
};

const countsOf = (reasons: readonly PodReason[]): Counts => {
  const counts = new Map<string, number>();
  for (const { reason, pods } of reasons) counts.set(reason, (counts.get(reason) ?? 0) + pods.length);
  return counts;
};

interface Series {
  readonly controller: string;
  readonly object: string;
  readonly reason: string;
  readonly count: number;
}

function* series(said: ReadonlyMap<string, ReadonlyMap<Key, Counts>>): Generator<Series> {
  for (const [controller, objects] of said) {
    let named = 0;
    for (const [key, counts] of objects) {
      const object = named < mostObjects ? key : '';
      named += 1;
      for (const [reason, count] of counts) yield { controller, object, reason, count };
    }
  }
}
