/** Finds the SidecarSets that may match a pod without looking at the others: what a review costs follows what matches. */

import type { Selector } from '../../api/labelSelector.ts';

type Labels = Readonly<Record<string, string>>;

/** For selectors that ask for no particular value. */
const anyPod = '*';

const pair = (key: string, value: string): string => `${key}=${value}`;

/** The values under which a set is found: one label that all of its pods have, with each value that it may have. */
export const candidateKeys = ({ source }: Selector): readonly string[] => {
  for (const [key, value] of Object.entries(source.matchLabels ?? {})) return [pair(key, value)];
  for (const { key, operator, values } of source.matchExpressions ?? [])
    if (operator === 'In') return [...new Set(values)].map(value => pair(key, value));
  return [anyPod];
};

/** The values under which every set that may match these labels is found. */
export const keysFor = (labels: Labels): readonly string[] => [...pairsOf(labels), anyPod];

/** The values under which a pod is found. */
export const pairsOf = (labels: Labels): readonly string[] =>
  Object.keys(labels).map(key => pair(key, labels[key] ?? ''));

/** Whether both have the same pairs, which hardly any change of a pod touches. */
export const haveSamePairs = (a: Labels, b: Labels): boolean => {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && a[key] === b[key]);
};

/** The other way round: the values under which all pods that a set may match are found; undefined if that is any pod. */
export const pairsFor = (selector: Selector): readonly string[] | undefined => {
  const keys = candidateKeys(selector);
  return keys.includes(anyPod) ? undefined : keys;
};
