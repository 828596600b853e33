/** Everything that is wrong with a SidecarSet, at once. Defaults and what a schema can say are in the CRD. */

import { wrongWithLabelValue } from '../../api/labelSyntax.ts';
import { invalid, type Problem } from '../../api/problem.ts';
import { normaliseSidecarSet } from '../../api/sidecarset.ts';
import type { KubeObject, Reader } from '../../kube/contract.ts';
import { SidecarSets, type SidecarSetView } from '../../workloads/sidecarsets.ts';
import { canaryProblems } from './canary.ts';
import { changeProblems } from './change.ts';
import { conflicts } from './conflicts.ts';
import { containerProblems } from './containers.ts';
import { hotUpgradeProblems } from './hotUpgrade.ts';
import { pinProblems } from './pin.ts';
import { patchProblems } from './podMetadata.ts';
import { specOf, textOf } from './raw.ts';
import { strategyProblems } from './strategy.ts';

export interface Judged {
  readonly object: KubeObject;
  /** As it was stored, on UPDATE. */
  readonly before?: KubeObject;
}

export const problemsIn = ({ object, before }: Judged, reader: Reader): readonly Problem[] => {
  const view = SidecarSets.view(object);
  const spec = specOf(object);
  const own = [
    ...nameProblems(object.metadata.name ?? ''),
    ...normaliseSidecarSet(object).problems,
    ...strategyProblems(spec),
    ...pinProblems(spec),
    ...containerProblems(spec),
    ...hotUpgradeProblems(spec),
    ...versionProblems(textOf(spec, 'customVersion')),
    ...patchProblems(spec),
    ...canaryProblems(object, before, reader),
    ...(before === undefined ? [] : changeProblems(specOf(before), spec)),
  ];
  // What overlaps with others is only known of a set that can be read.
  return own.length > 0 || view === undefined ? own : conflicts(view, othersOf(view, reader));
};

/** A canary and its base never go into one pod together. */
const othersOf = ({ name, usable }: SidecarSetView, reader: Reader): readonly SidecarSetView[] =>
  reader
    .list(SidecarSets)
    .filter(other => other.name !== name && other.name !== usable?.canaryOf && other.usable?.canaryOf !== name);

/** The name becomes a label value and a part of other names. Empty before the apiserver has generated it. */
const nameProblems = (name: string): readonly Problem[] => {
  const field = 'metadata.name';
  return [
    ...(name === '' || /^[a-zA-Z0-9-]+$/.test(name)
      ? []
      : [invalid(field, "sidecarset name must consist of alphanumeric characters or '-'")]),
    ...(name.length > 63 ? [invalid(field, 'must be no more than 63 characters')] : []),
  ];
};

/** It becomes a label of the revision, which could not be recorded otherwise. */
const versionProblems = (version: string): readonly Problem[] => {
  const wrong = wrongWithLabelValue(version);
  return wrong === undefined ? [] : [invalid('spec.customVersion', `${JSON.stringify(version)}: ${wrong}`)];
};
