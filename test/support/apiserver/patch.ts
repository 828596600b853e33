/** Patches as an apiserver applies them, as far as the machine relies on it. */

import { applyPatch, type Operation } from 'rfc6902';
import type { KubeObject, Wire } from '../../../kube/contract.ts';
import { asObject, isRecord } from '../../../kube/wire.ts';

export type Patched = { readonly object: KubeObject } | { readonly refused: 409 | 422 };

export const patched = (current: KubeObject, contentType: string, body: unknown): Patched => {
  const changed = change(current, contentType, body);
  if (changed === undefined) return { refused: 422 };
  if (changed.metadata.uid !== current.metadata.uid) return { refused: 422 };
  if (changed.metadata.resourceVersion !== current.metadata.resourceVersion) return { refused: 409 };
  return { object: changed };
};

const change = (current: KubeObject, contentType: string, body: unknown): KubeObject | undefined => {
  if (contentType !== 'application/json-patch+json')
    return isRecord(body) ? asObject(merged(current, body, contentType.includes('strategic'))) : undefined;
  const copy = structuredClone(current);
  if (!Array.isArray(body)) return undefined;
  const operations = body.map(operation => operation as Operation);
  return applyPatch(copy, operations).every(error => error === null) ? asObject(copy) : undefined;
};

const merged = (into: Wire, from: Wire, strategic: boolean): Wire => {
  const result = new Map(Object.entries(into));
  for (const [key, value] of Object.entries(from)) {
    const old = result.get(key);
    if (value === null) result.delete(key);
    else if (isRecord(value) && isRecord(old)) result.set(key, merged(old, value, strategic));
    else if (strategic && key === 'conditions' && Array.isArray(old) && Array.isArray(value))
      result.set(key, mergedByType(old, value));
    else result.set(key, value);
  }
  return Object.fromEntries(result);
};

/** New conditions are prepended. */
const mergedByType = (old: readonly unknown[], given: readonly unknown[]): readonly unknown[] => {
  const typeOf = (condition: unknown): unknown => (isRecord(condition) ? condition['type'] : undefined);
  const isGiven = (condition: unknown): boolean => given.some(g => typeOf(g) === typeOf(condition));
  const fresh = given.filter(g => !old.some(o => typeOf(o) === typeOf(g)));
  const kept = old.map(o => (isGiven(o) ? given.find(g => typeOf(g) === typeOf(o)) : o));
  return [...fresh, ...kept];
};
