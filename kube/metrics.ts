/** What the machine and the webhooks do, counted. Labels are bounded: only metrics/objects.ts names objects. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import type { Throttle } from './act/throttle.ts';
import type { Action, Millis, Outcome } from './contract.ts';
import { objectMetrics } from './metrics/objects.ts';
import type { Call } from './server/reviews.ts';
import type { Telemetry } from './telemetry.ts';

export interface Metrics extends Telemetry {
  readonly reviewAnswered: (call: Call) => void;
}

/** What is asked when the metrics are read. */
export interface Asked {
  readonly isLeader?: () => boolean;
  /** Keys that are due or in progress, by controller. */
  readonly queued?: () => Iterable<readonly [controller: string, keys: number]>;
  /** Time since the server last told anything, by resource. */
  readonly silences?: () => Iterable<readonly [resource: string, silence: Millis]>;
  readonly throttle?: Pick<Throttle, 'places' | 'waiting'>;
}

/** Registers everything in `registry`, and what Node tells of itself. */
export const openMetrics = (registry: Registry, asked: Asked = {}): Metrics => {
  collectDefaultMetrics({ register: registry });
  registerAsked(registry, asked);
  const { passFinished, ...passes } = passMetrics(registry);
  const objects = objectMetrics(registry, asked.isLeader);
  return {
    ...{ ...passes, ...readMetrics(registry), ...reviewMetrics(registry) },
    forgot: objects.forgot,
    passFinished: pass => {
      passFinished(pass);
      objects.passFinished(pass);
    },
  };
};

const registerAsked = (registry: Registry, { isLeader, queued, silences, throttle }: Asked): void => {
  const registers = [registry];
  if (isLeader !== undefined) {
    const help = '1 while this process may write';
    new Gauge({ registers, name: 'berth_leader', help, collect: gauge(g => g.set(isLeader() ? 1 : 0)) });
  }
  if (queued !== undefined) {
    const collect = gauge(g => {
      for (const [controller, keys] of queued()) g.set({ controller }, keys);
    });
    const help = 'Keys that are due to be planned or in progress';
    new Gauge({ registers, name: 'berth_queued_keys', help, labelNames: ['controller'], collect });
  }
  if (silences !== undefined) {
    const collect = gauge(g => {
      for (const [resource, silence] of silences()) g.set({ resource }, inSeconds(silence));
    });
    const help = 'Time since the apiserver last told anything of a resource; bookmarks come every minute or two';
    new Gauge({ registers, name: 'berth_watch_silence_seconds', help, labelNames: ['resource'], collect });
  }
  if (throttle !== undefined) registerThrottle(registry, throttle);
};

const registerThrottle = (registry: Registry, throttle: Pick<Throttle, 'places' | 'waiting'>): void => {
  const registers = [registry];
  new Gauge({
    registers,
    name: 'berth_write_window',
    help: 'How many writes may be in flight: 20 at first, up to 64, halved when the apiserver shows that it is too much',
    collect: gauge(g => g.set(throttle.places)),
  });
  new Gauge({
    registers,
    name: 'berth_writes_waiting',
    help: 'Writes that wait for the window or for the ceiling of writes a second',
    collect: gauge(g => g.set(throttle.waiting)),
  });
};

/** prom-client calls `collect` as a method of the gauge. */
const gauge = (set: (gauge: Gauge) => void) =>
  function collect(this: Gauge): void {
    set(this);
  };

type Passes = Pick<Telemetry, 'passFinished' | 'passThrew' | 'actionFinished' | 'noticed'>;

