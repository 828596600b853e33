/** What the machine tells of its work, for logs, metrics and tests. It knows none of them. */

import {
  type Action,
  type Key,
  keyOf,
  type Millis,
  type Notice,
  type Outcome,
  type Plan,
  type Resource,
} from './contract.ts';
import { originOf } from './fault.ts';
import type { Log } from './log.ts';

export interface Telemetry {
  passFinished(pass: FinishedPass): void;
  /** The object is gone; without a key: the controller begins afresh with all of its objects. */
  forgot(controller: string, key?: Key): void;
  /** A pass threw: a bug, which stays with this one key. */
  passThrew(controller: string, key: Key, error: unknown): void;
  actionFinished(action: FinishedAction): void;
  /** Told to users by an event, too. */
  noticed(controller: string, notice: Notice): void;
  /** The store has the whole of a resource: the first time, and after each relist. */
  synced(resource: Resource, objects: number): void;
  /** A list or a watch failed and will be tried again. */
  reflectorBroke(resource: Resource, why: string): void;
  /** An object could not be read and is left out until it changes, or a trigger threw and woke nobody: bugs. */
  storeFault(
    what: 'view' | 'subscriber',
    resource: Resource,
    fault: { readonly key: Key; readonly error: unknown },
  ): void;
}

export interface FinishedPass {
  readonly controller: string;
  readonly key: Key;
  /** Of CPU: observing and planning. */
  readonly millis: Millis;
  readonly plan: Plan;
  /** In the order of the plan's actions; the status write, if there was one, comes last. */
  readonly outcomes: readonly Outcome[];
}

export interface FinishedAction {
  readonly controller: string;
  readonly key: Key;
  readonly action: Action;
  readonly outcome: Outcome;
  readonly millis: Millis;
}

/** Tells all of them. */
export const together = (...all: readonly Telemetry[]): Telemetry => ({
  passFinished: pass => each(all, t => t.passFinished(pass)),
  forgot: (controller, key) => each(all, t => t.forgot(controller, key)),
  passThrew: (controller, key, error) => each(all, t => t.passThrew(controller, key, error)),
  actionFinished: action => each(all, t => t.actionFinished(action)),
  noticed: (controller, notice) => each(all, t => t.noticed(controller, notice)),
  synced: (resource, objects) => each(all, t => t.synced(resource, objects)),
  reflectorBroke: (resource, why) => each(all, t => t.reflectorBroke(resource, why)),
  storeFault: (what, resource, fault) => each(all, t => t.storeFault(what, resource, fault)),
});

const each = (all: readonly Telemetry[], tell: (telemetry: Telemetry) => void): void => {
  for (const telemetry of all) tell(telemetry);
};

export const silence: Telemetry = together();

/** Each action is one line, however it ended. */
export const logged = (log: Log): Telemetry => ({
  passFinished: () => {},
  forgot: () => {},
  passThrew: (controller, key, error) => log.error('pass threw', { controller, key, error: originOf(error) }),
  actionFinished: finished => logAction(log, finished),
  noticed: (controller, { about, type, reason, message }) => {
    const on = `${about.resource.kind} ${keyOf(about.namespace, about.name)}`;
    log[type === 'Warning' ? 'warn' : 'info']('noticed', { controller, on, reason, message });
  },
  synced: (resource, objects) => log.info('synced', { resource: resource.plural, objects }),
  reflectorBroke: (resource, why) => log.warn('watch broke', { resource: resource.plural, why }),
  storeFault: (what, resource, { key, error }) =>
    log.error(`${what} threw`, { resource: resource.plural, key, error: originOf(error) }),
});

const logAction = (log: Log, { controller, key, action, outcome, millis }: FinishedAction): void => {
  const message = 'message' in outcome ? { message: outcome.message } : {};
  const fields = { controller, key, ...subjectOf(action), why: action.why, outcome: outcome.is, ...message };
  const at = outcome.is === 'refused' || outcome.is === 'failed' ? 'warn' : 'info';
  log[at]('acted', { ...fields, millis: Math.round(millis) });
};

const subjectOf = (action: Action): { action: string; on: string } => {
  const { plural } = action.do === 'create' ? action.resource : action.target.resource;
  const name = action.do === 'create' ? action.object.metadata.name : action.target.name;
  const part = action.do === 'patch' && action.part !== 'object' ? `/${action.part}` : '';
  return { action: action.do, on: `${plural}${part} ${name ?? ''}` };
};
