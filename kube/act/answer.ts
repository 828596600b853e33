/** What an answer means for the action that asked. Pure; the facts behind it were tried on a real apiserver. */

import type { Answer } from '../client.ts';
import type { Action, KubeObject, Outcome, Target } from '../contract.ts';
import type { Status } from '../wire.ts';
import { loadIn } from './throttle.ts';
import type { Sign } from './window.ts';

export type Meaning =
  /** The outcome is known, and so is everything that the store should know. */
  | { readonly is: 'settled'; readonly outcome: Outcome }
  /** The server says that the object does not exist. */
  | { readonly is: 'absent' }
  /** Only the object itself tells what became of the action: see `judge`. */
  | { readonly is: 'to be seen'; readonly because: Doubt; readonly message: string };

export type Doubt =
  /** The write was kept out by a newer state. */
  | 'conflict'
  /** 422: the world moved on, or a rule refused it; the answer does not tell which. */
  | 'guard or rule'
  /** It may have been carried out. */
  | 'lost'
  /** It was carried out, and the answer does not show the object. */
  | 'carried out';

/** The meaning of an answer that is not 2xx. */
export const meaningOf = (action: Action, status: Status): Meaning => {
  const { code, message } = status;
  switch (code) {
    case 401:
      // Nobody's rule: our credentials are being replaced, or whoever knows them is away.
      return failed(message);
    case 404:
      return isAbout(action, status) ? { is: 'absent' } : refused(message);
    case 409:
      return { is: 'to be seen', because: 'conflict', message };
    case 422:
      return mayBeGuard(action, status) ? { is: 'to be seen', because: 'guard or rule', message } : refused(message);
    case 429:
      return action.do === 'evict' && isBudget(status) ? refused(message) : failed(message);
    default:
      return code >= 500 ? { is: 'to be seen', because: 'lost', message } : refused(message);
  }
};

/** What the answer tells of the server's load. Of an eviction, 429 is a budget's word, and 500 is two budgets'. */
export const signOf =
  (action: Action) =>
  (answer: Answer): Sign =>
    action.do === 'evict' && (answer.status === 429 || answer.status === 500) ? { is: 'answered' } : loadIn(answer);

/**
 * The outcome of an action that was carried out and left this object. A patch that made no new version brings no event:
 * whoever waits for its own write would wait for ever. Of a status nobody waits to see what he wrote.
 */
export const carriedOut = (action: Action, { metadata }: Pick<KubeObject, 'metadata'>): Outcome => {
  if (action.do !== 'patch' || action.part === 'status' || action.guard === 'uid') return { is: 'done' };
  return isAsItWas(action.target, { metadata }) ? { is: 'refused', message: storedUnchanged } : { is: 'done' };
};

const storedUnchanged =
  'the server stored it unchanged: it asks for what is there, or something on the way took it back';

/** The outcome in the light of the object as it is now; undefined: there is none of that name. */
export const judge = (action: Action, doubt: Doubt, message: string, found: KubeObject | undefined): Outcome => {
  const there = found !== undefined && (action.do === 'create' || found.metadata.uid === action.target.uid);
  switch (action.do) {
    case 'create':
      // Somebody's object has our name: it must be seen, never assumed to be ours.
      return there ? { is: 'stale' } : { is: 'failed', message };
    case 'patch':
      if (!there) return { is: 'stale' };
      return isAsItWas(action.target, found) ? judgePatch(action, doubt, message, found) : { is: 'stale' };
    case 'evict':
    case 'delete':
      return judgeRemoval(doubt, message, there ? found : undefined);
  }
};

/** Whether this is still the state that a decision was made on. */
export const isAsItWas = ({ resourceVersion }: Target, { metadata }: Pick<KubeObject, 'metadata'>): boolean =>
  metadata.resourceVersion === resourceVersion;

/** Of a patch that left no new version. */
const judgePatch = (action: Action, doubt: Doubt, message: string, found: KubeObject): Outcome => {
  switch (doubt) {
    case 'conflict':
      return { is: 'stale' };
    case 'guard or rule':
      return { is: 'refused', message };
    case 'lost':
      return { is: 'failed', message };
    case 'carried out':
      return carriedOut(action, found);
  }
};

const judgeRemoval = (doubt: Doubt, message: string, found: KubeObject | undefined): Outcome => {
  if (found === undefined || found.metadata.deletionTimestamp !== undefined || doubt === 'carried out')
    return { is: 'done' };
  switch (doubt) {
    case 'conflict':
      return { is: 'stale' };
    case 'guard or rule':
      return { is: 'refused', message };
    case 'lost':
      return { is: 'failed', message };
  }
};

/** A 404 is also the answer to a path, a kind or a namespace that the server does not know. */
const isAbout = (action: Action, { reason, about }: Status): boolean =>
  action.do !== 'create' && reason === 'NotFound' && about === action.target.name;

/**
 * A failed `test` and an absent path give a 422 without details; a wrong uid elsewhere names the field. Any other cause
 * is a rule's.
 */
const mayBeGuard = (action: Action, { causes }: Status): boolean =>
  action.do !== 'create' && causes.every(cause => cause.field === 'metadata.uid');

/** Also without the cause: a budget that is not processed yet has none. */
const isBudget = ({ causes, reason }: Status): boolean =>
  causes.some(cause => cause.reason === 'DisruptionBudget') || reason === 'TooManyRequests';

const refused = (message: string): Meaning => ({ is: 'settled', outcome: { is: 'refused', message } });
const failed = (message: string): Meaning => ({ is: 'settled', outcome: { is: 'failed', message } });

/** Whether the object in the answer to a deletion was its last state: nothing is left that could keep it. */
export const isLastState = ({ metadata: m, ...rest }: KubeObject): boolean =>
  (m.finalizers ?? []).length === 0 &&
  (m.deletionTimestamp === undefined || gracePeriodOf({ metadata: m, ...rest }) === 0);

const gracePeriodOf = ({ metadata }: Pick<KubeObject, 'metadata'>): unknown =>
  'deletionGracePeriodSeconds' in metadata ? metadata.deletionGracePeriodSeconds : undefined;
