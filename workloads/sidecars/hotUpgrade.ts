/** The annotations by which the twins of a container that is upgraded hot know which of them is the new one. */

import { isObject, parseJson } from '../../api/json.ts';
import { annotations, env } from '../../api/names.ts';
import type { Env } from './environment.ts';
import { twinsOf } from './injection.ts';
import { byBytes, goJson } from './typedJson.ts';

export const versionKey = (container: string): string => `version.sidecarset.kruise.io/${container}`;
export const otherVersionKey = (container: string): string => `versionalt.sidecarset.kruise.io/${container}`;

/** The first twin works, the second one is empty. */
export const hotAnnotations = (name: string): readonly (readonly [string, string])[] => {
  const [first, second] = twinsOf(name);
  return [
    [versionKey(first), '1'],
    [otherVersionKey(first), '0'],
    [versionKey(second), '0'],
    [otherVersionKey(second), '1'],
  ];
};

/** Variables through which a twin reads its own annotations when it starts. */
export const hotVersion = (container: string): readonly Env[] => [
  {
    name: env.sidecarSetVersion,
    valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${versionKey(container)}']` } },
  },
  {
    name: env.sidecarSetVersionAlt,
    valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${otherVersionKey(container)}']` } },
  },
];

/** The annotation that names the working twin of each container, with the given ones at their first. */
export const withWorking = (text: string | undefined, names: readonly string[]): string =>
  withTwins(text, new Map(names.map(name => [name, twinsOf(name)[0]])));

/** The same annotation with the given twins marked working, by container name. */
export const withTwins = (text: string | undefined, twins: ReadonlyMap<string, string>): string => {
  const working = new Map([...workingTwins(text), ...twins]);
  return `{${[...working]
    .sort(([a], [b]) => byBytes(a, b))
    .map(([name, twin]) => `${goJson(name)}:${goJson(twin)}`)
    .join()}}`;
};

/** By container name; an annotation that is not readable names none. */
export const workingTwins = (text: string | undefined): ReadonlyMap<string, string> => {
  const json = parseJson(text ?? '');
  const entries = isObject(json) ? Object.entries(json) : [];
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
};

export const workingAnnotation = annotations.sidecarSetWorkingHotUpgrade;
