/** Label selectors. */

import { type Mutant, mutantsOf } from '../mutant.ts';

export const selectorsMutants: readonly Mutant[] = [
  ...mutantsOf('api/labelSelector.ts', 'api/labelSelector.test.ts', [
    {
      name: 'one term that holds is enough',
      find: 'tests.every(test => test(labels ?? {}))',
      replace: 'tests.some(test => test(labels ?? {}))',
      killedBy: 'matches by labels and by the four operators',
    },
    {
      name: 'NotIn asks for the label',
      find: 'return labels => !isListed(labels);',
      replace: 'return labels => has(labels) && !isListed(labels);',
      killedBy: 'and its opposite never agree',
    },
    {
      name: 'DoesNotExist is Exists',
      find: 'return labels => !has(labels);',
      replace: 'return has;',
      killedBy: 'matches by labels and by the four operators',
    },
    {
      name: 'takes what every object has for a label',
      find: 'Object.hasOwn(labels, key);',
      replace: 'key in labels;',
      killedBy: 'is not fooled by names that JavaScript objects have anyway',
    },
    {
      name: 'In is satisfied by any value',
      find: "has(labels) && listed.has(labels[key] ?? '');",
      replace: 'has(labels);',
      killedBy: 'matches by labels and by the four operators',
    },
    {
      name: 'In without values is fine',
      find: 'return values.length > 0 ? [] : [required(',
      replace: 'return values.length >= 0 ? [] : [required(',
      killedBy: 'is refused with the path of each mistake, all at once',
    },
    {
      name: 'Exists with values is fine',
      find: 'return values.length === 0\n',
      replace: 'return values.length >= 0\n',
      killedBy: 'is refused with the path of each mistake, all at once',
    },
    {
      name: 'a selector for everything is taken where it is not meant',
      find: 'value.isEmpty ? wrong(',
      replace: 'value.isEmpty && path === undefined ? wrong(',
      killedBy: 'as a field is compiled when it is read, and may be required not to be empty',
    },
  ]),
];
