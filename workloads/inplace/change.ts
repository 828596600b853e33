/** What differs between what a pod has and what a template asks for, and whether the pod can be changed where it stands. */

import type { Container, PodTemplate } from '../../api/kubernetes.ts';
import type { PodView } from '../pods/view.ts';
import { canonicalTemplate, differences } from '../revisions/canonical.ts';

export type Change =
  | { readonly is: 'none' }
  | { readonly is: 'inPlace'; readonly images: ReadonlyMap<string, string>; readonly metadata: MetadataChange }
  | { readonly is: 'recreate'; readonly fields: readonly string[] };

/** Labels and annotations of the template that were set or removed; undefined = removed. */
export interface MetadataChange {
  readonly labels: ReadonlyMap<string, string | undefined>;
  readonly annotations: ReadonlyMap<string, string | undefined>;
}

/** What two templates differ in beside images: the same for all pods that were made of one of them. */
export type Difference =
  | { readonly is: 'inPlace'; readonly metadata: MetadataChange }
  | { readonly is: 'recreate'; readonly fields: readonly string[] };

/** Only images of `spec.containers` and metadata can change in place. */
export const differenceBetween = (from: PodTemplate, to: PodTemplate): Difference => {
  const fields = differences(withoutInPlaceFields(from), withoutInPlaceFields(to));
  if (fields.length > 0) return { is: 'recreate', fields };
  const metadata = {
    labels: changed(from.metadata?.labels, to.metadata?.labels),
    annotations: changed(from.metadata?.annotations, to.metadata?.annotations),
  };
  const consumed = consumedMetadata(to, metadata);
  return consumed.length > 0 ? { is: 'recreate', fields: consumed } : { is: 'inPlace', metadata };
};

/**
 * `difference` is from the template that the pod was made of; the pod's own images overlay it, so that an intermediate
 * change is never lost.
 */
export const changeOf = (difference: Difference, to: PodTemplate, pod: PodView): Change => {
  if (difference.is === 'recreate') return difference;
  const { metadata } = difference;
  const images = imagesToWrite(to, pod);
  if (images.size === 0 && metadata.labels.size === 0 && metadata.annotations.size === 0) return { is: 'none' };
  return { is: 'inPlace', images, metadata };
};

/** Containers of the template whose image differs from what the pod's spec has. */
export const imagesToWrite = (to: PodTemplate, pod: PodView): ReadonlyMap<string, string> =>
  new Map(
    (to.spec?.containers ?? []).flatMap(({ name, image }) => {
      const has = pod.managed?.containers.find(c => c.list === 'containers' && c.name === name);
      return image === undefined || has === undefined || has.image === image ? [] : [[name, image] as const];
    }),
  );

const withoutInPlaceFields = (template: PodTemplate): unknown => {
  const { labels: _labels, annotations: _annotations, ...metadata } = template.metadata ?? {};
  const containers = template.spec?.containers.map(({ image: _image, ...rest }) => rest);
  return canonicalTemplate({ ...template, metadata, spec: { ...template.spec, containers } });
};

type Strings = { readonly [key: string]: string } | undefined;

const changed = (from: Strings, to: Strings): ReadonlyMap<string, string | undefined> => {
  const before = new Map(Object.entries(from ?? {}));
  const after = new Map(Object.entries(to ?? {}));
  const keys = [...new Set([...before.keys(), ...after.keys()])].filter(key => before.get(key) !== after.get(key));
  return new Map(keys.map(key => [key, after.get(key)]));
};

/** A container reads its environment once, at start: a changed label that an env refers to needs a new pod. */
const consumedMetadata = (to: PodTemplate, metadata: MetadataChange): readonly string[] => {
  const paths = new Set([
    ...[...metadata.labels.keys()].map(key => `metadata.labels['${key}']`),
    ...[...metadata.annotations.keys()].map(key => `metadata.annotations['${key}']`),
  ]);
  const refers = ({ env }: Container): string[] =>
    (env ?? []).flatMap(e =>
      paths.has(e.valueFrom?.fieldRef?.fieldPath ?? '') ? [e.valueFrom?.fieldRef?.fieldPath ?? ''] : [],
    );
  return [...new Set([...(to.spec?.containers ?? []), ...(to.spec?.initContainers ?? [])].flatMap(refers))];
};
