/** Looks into an object whose shape nobody has checked: what is not there, or is something else, reads as empty. */

import { isObject } from '../../api/json.ts';
import { sidecarSetSpecInV1beta1 } from '../../api/sidecarset.ts';
import type { StoredObject } from '../../api/stored.ts';

export type Raw = { readonly [key: string]: unknown };

/** The spec of either version, as it reads in v1beta1. */
export const specOf = (object: StoredObject): Raw => {
  const spec = sidecarSetSpecInV1beta1(object);
  return isObject(spec) ? spec : {};
};

export const memberOf = (parent: Raw, name: string): Raw => {
  const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
  return isObject(value) ? value : {};
};

export const itemsOf = (parent: Raw, name: string): readonly Raw[] => {
  const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
  return Array.isArray(value) ? value.map(item => (isObject(item) ? item : {})) : [];
};

export const textOf = (parent: Raw, name: string): string => {
  const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
  return typeof value === 'string' ? value : '';
};

export const isGiven = (parent: Raw, name: string): boolean =>
  Object.hasOwn(parent, name) && parent[name] !== undefined && parent[name] !== null;
