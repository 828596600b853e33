/** Sends made-up reviews through the admission of all real webhooks; each case is found again by its seed and number. */

import { answer } from '../../kube/admission.ts';
import { chanceOf } from './chance.ts';
import { wrongWith } from './judge.ts';
import { mutated } from './mutate.ts';
import { newWorld, reviews } from './world.ts';

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
  /** Answers by what they were, e.g. `allowed`, `patched`, `refused`, `400`. */
  readonly answers: ReadonlyMap<string, number>;
  readonly failures: readonly Failure[];
  /** Milliseconds of the slowest answer. */
  readonly slowest: number;
}

const mostFailures = 20;
const now = Date.UTC(2026, 0, 1);

export const fuzz = ({ seed, from = 0, cases, isOver = () => false }: Options): Result => {
  const { webhooks, store } = newWorld();
  const answers = new Map<string, number>();
  const failures: Failure[] = [];
  let [slowest, done] = [0, 0];
  for (; done < cases && failures.length < mostFailures && !isOver(); done += 1) {
    const number = from + done;
    // A generator of its own for each case, so that a case can be made again without those before it.
    const chance = chanceOf(Math.imul(seed, 0x9e3779b1) + number);
    const webhook = chance.oneOf(webhooks);
    const body = mutated(chance.oneOf(reviews), chance);
    const began = performance.now();
    const given = answer(body, webhook, store, now);
    slowest = Math.max(slowest, performance.now() - began);
    const what = wrongWith(body, given) ?? pollution();
    if (what !== undefined) failures.push({ seed, number, path: webhook.path, what, body });
    const kind = kindOf(given);
    answers.set(kind, (answers.get(kind) ?? 0) + 1);
  }
  return { cases: done, answers, failures, slowest };
};

const kindOf = ({ status, body }: ReturnType<typeof answer>): string => {
  if (status !== 200) return String(status);
  if (body.includes('"patch":')) return 'patched';
  return body.includes('"allowed":true') ? 'allowed' : 'refused';
};

/** What every object would have if a review had reached the prototype of all. */
const pollution = (): string | undefined => {
  const [found] = [Object.prototype, Array.prototype].flatMap(prototype =>
    Object.keys(prototype).map(key => `every object has ${key}`),
  );
  return found;
};
