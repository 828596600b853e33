/** The ConfigMap in which an administrator says which annotations SidecarSets may set on pods. */

import { isObject, parseJson } from '../../api/json.ts';
import { type Selector, selector } from '../../api/labelSelector.ts';
import { array, decode, object, optional, string } from '../../api/schema.ts';
import { type KubeObject, type Resource, type Seen, seenOf } from '../../kube/contract.ts';
import { compile, type Regex } from '../regex/regex.ts';

export const whitelistName = 'kruise-configuration';
export const whitelistKey = 'SidecarSet_PatchPodMetadata_WhiteList';

export interface WhitelistView extends Seen {
  /** Absent if the ConfigMap lacks the key: other settings live in it too. */
  readonly whitelist?: Whitelist;
}

export type Whitelist =
  | { readonly is: 'read'; readonly rules: readonly WhitelistRule[] }
  | { readonly is: 'broken'; readonly why: string };

export interface WhitelistRule {
  /** The SidecarSets that the rule is for, by their labels; all of them if absent. */
  readonly selector?: Selector;
  /** The keys of annotations that they may set, found anywhere in the key. */
  readonly keys: readonly KeyPattern[];
}

/** A broken pattern only concerns the sets that its rule is for. */
export type KeyPattern =
  | { readonly is: 'right'; readonly regex: Regex }
  | { readonly is: 'wrong'; readonly why: string };

/** The one ConfigMap of an installation. */
export const metadataWhitelist = (namespace: string): Resource<WhitelistView> => ({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  scope: 'Namespaced',
  view: viewOf,
  indexes: {},
  select: { namespace, fields: `metadata.name=${whitelistName}` },
});

const viewOf = (configMap: KubeObject): WhitelistView => {
  const { data } = configMap;
  const text = isObject(data) && Object.hasOwn(data, whitelistKey) ? data[whitelistKey] : undefined;
  return { ...seenOf(configMap), ...(typeof text === 'string' ? { whitelist: read(text) } : {}) };
};

const written = object({
  rules: optional(
    array(object({ selector: optional(selector()), allowedAnnotationKeyExprs: optional(array(string())) })),
  ),
});

const read = (text: string): Whitelist => {
  const { value, problems } = decode(written, parseJson(text));
  if (value === undefined) return { is: 'broken', why: problems.map(p => `${p.field} ${p.message}`.trim()).join('; ') };
  const rules = value.rules ?? [];
  return {
    is: 'read',
    rules: rules.map(({ selector: of, allowedAnnotationKeyExprs: keys }) => ({
      ...(of === undefined ? {} : { selector: of }),
      keys: (keys ?? []).map(compile),
    })),
  };
};

/** What is no JSON is no object either, which is what its author is told. */
