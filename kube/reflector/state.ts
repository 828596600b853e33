/**
 * What a reflector does next, as a pure transition.
 *
 *      start                        all of it             an event, a bookmark
 *   ┌─────────▶ streaming ──────────────────▶ watching ◀──────┐
 *   │             │  ▲  400, 422: no WatchList   │  └─────────┘
 *   │             ▼  │                           │ 410: from the beginning
 *   │           paging ──── last page ──▶ watching
 *   │             any of them, broken: ──▶ waiting ──▶ the same again, or a watch from where it was
 */

import type { Millis } from '../contract.ts';

export type Version = string;

/** How the first state is fetched: streamed (WatchList) where the server can, else in pages. */
type Method = 'stream' | 'pages';

interface Memory {
  readonly method: Method;
  /** Attempts that failed since something last arrived. */
  readonly failures: number;
  /** The version has expired, and no watch has brought anything since. */
  readonly expired: boolean;
}

export type State = Memory &
  (
    | { readonly at: 'streaming' }
    | { readonly at: 'paging'; readonly restarted: boolean }
    | { readonly at: 'watching'; readonly from: Version }
    /** Without `from` it begins at the beginning. */
    | { readonly at: 'waiting'; readonly from?: Version }
  );

export type Input =
  | { readonly is: 'page'; readonly version: Version; readonly continue: string }
  /** The bookmark that ends the initial events. */
  | { readonly is: 'complete'; readonly version: Version }
  /** An event or a bookmark of a running watch. */
  | { readonly is: 'progress'; readonly version: Version }
  /** 410: the server no longer knows the version or the page that we asked for. */
  | { readonly is: 'expired' }
  /** 400 or 422: the server does not understand the request. */
  | { readonly is: 'unsupported'; readonly why: string }
  /** The server ended the watch as agreed. */
  | { readonly is: 'ended' }
  | { readonly is: 'broken'; readonly why: string; readonly retryAfter?: Millis }
  | { readonly is: 'timer' };

export type Effect =
  /** Forget what was gathered and stream everything. */
  | { readonly do: 'stream' }
  /** `continue` is empty for the first page, before which everything gathered is forgotten. */
  | { readonly do: 'page'; readonly continue: string }
  /** What was gathered is the whole: put it in the place of what the store has. */
  | { readonly do: 'swap'; readonly version: Version }
  | { readonly do: 'watch'; readonly from: Version }
  /** Wait at least so long, and a random part of `spread` more. */
  | { readonly do: 'wait'; readonly atLeast: Millis; readonly spread: Millis }
  | { readonly do: 'report'; readonly why: string };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

// After a minute's outage of the apiserver everything is to be as wanted within 15 s.
const [firstDelay, longestDelay] = [800, 8_000];

export const start: Step = {
  state: { at: 'streaming', method: 'stream', failures: 0, expired: false },
  effects: [{ do: 'stream' }],
};

/** Inputs that cannot come in a state change nothing. */
export const step = (state: State, input: Input): Step => {
  switch (input.is) {
    case 'page':
      return paged(state, input.version, input.continue);
    case 'complete':
      return state.at === 'streaming' ? arrive(state, input.version, []) : same(state);
    case 'progress':
      return state.at === 'watching'
        ? { state: { ...state, from: input.version, failures: 0, expired: false }, effects: [] }
        : same(state);
    case 'expired':
      return expired(state);
    case 'unsupported':
      return state.at === 'streaming' ? begin({ ...state, method: 'pages' }) : wait(state, { why: input.why });
    case 'ended':
      return state.at === 'watching' ? again(state, state.from) : wait(state, { why: 'the stream ended too early' });
    case 'broken':
      return wait(state, input);
    case 'timer':
      return state.at === 'waiting' ? resume(state) : same(state);
  }
};

const same = (state: State): Step => ({ state, effects: [] });

const memoryOf = ({ method, failures, expired: hasExpired }: State): Memory => ({
  method,
  failures,
  expired: hasExpired,
});

const begin = (state: State): Step =>
  state.method === 'stream'
    ? { state: { ...memoryOf(state), at: 'streaming' }, effects: [{ do: 'stream' }] }
    : { state: { ...memoryOf(state), at: 'paging', restarted: false }, effects: [{ do: 'page', continue: '' }] };

const again = (state: State, from: Version): Step => ({
  state: { ...memoryOf(state), at: 'watching', from },
  effects: [{ do: 'watch', from }],
});

const arrive = (state: State, version: Version, then: readonly Effect[]): Step => ({
  state: { ...memoryOf(state), failures: 0, at: 'watching', from: version },
  effects: [{ do: 'swap', version }, ...then],
});

const paged = (state: State, version: Version, next: string): Step => {
  if (state.at !== 'paging') return same(state);
  return next === ''
    ? arrive(state, version, [{ do: 'watch', from: version }])
    : { state, effects: [{ do: 'page', continue: next }] };
};

const expired = (state: State): Step => {
  // The pages of a list are one snapshot: when it is compacted away in mid-list, only a new list is consistent.
  if (state.at === 'paging' && !state.restarted)
    return { state: { ...state, restarted: true }, effects: [{ do: 'page', continue: '' }] };
  // A first 410 of a watch is normal after a silence or an outage; one that follows another must not become a storm.
  if (state.at === 'watching' && !state.expired) return begin({ ...state, failures: 1, expired: true });
  return wait(state, { why: 'the version expired again' }, 'from the beginning');
};

const wait = (
  state: State,
  { why, retryAfter = 0 }: { readonly why: string; readonly retryAfter?: Millis },
  then: 'from where it was' | 'from the beginning' = 'from where it was',
): Step => {
  const memory = { ...memoryOf(state), failures: state.failures + 1 };
  const from =
    then === 'from where it was' && (state.at === 'watching' || state.at === 'waiting') ? state.from : undefined;
  return {
    state: { ...memory, at: 'waiting', ...(from === undefined ? {} : { from }) },
    effects: [
      { do: 'report', why },
      { do: 'wait', atLeast: retryAfter, spread: delayAfter(state.failures) },
    ],
  };
};

const delayAfter = (failures: number): Millis => Math.min(firstDelay * 2 ** Math.min(failures, 16), longestDelay);

const resume = (state: State & { readonly at: 'waiting' }): Step =>
  state.from === undefined ? begin(state) : again(state, state.from);
