/** Runs plans one after the other, and says of each how it went. */

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
  readonly #lab: Laboratory;
  readonly #references = new Map<string, Promise<Run>>();

  constructor(lab: Laboratory) {
    this.#lab = lab;
  }

  /** Everything that could go wrong in a scenario and might matter. */
  async plansFor({ name }: Scenario, thoroughness: Thoroughness): Promise<readonly Plan[]> {
    const { moments } = await this.#reference(name);
    return perturbationsOf(moments, thoroughness).map(perturbation => ({ scenario: name, perturbation }));
  }

  async try(plan: Plan): Promise<Result> {
    const first = await this.#tryOnce(plan);
    return first.is === 'not reached' ? this.#tryOnce(plan) : first;
  }

  async #tryOnce(plan: Plan): Promise<Result> {
    const reference = await this.#reference(plan.scenario);
    const { perturbation } = plan;
    const run = await runOnce(this.#lab, {
      scenario: scenarioNamed(plan.scenario),
      perturbation,
      until: reference.endState,
    });
    const about = { plan, seconds: run.seconds, revisions: run.chronicle.entries.length };
    const faults = faultsOf(run, reference);
    if (faults.length > 0) return { ...about, is: 'failed', faults, kept: this.#keep(plan, run) };
    return { ...about, is: run.reached ? 'passed' : 'not reached' };
  }

  /** One undisturbed run; @throws Error if even that goes wrong */
  #reference(name: string): Promise<Run> {
    const known = this.#references.get(name);
    if (known !== undefined) return known;
    const run = referenceRun(this.#lab, scenarioNamed(name));
    this.#references.set(name, run);
    return run;
  }

  #keep(plan: Plan, { place }: Run): string {
    const folder = join('.cache', 'faults', idOf(plan).replaceAll(/[^a-z0-9-]+/giu, '_'));
    const [from, to] = [this.#lab.cluster.folder, join(repository, folder)];
    rmSync(to, { recursive: true, force: true });
    mkdirSync(to, { recursive: true });
    cpSync(join(from, `record-${place.id}.jsonl`), join(to, 'record.jsonl'));
    cpSync(this.#lab.controller.log, join(to, 'controller.log'));
    return folder;
  }
}

const referenceRun = async (lab: Laboratory, scenario: Scenario): Promise<Run> => {
  const run = await runOnce(lab, { scenario });
  const faults = faultsOf(run, undefined);
  if (faults.length > 0) throw new Error(`${scenario.name} fails without any disturbance:\n${faults.join('\n')}`);
  return run;
};
