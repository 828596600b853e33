/** Telemetry that remembers, in words, for tests. */

import { type FinishedAction, type FinishedPass, silence, type Telemetry } from '../../kube/telemetry.ts';

export class Ledger {
  readonly passes: FinishedPass[] = [];
  readonly actions: FinishedAction[] = [];
  readonly errors: string[] = [];

  readonly telemetry: Telemetry = {
    ...silence,
    passFinished: pass => void this.passes.push(pass),
    actionFinished: action => void this.actions.push(action),
    passThrew: (controller, key, error) => void this.errors.push(`${controller} ${key}: ${String(error)}`),
    storeFault: (what, _, { key, error }) => void this.errors.push(`${what} ${key}: ${String(error)}`),
  };

  /** e.g. `['done', 'refused']` */
  outcomes(): readonly string[] {
    return this.actions.map(({ outcome }) => outcome.is);
  }
}
