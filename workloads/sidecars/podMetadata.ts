/** Annotations that a SidecarSet sets on its pods: `spec.patchPodMetadata`. */

import { type KubeObject, type Op, pointer } from '../../kube/contract.ts';
import type { Injection } from './injection.ts';
import { mergeJson } from './mergePatch.ts';

export interface Patched {
  readonly annotations: ReadonlyMap<string, string>;
  /** Keys whose text is not JSON that something could be merged into: they are left as they were. */
  readonly unmerged: readonly string[];
}

/** All annotations with the set's patches applied. */
export const withPatches = (before: ReadonlyMap<string, string>, patches: Injection['patchPodMetadata']): Patched => {
  const annotations = new Map(before);
  const unmerged: string[] = [];
  for (const { annotations: wanted, patchPolicy } of patches) {
    if (!isKnown(patchPolicy)) continue; // written without validation: nobody knows what it means
    for (const [key, value] of Object.entries(wanted ?? {})) {
      const next = patchedValue(annotations.get(key), value, patchPolicy);
      if (next === undefined) unmerged.push(key);
      else annotations.set(key, next);
    }
  }
  return { annotations, unmerged };
};

/** What the patches change on a pod that has annotations already. A merge that cannot be made holds up no image. */
export const patchOps =
  (patches: Injection['patchPodMetadata']) =>
  ({ metadata }: KubeObject): readonly Op[] => {
    const before = new Map(Object.entries(metadata.annotations ?? {}));
    return [...withPatches(before, patches).annotations]
      .filter(([key, value]) => before.get(key) !== value)
      .map(([key, value]) => ({ op: 'add', path: pointer('metadata', 'annotations', key), value }));
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
