/** The installed CustomResourceDefinition of one of our kinds. */

import type { Crd } from '../../api/crd.ts';
import { isObject } from '../../api/json.ts';
import { type Resource, type Seen, seenOf, type Wire } from '../../kube/contract.ts';
import { prunedBy } from './pruned.ts';

export interface DefinitionView extends Seen {
  /** Fields of ours that it would drop in one of its served versions: see `prunedBy`. */
  readonly pruned: readonly string[];
}

/** e.g. `sidecarsets.apps.kruise.io` */
export const nameOf = (crd: Crd): string => String(wireOf(crd['metadata'])['name']);

export const definitionOf = (crd: Crd): Resource<DefinitionView> => ({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  scope: 'Cluster',
  view: installed => ({ ...seenOf(installed), pruned: prunedIn(installed, crd) }),
  indexes: {},
  select: { fields: `metadata.name=${nameOf(crd)}` },
});

/** The apiserver drops fields by the version of a request, and again by the stored one. */
const prunedIn = (installed: Wire, crd: Crd): readonly string[] => {
  const theirs = schemasOf(installed);
  const paths = [...schemasOf(crd)].flatMap(([version, ours]) =>
    theirs.has(version) ? prunedBy(theirs.get(version), ours) : [],
  );
  return [...new Set(paths.filter(isOurs))];
};

/** The apiserver keeps what every object has, whatever the schema says of it. */
const isOurs = (path: string): boolean => /^(?:spec|status)\b/.test(path);

/** By the names of the versions that are served. */
const schemasOf = (definition: Wire): ReadonlyMap<string, unknown> => {
  const versions = wireOf(definition['spec'])['versions'];
  const served = (Array.isArray(versions) ? versions : []).map(wireOf).filter(version => version['served'] === true);
  return new Map(served.map(({ name, schema }) => [String(name), wireOf(schema)['openAPIV3Schema']]));
};

const wireOf = (value: unknown): Wire => (isObject(value) ? (value as Wire) : {});
