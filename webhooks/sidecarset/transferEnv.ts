/** Rules of `transferEnv`: a source can be named by a label or an annotation of the pod, and by nothing else. */

import { wrongWithLabelKey } from '../../api/labelSyntax.ts';
import { invalid, type Problem, required } from '../../api/problem.ts';
import { isGiven, memberOf, type Raw, textOf } from './raw.ts';

export const transferProblems = (entries: readonly Raw[], path: string): readonly Problem[] =>
  entries.flatMap((entry, i) => {
    const from = memberOf(entry, 'sourceContainerNameFrom');
    return isGiven(from, 'fieldRef')
      ? fieldProblems(memberOf(from, 'fieldRef'), `${path}[${i}].sourceContainerNameFrom.fieldRef`)
      : [];
  });

const fieldProblems = (fieldRef: Raw, path: string): readonly Problem[] => {
  const version = textOf(fieldRef, 'apiVersion');
  return [
    ...(version === '' || version === 'v1' ? [] : [invalid(`${path}.apiVersion`, 'must be v1')]),
    ...pathProblems(textOf(fieldRef, 'fieldPath'), `${path}.fieldPath`),
  ];
};

const pathProblems = (path: string, field: string): readonly Problem[] => {
  if (path === '') return [required(field, 'must be given')];
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? [];
  if (map === undefined)
    return [
      invalid(field, `field label not supported: ${path}; only metadata.labels['…'] and metadata.annotations['…'] are`),
    ];
  const wrong = wrongWithLabelKey(map === 'annotations' ? key.toLowerCase() : key);
  return wrong === undefined ? [] : [invalid(field, `${JSON.stringify(key)}: ${wrong}`)];
};
