/** Annotations that a SidecarSet sets on its pods: `spec.patchPodMetadata`. */

import type { Injection } from './injection.ts';
import { mergeJson } from './mergePatch.ts';

export type Patched =
  | { readonly is: 'patched'; readonly annotations: ReadonlyMap<string, string> }
  | { readonly is: 'impossible'; readonly key: string };

/** All annotations with the set's patches applied; impossible where text that must be merged is not JSON. */
export const withPatches = (before: ReadonlyMap<string, string>, patches: Injection['patchPodMetadata']): Patched => {
  const annotations = new Map(before);
  for (const { annotations: wanted, patchPolicy } of patches) {
    if (!isKnown(patchPolicy)) continue; // written without validation: nobody knows what it means
    for (const [key, value] of Object.entries(wanted ?? {})) {
      const next = patchedValue(annotations.get(key), value, patchPolicy);
      if (next === undefined) return { is: 'impossible', key };
      annotations.set(key, next);
    }
  }
  return { is: 'patched', annotations };
};

/**
 * The patched values of the keys that the set alone decides about: those that it overwrites. All others depend on what
 * the pod has. A merge that cannot be made replaces.
 */
export const overwritten = (patches: Injection['patchPodMetadata']): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  for (const { annotations, patchPolicy } of patches) {
    if (!isKnown(patchPolicy)) continue;
    for (const [key, value] of Object.entries(annotations ?? {})) {
      if (patchPolicy !== 'Overwrite' && !values.has(key)) continue;
      values.set(key, patchedValue(values.get(key), value, patchPolicy) ?? value);
    }
  }
  return values;
};

const policies = ['Retain', 'Overwrite', 'MergePatchJson'] as const;
type Policy = (typeof policies)[number];

const isKnown = (policy: string): policy is Policy => policies.some(p => p === policy);

/** undefined: it cannot be merged. */
const patchedValue = (before: string | undefined, value: string, policy: Policy): string | undefined => {
  switch (policy) {
    case 'Retain':
      return before ?? value;
    case 'Overwrite':
      return value;
    case 'MergePatchJson':
      return before === undefined || before === '' ? value : mergeJson(before, value);
  }
};
