/** What an installed definition would drop of an object, without a word: whatever its structural schema does not name. */

import { isObject } from '../../api/json.ts';
import type { Wire } from '../../kube/contract.ts';

/**
 * Paths of fields that the schema `ours` describes and `installed` does not keep, e.g. `spec.updateStrategy.nonInPlace`;
 * `[]` stands for the items of a list, `{}` for the values of a map. What is below a dropped field is not listed.
 */
export const prunedBy = (installed: unknown, ours: unknown): readonly string[] =>
  walk(wireOf(installed), wireOf(ours), '');

const walk = (installed: Wire, ours: Wire, path: string): readonly string[] =>
  keepsUnknown(ours) && !keepsUnknown(installed)
    ? [path]
    : [
        ...Object.entries(wireOf(ours['properties'])).flatMap(([name, member]) =>
          below(memberOf(installed, name), member, path === '' ? name : `${path}.${name}`),
        ),
        ...below(installed['items'], ours['items'], `${path}[]`),
        ...below(installed['additionalProperties'], ours['additionalProperties'], `${path}{}`),
      ];

/** `true` keeps whatever is there; a schema that is not there keeps nothing. */
const below = (installed: unknown, ours: unknown, path: string): readonly string[] => {
  if (!isObject(ours) || installed === true) return [];
  return isObject(installed) ? walk(installed, ours, path) : [path];
};

const memberOf = (installed: Wire, name: string): unknown => {
  const members = wireOf(installed['properties']);
  return Object.hasOwn(members, name) ? members[name] : keepsUnknown(installed) || installed['additionalProperties'];
};

const keepsUnknown = (schema: Wire): boolean => schema['x-kubernetes-preserve-unknown-fields'] === true;

const wireOf = (value: unknown): Wire => (isObject(value) ? value : {});
