/** The generation of each set that decided what a pod carries, for people who ask where a container came from. */

import { isObject, parseJson } from '../../api/json.ts';
import { annotations } from '../../api/names.ts';
import type { Injection } from './injection.ts';
import { byBytes } from './typedJson.ts';

/**
 * The annotation with the decisions of these sets in it; empty if none is known. Nothing depends on what it says, so a
 * text that nobody writes is begun anew.
 */
export const generationNotes = (
  written: string | undefined,
  decided: readonly Pick<Injection, 'set' | 'generation'>[],
): readonly (readonly [string, string])[] => {
  const known = decided.filter(({ generation }) => generation > 0);
  if (known.length === 0) return [];
  const all = new Map([...readGenerations(written), ...known.map(({ set, generation }) => [set, generation] as const)]);
  const sorted = [...all].sort(([a], [b]) => byBytes(a, b));
  return [[annotations.sidecarSetGenerations, JSON.stringify(Object.fromEntries(sorted))]];
};

const readGenerations = (text: string | undefined): readonly (readonly [string, number])[] => {
  const json = parseJson(text ?? '{}');
  return isObject(json)
    ? Object.entries(json).flatMap(([set, value]) => (typeof value === 'number' ? [[set, value] as const] : []))
    : [];
};
