/** Runs plans, one at a time in each laboratory, and says of each how it went. */

import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../cluster/folder.ts';
import { faultsOf } from './judge.ts';
import type { Laboratory } from './laboratory.ts';
import { idOf, type Plan } from './perturbation.ts';
import { perturbationsOf, type Thoroughness } from './planner.ts';
import { type Run, runOnce } from './run.ts';
import type { Scenario } from './scenario.ts';
import { scenarioNamed } from './scenarios.ts';

export type Result = {
  readonly plan: Plan;
  readonly seconds: number;
  /** Revisions that the checker has seen. */
  readonly revisions: number;
} & (
  | { readonly is: 'passed' }
  /** The moment to be disturbed did not come, twice. */
  | { readonly is: 'not reached' }
  /** `kept`: folder with the record and the controller's log. */
  | { readonly is: 'failed'; readonly faults: readonly string[]; readonly kept: string }
);

export class Campaign {
  readonly #labs: readonly [Laboratory, ...Laboratory[]];
  readonly #references = new Map<string, Run>();
  /** Whose controller has done well in all runs since it was started: it goes on with the next. */
  readonly #sound = new Set<Laboratory>();

  constructor(...labs: readonly [Laboratory, ...Laboratory[]]) {
    this.#labs = labs;
  }

  /**
   * Everything that could go wrong in a scenario and might matter.
   * @throws Error if something goes wrong even undisturbed
   */
  async plansFor({ name }: Scenario, thoroughness: Thoroughness): Promise<readonly Plan[]> {
    const { moments } = await this.#reference(name);
    return perturbationsOf(moments, thoroughness).map(perturbation => ({ scenario: name, perturbation }));
  }

  /** Tries plans in their order until the deadline, on the clock of `performance`; `told` hears of each at once. */
  async tryAll(plans: readonly Plan[], deadline: number, told: (result: Result) => void): Promise<readonly Result[]> {
    for (const name of new Set(plans.map(({ scenario }) => scenario))) await this.#reference(name);
    const left = plans.values();
    const results: Result[] = [];
    const work = async (lab: Laboratory): Promise<void> => {
      for (const plan of left) {
        if (performance.now() > deadline) return;
        const result = await this.#try(plan, lab);
        results.push(result);
        told(result);
      }
    };
    await Promise.all(this.#labs.map(work));
    return results;
  }

  /** What goes wrong only after other runs has gone wrong all the same, but whoever looks for it has to know. */
  async #try(plan: Plan, lab: Laboratory): Promise<Result> {
    const isUsed = this.#sound.has(lab);
    const first = await this.#tryOnce(plan, lab);
    if (first.is === 'passed' || (first.is === 'failed' && !isUsed)) return first;
    const again = await this.#tryOnce(plan, lab);
    if (first.is === 'not reached' || again.is !== 'passed') return again;
    return {
      ...first,
      faults: [...first.faults, 'a controller that is new passes: this one had been through other runs'],
    };
  }

  async #tryOnce(plan: Plan, lab: Laboratory): Promise<Result> {
    const reference = await this.#reference(plan.scenario);
    const run = await runOnce(lab, {
      scenario: scenarioNamed(plan.scenario),
      perturbation: plan.perturbation,
      until: reference.endState,
      process: this.#sound.has(lab) ? 'used' : 'new',
    });
    const result = resultOf(plan, run, { reference, lab });
    if (result.is === 'passed') this.#sound.add(lab);
    else this.#sound.delete(lab);
    return result;
  }

  /** One undisturbed run. */
  async #reference(name: string): Promise<Run> {
    const known = this.#references.get(name);
    if (known !== undefined) return known;
    const run = await referenceRun(this.#labs[0], scenarioNamed(name));
    this.#references.set(name, run);
    return run;
  }
}

const resultOf = (
  plan: Plan,
  run: Run,
  { reference, lab }: { readonly reference: Run; readonly lab: Laboratory },
): Result => {
  const about = { plan, seconds: run.seconds, revisions: run.chronicle.entries.length };
  const faults = faultsOf(run, reference, plan.perturbation);
  if (faults.length > 0) return { ...about, is: 'failed', faults, kept: keep(plan, run, lab) };
  return { ...about, is: run.reached ? 'passed' : 'not reached' };
};

/** A later look needs the record and the log, which go with the cluster. */
const keep = (plan: Plan, { place }: Run, { cluster, controller }: Laboratory): string => {
  const folder = join('.cache', 'faults', idOf(plan).replaceAll(/[^a-z0-9-]+/giu, '_'));
  const to = join(repository, folder);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  cpSync(join(cluster.folder, `record-${place.id}.jsonl`), join(to, 'record.jsonl'));
  cpSync(controller.log, join(to, 'controller.log'));
  return folder;
};

const referenceRun = async (lab: Laboratory, scenario: Scenario): Promise<Run> => {
  const run = await runOnce(lab, { scenario, process: 'new' });
  const faults = faultsOf(run, undefined);
  if (faults.length > 0) throw new Error(`${scenario.name} fails without any disturbance:\n${faults.join('\n')}`);
  return run;
};
