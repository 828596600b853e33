/** Rules of the update strategy that no schema can say. Under NotUpdate nobody looks at it. */

import { compileSelector } from '../../api/labelSelector.ts';
import { invalid, type Problem, required } from '../../api/problem.ts';
import { isGiven, itemsOf, memberOf, type Raw, textOf } from './raw.ts';

const path = 'spec.updateStrategy';

export const strategyProblems = (spec: Raw): readonly Problem[] => {
  const strategy = memberOf(spec, 'updateStrategy');
  const type = textOf(strategy, 'type');
  if (type !== '' && type !== 'RollingUpdate') return [];
  return [
    ...selectorProblems(strategy),
    ...priorityProblems(memberOf(strategy, 'priorityStrategy')),
    ...scatterProblems(itemsOf(strategy, 'scatterStrategy')),
  ];
};

const selectorProblems = (strategy: Raw): readonly Problem[] => {
  if (!isGiven(strategy, 'selector')) return [];
  const { partition } = strategy;
  const hasPartition = typeof partition === 'string' || (typeof partition === 'number' && partition !== 0);
  return [
    ...(hasPartition ? [invalid(path, 'Partition and Selector cannot be used together')] : []),
    ...emptiness(memberOf(strategy, 'selector'), `${path}.selector`),
  ];
};

/** A selector that cannot be read is reported by the reader. */
const emptiness = (selector: Raw, field: string): readonly Problem[] => {
  const parsed = compileSelector(selector, field);
  return parsed.is === 'fine' && parsed.value.isEmpty
    ? [invalid(field, 'empty selector is not valid for sidecarset.')]
    : [];
};

const priorityProblems = (strategy: Raw): readonly Problem[] => {
  const field = `${path}.priorityStrategy`;
  const order = itemsOf(strategy, 'orderPriority');
  const weights = itemsOf(strategy, 'weightPriority');
  return [
    ...(order.length > 0 && weights.length > 0
      ? [invalid(field, 'only one of orderPriority and weightPriority can be used')]
      : []),
    ...order.flatMap((term, i) =>
      textOf(term, 'orderedKey') === ''
        ? [required(`${field}.orderPriority[${i}].orderedKey`, 'order key can not be empty')]
        : [],
    ),
    ...weights.flatMap((term, i) => weightProblems(term, `${field}.weightPriority[${i}]`)),
  ];
};

const weightProblems = (term: Raw, field: string): readonly Problem[] => {
  const { weight } = term;
  const isFine = typeof weight === 'number' && weight >= 0 && weight <= 100;
  return [
    ...(isFine ? [] : [invalid(`${field}.weight`, 'weight must be valid number in the range 1-100')]),
    ...emptiness(memberOf(term, 'matchSelector'), `${field}.matchSelector`),
  ];
};

const scatterProblems = (terms: readonly Raw[]): readonly Problem[] => {
  const field = `${path}.scatterStrategy`;
  const texts = terms.map(term => `key=${textOf(term, 'key')} value=${textOf(term, 'value')}`);
  return terms.flatMap((term, i) => [
    ...(textOf(term, 'key') === '' ? [required(`${field}[${i}].key`, 'key can not be empty')] : []),
    ...(texts.indexOf(texts[i] ?? '') < i ? [duplicated(`${field}[${i}]`, texts[i] ?? '')] : []),
  ]);
};

const duplicated = (field: string, text: string): Problem => ({
  field,
  message: `duplicated ${text}`,
  reason: 'FieldValueDuplicate',
});
