/**
 * How many writes may be in flight, learned from how the server answers (additive increase, multiplicative decrease):
 *
 *   a quick answer while all places are taken: a little wider      429, 5xx, a lost answer, a p95 that doubled: half
 *
 * What was sent before the last halving tells nothing new, so one congestion halves once. Pure.
 */

import type { Millis } from '../contract.ts';

export interface Window {
  /** A real number: its whole part is how many may be in flight. */
  readonly places: number;
  /** No write begins before this moment: the server asked to be left alone. */
  readonly restsUntil: Millis;
  /** Answers to what was sent until then are not heeded. */
  readonly halvedAt: Millis;
  /** The p95 that this server usually shows; undefined until a first sample is full. */
  readonly usual: Millis | undefined;
  /** Times of the latest answers, up to `sampleSize`. */
  readonly sample: readonly Millis[];
}

/** What the end of a request tells of the server's load. */
export type Sign =
  | { readonly is: 'answered' }
  | { readonly is: 'overloaded'; readonly retryAfter?: Millis }
  /** Nothing reached the server. */
  | { readonly is: 'unknown' };

export interface Ended {
  readonly sign: Sign;
  readonly sentAt: Millis;
  readonly at: Millis;
  /** How many were in flight, this one included. */
  readonly inFlight: number;
}

/** With fewer than 4, one slow webhook of a user's could stop everybody's writes. */
export const [fewest, initially, most] = [4, 20, 64];
export const sampleSize = 64;
/** Where a server asks for more, it is asked again to say so. */
export const longestRest: Millis = 15_000;
// Below this a doubled p95 is noise.
const unremarkable: Millis = 100;

export const newWindow: Window = {
  places: initially,
  restsUntil: Number.NEGATIVE_INFINITY,
  halvedAt: Number.NEGATIVE_INFINITY,
  usual: undefined,
  sample: [],
};

export const placesIn = ({ places }: Window): number => Math.floor(places);

export const after = (window: Window, ended: Ended): Window => {
  switch (ended.sign.is) {
    case 'unknown':
      return window;
    case 'overloaded':
      return overloaded(rested(window, ended.at, ended.sign.retryAfter ?? 0), ended);
    case 'answered':
      return ended.sentAt <= window.halvedAt ? window : answered(window, ended);
  }
};

const rested = (window: Window, at: Millis, wait: Millis): Window =>
  wait === 0 ? window : { ...window, restsUntil: Math.max(window.restsUntil, at + Math.min(wait, longestRest)) };

const overloaded = (window: Window, { sentAt, at }: Ended): Window =>
  sentAt <= window.halvedAt ? window : halved(window, at);

const halved = (window: Window, at: Millis): Window => ({
  ...window,
  places: Math.max(fewest, window.places / 2),
  halvedAt: at,
  sample: [],
});

const answered = (window: Window, { sentAt, at, inFlight }: Ended): Window => {
  const sample = [...window.sample, at - sentAt];
  if (sample.length >= sampleSize) return judged(window, sample, at);
  // A window that is not filled proves nothing about a wider one.
  const isFull = inFlight >= placesIn(window);
  const places = isFull ? Math.min(most, window.places + 1 / placesIn(window)) : window.places;
  return { ...window, places, sample };
};

/** The usual follows what is seen, so a server that stays slow is not narrowed for ever. */
const judged = (window: Window, sample: readonly Millis[], at: Millis): Window => {
  const p95 = percentile95(sample);
  const { usual = p95 } = window;
  const next = { ...window, usual: usual + (p95 - usual) / 8, sample: [] };
  return p95 > Math.max(2 * usual, unremarkable) ? halved(next, at) : next;
};

const percentile95 = (sample: readonly Millis[]): Millis =>
  sample.toSorted((a, b) => a - b)[Math.floor(sample.length * 0.95)] ?? 0;