const passMetrics = (registry: Registry): Passes => {
  const registers = [registry];
  const passes = new Counter({
    registers,
    name: 'berth_passes_total',
    help: 'Finished passes by their worst outcome',
    labelNames: ['controller', 'result'],
  });
  const planning = new Histogram({
    registers,
    name: 'berth_planning_seconds',
    help: 'CPU time of observing and planning one key',
    labelNames: ['controller'],
    buckets: [0.0001, 0.0005, 0.001, 0.005, 0.02, 0.1, 0.5],
  });
  const writes = new Counter({
    registers,
    name: 'berth_writes_total',
    help: 'Writes to the apiserver',
    labelNames: ['controller', 'verb', 'resource', 'outcome'],
  });
  const writing = new Histogram({
    registers,
    name: 'berth_write_seconds',
    help: 'Time from asking for a write to knowing its outcome, waiting included',
    labelNames: ['verb'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
  });
  const notices = new Counter({
    registers,
    name: 'berth_notices_total',
    help: 'What was noticed of objects and told by an event',
    labelNames: ['controller', 'type', 'reason'],
  });
  return {
    noticed: (controller, { type, reason }) => notices.inc({ controller, type, reason }),
    passFinished: ({ controller, millis, outcomes }) => {
      passes.inc({ controller, result: worst(outcomes) });
      planning.observe({ controller }, inSeconds(millis));
    },
    passThrew: controller => passes.inc({ controller, result: 'threw' }),
    actionFinished: ({ controller, action, outcome, millis }) => {
      writes.inc({ controller, verb: action.do, resource: resourceOf(action), outcome: outcome.is });
      writing.observe({ verb: action.do }, inSeconds(millis));
    },
  };
};

type Reads = Pick<Telemetry, 'synced' | 'reflectorBroke' | 'storeFault'>;

const readMetrics = (registry: Registry): Reads => {
  const registers = [registry];
  const objects = new Gauge({
    registers,
    name: 'berth_synced_objects',
    help: 'Objects in the store when the resource was last read as a whole',
    labelNames: ['resource'],
  });
  const syncs = new Counter({
    registers,
    name: 'berth_syncs_total',
    help: 'How often a resource was read as a whole',
    labelNames: ['resource'],
  });
  const breaks = new Counter({
    registers,
    name: 'berth_watch_breaks_total',
    help: 'Lists and watches that failed and were tried again',
    labelNames: ['resource'],
  });
  const faults = new Counter({
    registers,
    name: 'berth_store_faults_total',
    help: 'Objects that could not be read and triggers that threw: bugs',
    labelNames: ['what', 'resource'],
  });
  return {
    synced: ({ plural }, count) => {
      syncs.inc({ resource: plural });
      objects.set({ resource: plural }, count);
    },
    reflectorBroke: ({ plural }) => breaks.inc({ resource: plural }),
    storeFault: (what, { plural }) => faults.inc({ what, resource: plural }),
  };
};

const reviewMetrics = (registry: Registry): Pick<Metrics, 'reviewAnswered'> => {
  const registers = [registry];
  const reviews = new Counter({
    registers,
    name: 'berth_reviews_total',
    help: 'Answered admission reviews by HTTP status',
    labelNames: ['path', 'code'],
  });
  const answering = new Histogram({
    registers,
    name: 'berth_review_seconds',
    help: 'Time from the head of a review to its answer',
    labelNames: ['path'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 3, 10],
  });
  const decided = new Counter({
    registers,
    name: 'berth_review_decisions_total',
    help: 'What webhooks decided; of a new pod one decision for each SidecarSet that selects it',
    labelNames: ['path', 'result', 'reason'],
  });
  return {
    reviewAnswered: ({ path, code, millis, decisions }) => {
      for (const { result, reason } of decisions) decided.inc({ path, result, reason });
      reviews.inc({ path, code });
      answering.observe({ path }, inSeconds(millis));
    },
  };
};

const inSeconds = (millis: Millis): number => millis / 1000;

const byWeight = ['failed', 'refused', 'stale', 'done'] as const satisfies readonly Outcome['is'][];

const worst = (outcomes: readonly Outcome[]): Outcome['is'] =>
  byWeight.find(result => outcomes.some(({ is }) => is === result)) ?? 'done';

const resourceOf = (action: Action): string => {
  if (action.do === 'create') return action.resource.plural;
  const part = action.do === 'patch' && action.part !== 'object' ? `/${action.part}` : '';
  return action.target.resource.plural + part;
};
