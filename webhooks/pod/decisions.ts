/** What became of each SidecarSet that selects a new pod, for the metrics. */

import type { Decision } from '../../kube/contract.ts';
import type { NamespaceView } from '../../workloads/resources.ts';
import type { Choice } from '../../workloads/sidecars/choice.ts';
import { coversNamespace } from '../../workloads/sidecars/match.ts';
import type { SidecarSetView, UsableSidecarSet } from '../../workloads/sidecarsets.ts';

export interface Selected {
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: NamespaceView | undefined;
  /** Among them are all that select the pod. */
  readonly possible: readonly SidecarSetView[];
}

/** One for each set that goes in: all do, or none. */
export const decisionsOn = (chosen: readonly Choice[], result: 'injected' | 'unchanged'): readonly Decision[] =>
  chosen.map(({ of }) => ({ result, reason: of }));

/** One for each set that selects the pod and stays out, and one if there is no set at all. */
export const skips = ({ labels, namespace, possible }: Selected, chosen: readonly Choice[]): readonly Decision[] => {
  const going = new Set(chosen.map(({ injection }) => injection.set));
  const skipped = possible.flatMap(({ name, usable, deletedAt }) =>
    usable === undefined || deletedAt !== undefined || going.has(name) || !usable.spec.selector.matches(labels)
      ? []
      : [{ result: 'skipped', reason: whySkipped(usable, namespace) }],
  );
  return going.size === 0 && skipped.length === 0 ? [{ result: 'skipped', reason: 'NoMatch' }] : skipped;
};

const whySkipped = (set: UsableSidecarSet, namespace: NamespaceView | undefined): string => {
  if (set.spec.injectionStrategy.paused) return 'InjectionPaused';
  return coversNamespace(set, namespace) ? 'CanaryInjected' : 'NamespaceNotSelected';
};
