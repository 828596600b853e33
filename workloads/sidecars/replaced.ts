/** The note on a pod of its own containers in whose place SidecarSets have put theirs: nothing else shows it afterwards. */

import { parseJson } from '../../api/json.ts';
import { annotations } from '../../api/names.ts';
import type { PodView } from '../pods/view.ts';
import { byBytes } from './typedJson.ts';

export interface Replacement {
  readonly set: string;
  readonly container: string;
}

/** e.g. `{"logs":["log"]}`: names of containers by the set that has replaced them. Text of others is written over. */
export const printReplaced = (before: string | undefined, more: readonly Replacement[]): string => {
  const all = new Map(readReplaced(before));
  for (const { set, container } of more) all.set(set, [...new Set([...(all.get(set) ?? []), container])].sort(byBytes));
  return JSON.stringify(Object.fromEntries([...all].sort(([a], [b]) => byBytes(a, b))));
};

export const hasReplaced = ({ managed }: PodView, set: string): boolean => {
  const text = managed?.annotations[annotations.replacedContainers];
  return text !== undefined && readReplaced(text).has(set);
};

const readReplaced = (text: string | undefined): ReadonlyMap<string, readonly string[]> => {
  const json = parseJson(text ?? '');
  const entries =
    typeof json === 'object' && json !== null ? Object.entries(json as Readonly<Record<string, unknown>>) : [];
  return new Map(entries.flatMap(([set, names]) => (isListOfText(names) ? [[set, names] as const] : [])));
};

const isListOfText = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(item => typeof item === 'string');
