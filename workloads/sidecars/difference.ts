/** In which fields two revisions of a set differ, images aside: the ones that a running pod cannot take. */

import type { Wire } from '../../kube/contract.ts';
import { differences } from '../revisions/canonical.ts';
import { defaultedContainer, type SidecarList } from './defaults.ts';
import type { Injection } from './injection.ts';

/** Paths such as `spec.containers[0].env`. */
export const fieldsBetween = (from: Injection, to: Injection): readonly string[] =>
  differences(withoutImages(from), withoutImages(to), 'spec');

const withoutImages = ({ containers, initContainers }: Injection): Wire => ({
  containers: comparable(containers, 'containers'),
  initContainers: comparable(initContainers, 'initContainers'),
});

const comparable = (containers: readonly Wire[], list: SidecarList): readonly Wire[] =>
  containers.map(container => {
    const { image: _image, ...rest } = defaultedContainer(container, list);
    return rest;
  });
