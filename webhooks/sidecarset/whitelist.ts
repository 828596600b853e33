/** Which annotations `spec.patchPodMetadata` may set: what the administrator's whitelist has, if there is one. */

import type { Problem } from '../../api/problem.ts';
import { type KubeObject, keyOf, type Reader, type Resource } from '../../kube/contract.ts';
import {
  type KeyPattern,
  type Whitelist,
  type WhitelistView,
  whitelistKey,
  whitelistName,
} from '../../workloads/sidecars/metadataWhitelist.ts';
import { itemsOf, memberOf, specOf } from './raw.ts';

export interface MetadataPolicy {
  readonly whitelist: Resource<WhitelistView>;
  /** Of the ConfigMap. */
  readonly namespace: string;
  /** For sets without an applicable rule. */
  readonly otherwise: 'deny' | 'allow';
}

export const whitelistProblems = (
  object: KubeObject,
  reader: Reader,
  { whitelist, namespace, otherwise }: MetadataPolicy,
): readonly Problem[] => {
  const patches = itemsOf(specOf(object), 'patchPodMetadata');
  if (patches.length === 0) return [];
  const found = reader.get(whitelist, keyOf(namespace, whitelistName))?.whitelist;
  if (found === undefined) return unless(otherwise, 'SidecarSet patch metadata whitelist not found');
  if (found.is === 'broken') return [forbidden(`${place(namespace)} cannot be read: ${found.why}`)];
  const patterns = patternsFor(found, object.metadata.labels ?? {});
  if (patterns.length === 0) return unless(otherwise, 'sidecarSet patch metadata annotation is not allowed');
  const wrong = patterns.find(p => p.is === 'wrong');
  if (wrong !== undefined) return [forbidden(`${place(namespace)} cannot be read: ${wrong.why}`)];
  const keys = new Set(patches.flatMap(patch => Object.keys(memberOf(patch, 'annotations'))));
  return [...keys]
    .filter(key => !patterns.some(p => p.is === 'right' && p.regex.isIn(key)))
    .map(key => forbidden(`sidecarSet patch metadata annotation(${key}) is not allowed`));
};

const patternsFor = (
  { rules }: Extract<Whitelist, { is: 'read' }>,
  labels: Readonly<Record<string, string>>,
): readonly KeyPattern[] =>
  rules.flatMap(({ selector, keys }) => (selector === undefined || selector.matches(labels) ? keys : []));

const unless = (otherwise: MetadataPolicy['otherwise'], message: string): readonly Problem[] =>
  otherwise === 'allow' ? [] : [forbidden(message)];

const place = (namespace: string): string => `the ConfigMap ${keyOf(namespace, whitelistName)}, key ${whitelistKey},`;

const forbidden = (message: string): Problem => ({
  field: 'spec.patchPodMetadata',
  message,
  reason: 'FieldValueForbidden',
});
