/** From the description of a kind to the CustomResourceDefinition that the apiserver is given. */

import type { group } from './names.ts';
import { type Json, object, optional, type Published, type Schema, string, word } from './schema.ts';

/** What a kind is called; enough to list and watch it. */
export interface KindNames {
  readonly group: typeof group;
  /** The version that we read and write, which is the stored one. */
  readonly version: 'v1beta1';
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Cluster' | 'Namespaced';
}

/** A column of `kubectl get`; `wide` ones are shown with `-o wide`. */
export interface Column {
  readonly name: string;
  readonly type: 'integer' | 'string' | 'date';
  readonly path: string;
  readonly wide?: true;
}

interface KindLiteral {
  readonly names: KindNames;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly about: string;
  readonly spec: Schema<unknown>;
  readonly status: Schema<unknown>;
  readonly columns: readonly Column[];
  readonly scale?: { readonly replicas: string; readonly statusReplicas: string; readonly labelSelector: string };
}

/** A CustomResourceDefinition as plain JSON. */
export type Crd = Published;

/**
 * Both versions carry the same schema, so that conversion may be `None`: an object of either version keeps all its
 * fields in both, and defaults do not depend on the version of a request.
 */
export const crdOf = (kind: KindLiteral): Crd => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.names.plural}.${kind.names.group}` },
  spec: {
    group: kind.names.group,
    names: {
      kind: kind.names.kind,
      listKind: `${kind.names.kind}List`,
      plural: kind.names.plural,
      singular: kind.singular,
      ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    },
    scope: kind.names.scope,
    conversion: { strategy: 'None' },
    versions: ['v1alpha1', kind.names.version].map(version => versionOf(kind, version)),
  },
});

const versionOf = (kind: KindLiteral, name: string): Json => ({
  name,
  served: true,
  storage: name === kind.names.version,
  subresources: {
    status: {},
    ...(kind.scale && {
      scale: {
        specReplicasPath: kind.scale.replicas,
        statusReplicasPath: kind.scale.statusReplicas,
        labelSelectorPath: kind.scale.labelSelector,
      },
    }),
  },
  additionalPrinterColumns: kind.columns.map(({ name: title, type, path, wide }) => ({
    name: title,
    type,
    jsonPath: path,
    ...(wide && { priority: 1 }),
  })),
  schema: { openAPIV3Schema: rootOf(kind).published },
});

/** The name of an object ends up in label values and in names of pods, so a dot or a long one would fail there. */
const rootOf = ({ about, spec, status }: KindLiteral): Schema<unknown> =>
  object({
    apiVersion: optional(string()),
    kind: optional(string()),
    metadata: optional(object({ name: optional(word()) })),
    spec,
    status: optional(status),
  }).about(about);
