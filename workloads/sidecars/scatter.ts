/**
 * Spreads pods with certain labels over a rollout, so that it does not begin, or end, with all of them: between the pods
 * that have a label and those that have not, the same proportion is kept from one end of the rollout to the other.
 */

import type { PodView } from '../pods/view.ts';

interface HasPod {
  readonly pod: PodView;
}

export interface Term {
  readonly key: string;
  /** `*` stands for every value that is seen. */
  readonly value: string;
}

/** @param all every pod of the set: the proportions are theirs */
export const scattered = <M extends HasPod>(
  waiting: readonly M[],
  terms: readonly Term[],
  all: readonly M[],
): readonly M[] => termsInOrder(terms, waiting, all).reduce((order, term) => spread(order, term, all), waiting);

const has = ({ pod }: HasPod, { key, value }: Term): boolean =>
  Object.hasOwn(pod.labels, key) && pod.labels[key] === value;

/** Of several terms, those that are had by more of the waiting pods come first. */
const termsInOrder = (terms: readonly Term[], waiting: readonly HasPod[], all: readonly HasPod[]): readonly Term[] => {
  const expanded = terms.flatMap(term => (term.value === '*' ? valuesOf(term.key, all) : [term]));
  const distinct = expanded.filter((a, i) => expanded.findIndex(b => a.key === b.key && a.value === b.value) === i);
  if (distinct.length === 1) return distinct;
  const count = (term: Term): number => waiting.filter(m => has(m, term)).length;
  return distinct.filter(term => count(term) > 0).toSorted((a, b) => count(b) - count(a));
};

const valuesOf = (key: string, all: readonly HasPod[]): readonly Term[] =>
  all.flatMap(({ pod }) => (Object.hasOwn(pod.labels, key) ? [{ key, value: pod.labels[key] ?? '' }] : []));

const spread = <M extends HasPod>(order: readonly M[], term: Term, all: readonly M[]): readonly M[] => {
  const labelled = order.filter(m => has(m, term));
  const others = order.filter(m => !has(m, term));
  if (labelled.length <= 1 || others.length <= 1) return order;
  const last = labelled.slice(-1); // one of them ends the rollout
  const total = all.filter(m => has(m, term)).length;
  const { remainder, sizes } = proportions(
    { labelled: labelled.length - 1, others: others.length },
    { labelled: total - 1, others: all.length - total },
  );
  return [...others.slice(0, remainder), ...woven(labelled.slice(0, -1), others.slice(remainder), sizes), ...last];
};

interface Pair {
  readonly labelled: number;
  readonly others: number;
}

/** How many of each follow one another, and how many of the others go before. */
const proportions = (waiting: Pair, all: Pair): { readonly remainder: number; readonly sizes: Pair } => {
  if (all.others / all.labelled >= waiting.others / waiting.labelled) return { remainder: 0, sizes: sizesOf(waiting) };
  const sizes = sizesOf(all);
  const groups = Math.min(Math.floor(waiting.labelled / sizes.labelled), Math.floor(waiting.others / sizes.others));
  return { remainder: waiting.others - groups * sizes.others, sizes };
};

const sizesOf = ({ labelled, others }: Pair): Pair => {
  const groups = Math.max(1, Math.min(labelled, others));
  return { labelled: Math.max(1, Math.round(labelled / groups)), others: Math.max(1, Math.round(others / groups)) };
};

const woven = <M>(labelled: readonly M[], others: readonly M[], sizes: Pair): readonly M[] => {
  const result: M[] = [];
  let [l, o] = [0, 0];
  while (l < labelled.length && o < others.length) {
    result.push(...labelled.slice(l, l + sizes.labelled), ...others.slice(o, o + sizes.others));
    l += sizes.labelled;
    o += sizes.others;
  }
  return [...result, ...labelled.slice(l), ...others.slice(o)];
};
