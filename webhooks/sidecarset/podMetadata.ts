/** Rules of `spec.patchPodMetadata`. */

import { wrongWithLabelKey } from '../../api/labelSyntax.ts';
import { invalid, type Problem, required } from '../../api/problem.ts';
import { itemsOf, memberOf, type Raw } from './raw.ts';

const field = 'spec.patchPodMetadata';
/** The apiserver's limit for all annotations of one object, in bytes. */
const largest = 256 * 1024;

export const patchProblems = (spec: Raw): readonly Problem[] => {
  const patches = itemsOf(spec, 'patchPodMetadata').map(patch => Object.entries(memberOf(patch, 'annotations')));
  const keys = patches.flatMap(entries => entries.map(([key]) => key));
  const repeated = new Set(keys.filter((key, index) => keys.indexOf(key) < index));
  return [
    ...patches.flatMap((entries, i) => problemsOf(entries, `${field}[${i}].annotations`)),
    ...[...repeated].map(key => invalid(field, `patch annotation[${key}] already exist`)),
  ];
};

const problemsOf = (entries: readonly (readonly [string, unknown])[], path: string): readonly Problem[] => {
  if (entries.length === 0) return [required(path, 'no annotations defined for SidecarSet')];
  // What is no text is refused by the schema.
  const texts = entries.flatMap(([key, value]) => (typeof value === 'string' ? [key, value] : [key]));
  const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return [
    ...entries.flatMap(([key]) => {
      // The apiserver looks at the keys of annotations without regard to case.
      const wrong = wrongWithLabelKey(key.toLowerCase());
      return wrong === undefined ? [] : [invalid(`${path}[${key}]`, wrong)];
    }),
    ...(size > largest ? [invalid(path, `may not be more than ${largest} bytes`)] : []),
  ];
};
