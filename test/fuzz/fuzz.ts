/** Sends made-up reviews through the admission of all real webhooks; each case is found again by its seed and number. */

import { answer } from '../../kube/admission.ts';
import type { Webhook } from '../../kube/contract.ts';
import { type Chance, chanceOf } from './chance.ts';
import { couldArrive, wrongWith } from './judge.ts';
import { mutated } from './mutate.ts';
import { largeReviews, reviews } from './reviews.ts';
import { Tally } from './tally.ts';
import { newWorld } from './world.ts';

export interface Options {
  readonly seed: number;
  /** The number of the first case. */
  readonly from?: number;
  readonly cases: number;
  /** Ends it earlier. */
  readonly isOver?: () => boolean;
}

export interface Failure {
  readonly seed: number;
  readonly number: number;
  readonly path: string;
  readonly what: string;
  readonly body: string;
}

export interface Result {
  readonly cases: number;
  /** By the path of the webhook. */
  readonly webhooks: ReadonlyMap<string, Tally>;
  /** By what was done to the review; a review counts for each thing that was done. */
  readonly mutations: ReadonlyMap<string, Tally>;
  readonly failures: readonly Failure[];
}

const mostFailures = 20;
/** Milliseconds: apiservers wait for 3 s, and others wait behind it. */
const late = 1000;
const now = Date.UTC(2026, 0, 1);

export const fuzz = ({ seed, from = 0, cases, isOver = () => false }: Options): Result => {
  const { webhooks, store } = newWorld();
  const byWebhook = new Map<string, Tally>();
  const byMutation = new Map<string, Tally>();
  const failures: Failure[] = [];
  let done = 0;
  for (; done < cases && failures.length < mostFailures && !isOver(); done += 1) {
    const number = from + done;
    // A generator of its own for each case, so that a case can be made again without those before it.
    const chance = chanceOf(Math.imul(seed, 0x9e3779b1) + number);
    const webhook = chance.oneOf(webhooks);
    const { body, how } = mutated(reviewFor(webhook, chance), chance);
    const began = performance.now();
    const given = answer(body, webhook, store, now);
    const millis = performance.now() - began;
    const slow = isLate(body, millis, () => answer(body, webhook, store, now));
    const what =
      wrongWith(body, given) ?? pollution() ?? (slow ? `the answer took ${millis.toFixed(0)} ms` : undefined);
    if (what !== undefined) failures.push({ seed, number, path: webhook.path, what, body });
    const seen = { answer: given, millis, isLate: slow, isWrong: what !== undefined };
    tallyIn(byWebhook, webhook.path).add(seen);
    for (const name of how.length === 0 ? ['nothing'] : new Set(how)) tallyIn(byMutation, name).add(seen);
  }
  return { cases: done, webhooks: byWebhook, mutations: byMutation, failures };
};

/** Answers are the same every time: the second one tells whether it was other work on this machine that took so long. */
const isLate = (body: string, millis: number, again: () => void): boolean => {
  if (millis <= late || !couldArrive(body)) return false;
  const began = performance.now();
  again();
  return performance.now() - began > late;
};

const tallyIn = (tallies: Map<string, Tally>, name: string): Tally => {
  const tally = tallies.get(name) ?? new Tally();
  tallies.set(name, tally);
  return tally;
};

/** Mostly of a kind that the webhook judges: others pass untouched, whatever they hold. */
const reviewFor = ({ entries }: Webhook, chance: Chance): object => {
  const plurals = entries.flatMap(({ resources }) => resources);
  const among = chance.below(100) === 0 ? largeReviews : reviews;
  const own = among.filter(({ plural }) => plurals.includes(plural));
  return chance.oneOf(own.length > 0 && chance.below(8) > 0 ? own : among).review;
};

/** What every object would have if a review had reached the prototype of all. */
const pollution = (): string | undefined => {
  const [found] = [Object.prototype, Array.prototype].flatMap(prototype =>
    Object.keys(prototype).map(key => `every object has ${key}`),
  );
  return found;
};
