/** One run of a scenario in a laboratory, in a namespace of its own. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { systemClock } from '../../../kube/clock.ts';
import type { Chronicle } from '../chronicle.ts';
import { everything, type Recorder, record } from '../recorder.ts';
import { arm } from './arm.ts';
import { differences, endStateOf, traffic } from './endState.ts';
import type { Laboratory } from './laboratory.ts';
import { belongsTo, type Place, placeFor } from './names.ts';
import type { Perturbation } from './perturbation.ts';
import { clearAway, makeNamespace } from './premises.ts';
import { Now, type Scenario, type Step } from './scenario.ts';
import { type Moment, Track } from './track.ts';

export interface Run {
  readonly place: Place;
  /** Whether the moment that was to be disturbed came; true for the reference. */
  readonly reached: boolean;
  /** Why it did not come to its end; undefined if it did. */
  readonly stuck: string | undefined;
  readonly moments: readonly Moment[];
  /** Of this run's objects, and of nodes. */
  readonly chronicle: Chronicle;
  readonly endState: readonly string[];
  readonly traffic: readonly string[];
  /** Requests that changed something. */
  readonly writes: number;
  readonly seconds: number;
}

export interface RunOptions {
  readonly scenario: Scenario;
  readonly perturbation?: Perturbation;
  /** Lines that a run must end with; without them it ends when nothing is written any more. */
  readonly until?: readonly string[];
  /** Whether the controller begins anew, or goes on after the runs before. */
  readonly process: 'new' | 'used';
}

const recorded = everything.filter(({ kind }) => kind !== 'Event');
const stepWithinMs = 60_000;
/** So long without a write is the end; whoever does not know the end must outwait every timer of a rollout. */
const quietMs = { known: 750, unknown: 5000 };
const checkMs = 50;

export const runOnce = async (lab: Laboratory, options: RunOptions): Promise<Run> => {
  const began = performance.now();
  const place = placeFor(`r${randomBytes(4).toString('hex')}`);
  const attempt = new Attempt(lab, place, options);
  try {
    await attempt.begin();
    const stuck = await attempt
      .play()
      .catch((error: unknown) => String(error instanceof Error ? error.message : error));
    return await attempt.end(stuck, began);
  } finally {
    await attempt.leave();
  }
};

class Attempt {
  readonly #lab: Laboratory;
  readonly #place: Place;
  readonly #options: RunOptions;
  readonly #track: Track;
  readonly #endings: (() => void)[] = [];
  #recorder: Recorder | undefined;
  #restarting: Promise<unknown> | undefined;
  #hits = (): boolean => true;

  constructor(lab: Laboratory, place: Place, options: RunOptions) {
    this.#lab = lab;
    this.#place = place;
    this.#options = options;
    this.#track = new Track(place);
  }

  async begin(): Promise<void> {
    const { cluster, client, controller, proxy } = this.#lab;
    const file = join(cluster.folder, `record-${this.#place.id}.jsonl`);
    const [recorder] = await Promise.all([
      record({ client, clock: systemClock, resources: recorded, file, auditLog: cluster.apiServer.auditLog }),
      this.#options.process === 'new' || controller.pid === undefined ? controller.restart() : undefined,
      makeNamespace(client, this.#place),
    ]);
    this.#recorder = recorder;
    this.#endings.push(proxy.observe(this.#track));
    this.#arm();
  }

  #arm(): void {
    const { perturbation } = this.#options;
    if (perturbation === undefined) return;
    const { controller, proxy } = this.#lab;
    const crash = (): Promise<unknown> => {
      // It must be dead before the proxy does anything else; `kill` sends the signal before it waits.
      const restarting = controller.kill().then(() => controller.restart());
      restarting.catch(() => undefined); // `play` tells
      this.#restarting = restarting;
      return restarting;
    };
    const armed = arm(perturbation, { proxy, track: this.#track, crash });
    this.#hits = () => armed.hits > 0;
    this.#endings.push(() => armed.disarm());
  }

  async play(): Promise<undefined> {
    for (const step of this.#options.scenario.steps(this.#place)) await this.#take(step);
    await this.#restarting;
    await this.#until(
      () => this.#hasArrived(),
      () => this.#missing(),
    );
    return undefined;
  }

  async #take(step: Step): Promise<void> {
    const { says, does } = step;
    const namespace = `--namespace=${this.#place.namespace}`;
    await this.#lab.cluster.kubectl([namespace, ...does.args], does.input);
    await this.#until(
      () => step.isDone(this.#now()),
      () => `${says}, and does not come to its end`,
    );
  }

  async #until(isTrue: () => boolean, otherwise: () => string): Promise<void> {
    const deadline = performance.now() + stepWithinMs;
    while (!isTrue()) {
      if (performance.now() > deadline) throw new Error(`after ${stepWithinMs / 1000} s: ${otherwise()}`);
      this.#assertAlive();
      await after(checkMs);
    }
  }

  #assertAlive(): void {
    if (this.#lab.controller.pid === undefined && this.#restarting === undefined)
      throw new Error('the controller ended by itself');
  }

  #hasArrived(): boolean {
    const { until } = this.#options;
    const isQuiet = performance.now() - this.#track.lastWrite > quietMs[until === undefined ? 'unknown' : 'known'];
    return isQuiet && (until === undefined || this.#missing() === '');
  }

  #missing(): string {
    return this.#options.until === undefined
      ? 'writes do not end'
      : differences(this.#options.until, this.#endState()).join('\n');
  }

  #now(): Now {
    return new Now(kind => this.#recorder?.newest(kind) ?? [], this.#place);
  }

  #endState(): readonly string[] {
    const now = this.#now();
    return endStateOf(
      recorded.flatMap(({ kind }) => now.of(kind)),
      this.#place,
    );
  }

  async end(stuck: string | undefined, began: number): Promise<Run> {
    await this.#restarting?.catch(() => undefined);
    const whole = (await this.#recorder?.stop()) ?? { entries: [], startedAt: 0, holes: [] };
    const chronicle = chronicleOfRun(whole, this.#place);
    return {
      place: this.#place,
      reached: this.#hits(),
      stuck,
      moments: this.#track.moments,
      chronicle,
      endState: this.#endState(),
      traffic: traffic(chronicle, this.#place),
      writes: this.#track.carriedOut,
      seconds: (performance.now() - began) / 1000,
    };
  }

  async leave(): Promise<void> {
    const { client, proxy } = this.#lab;
    for (const ending of this.#endings) ending();
    proxy.calm();
    await this.#recorder?.[Symbol.asyncDispose]();
    await clearAway(client, this.#place);
  }
}

/** And what all runs have in common: nodes, and who led when. */
const chronicleOfRun = ({ entries, writes = [], ...chronicle }: Chronicle, place: Place): Chronicle => ({
  ...chronicle,
  entries: entries.filter(
    ({ kind, object: { metadata } }) =>
      kind === 'Node' ||
      isOurLease(kind, metadata.namespace) ||
      belongsTo(place, metadata.namespace ?? '', metadata.name ?? ''),
  ),
  writes: writes.filter(
    ({ resource, namespace, name }) =>
      (resource === 'leases' && namespace === 'berth-system') || belongsTo(place, namespace, name),
  ),
});

const isOurLease = (kind: string, namespace: string | undefined): boolean =>
  kind === 'Lease' && namespace === 'berth-system';
