/** Where resources live on an apiserver. */

import type { Resource } from './contract.ts';

type Address = Pick<Resource, 'group' | 'version' | 'plural'>;

/** Path of all objects of a resource, or of those in one namespace. */
export const collectionPath = (resource: Address, namespace: string): string => {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${resource.plural}`;
};

/** Path of one object, or of a part of it such as `status`. */
export const objectPath = (
  resource: Address,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  subresource = '',
): string => {
  const object = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  return subresource === '' ? object : `${object}/${subresource}`;
};
