/**
 * Label selectors, compiled once: matching a pod costs one look-up per term.
 *
 * An empty selector matches everything, as in Kubernetes; kinds that refuse one use `nonEmptySelector`.
 * An absent selector is `undefined` and means what its field says.
 */

import type { LabelSelector } from './kubernetes.ts';
import { wrongWithLabelKey, wrongWithLabelValue } from './labelSyntax.ts';
import { entryOf, fine, invalid, type Parsed, type Problem, required, under, wrong } from './problem.ts';
import { array, atomic, map, object, optional, type Schema, string } from './schema.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Selector {
  readonly source: LabelSelector;
  readonly isEmpty: boolean;
  matches(labels: Labels | undefined): boolean;
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
type Operator = (typeof operators)[number];

/** One condition on one label; the last two operators have no values. */
interface Term {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** Compiles a selector as it is on the wire; problems carry paths such as `spec.selector.matchExpressions[0].values`. */
export const compileSelector = (source: LabelSelector, path: string): Parsed<Selector> => {
  const problems = problemsIn(source, path);
  if (problems.length > 0) return wrong(...problems);
  const tests = termsOf(source).map(testOf);
  return fine({ source, isEmpty: tests.length === 0, matches: labels => tests.every(test => test(labels ?? {})) });
};

const termsOf = ({ matchLabels, matchExpressions }: LabelSelector): readonly Term[] => [
  ...Object.entries(matchLabels ?? {}).map(([key, value]): Term => ({ key, operator: 'In', values: [value] })),
  ...(matchExpressions ?? []).flatMap(({ key, operator, values }): Term[] =>
    isOperator(operator) ? [{ key, operator, values: values ?? [] }] : [],
  ),
];

const isOperator = (text: string): text is Operator => operators.some(o => o === text);

const testOf = ({ key, operator, values }: Term): ((labels: Labels) => boolean) => {
  const listed = new Set(values);
  const has = (labels: Labels): boolean => Object.hasOwn(labels, key);
  const isListed = (labels: Labels): boolean => has(labels) && listed.has(labels[key] ?? '');
  switch (operator) {
    case 'In':
      return isListed;
    case 'NotIn': // true without the label, too
      return labels => !isListed(labels);
    case 'Exists':
      return has;
    case 'DoesNotExist':
      return labels => !has(labels);
  }
};

// ── What can be wrong ───────────────────────────────────────────────────────────────────────────────────────────────

const problemsIn = ({ matchLabels, matchExpressions }: LabelSelector, path: string): readonly Problem[] => [
  ...Object.entries(matchLabels ?? {}).flatMap(([key, value]) => [
    ...said(under(path, 'matchLabels'), wrongWithLabelKey(key), key),
    ...said(entryOf(under(path, 'matchLabels'), key), wrongWithLabelValue(value), value),
  ]),
  ...(matchExpressions ?? []).flatMap((expression, i) =>
    problemsInExpression(expression, entryOf(under(path, 'matchExpressions'), i)),
  ),
];

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

const problemsInExpression = ({ key, operator, values }: Expression, path: string): readonly Problem[] => [
  ...said(under(path, 'key'), wrongWithLabelKey(key), key),
  ...problemsOfOperator(operator, values ?? [], path),
  ...(values ?? []).flatMap((v, i) => said(entryOf(under(path, 'values'), i), wrongWithLabelValue(v), v)),
];

const problemsOfOperator = (operator: string, values: readonly string[], path: string): readonly Problem[] => {
  if (!isOperator(operator)) return [invalid(under(path, 'operator'), `must be one of ${operators.join(', ')}`)];
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0 ? [] : [required(under(path, 'values'), `must be specified for ${operator}`)];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [
            {
              field: under(path, 'values'),
              message: `may not be specified for ${operator}`,
              reason: 'FieldValueForbidden',
            },
          ];
  }
};

const said = (field: string, what: string | undefined, text: string): readonly Problem[] =>
  what === undefined ? [] : [invalid(field, `${JSON.stringify(text)}: ${what}`)];

// ── As text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The selector as clients put it into a query, e.g. `app=web,tier in (back,front),!canary`; sorted by key. */
export const selectorText = ({ source }: Selector): string => {
  const equalities = Object.entries(source.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const others = termsOf({ matchExpressions: source.matchExpressions ?? [] });
  return [...equalities, ...others.map(term => ({ key: term.key, text: termText(term) }))]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ text }) => text)
    .join(',');
};

const termText = ({ key, operator, values }: Term): string => {
  switch (operator) {
    case 'In':
      return `${key} in (${values.toSorted().join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.toSorted().join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
};

// ── As a field ──────────────────────────────────────────────────────────────────────────────────────────────────────

const fields = atomic(
  object({
    matchLabels: optional(map(string()).about('Labels and the values that they must have.')),
    matchExpressions: optional(
      array(
        object({
          key: string(),
          operator: string().about('In, NotIn, Exists or DoesNotExist.'),
          values: optional(array(string())),
        }),
      ).about('Conditions that must all hold.'),
    ),
  }),
);

/** A field that holds a label selector, compiled when it is read. */
export const selector = (): Schema<Selector> => fields.as(compileSelector);

/** The same for kinds to which "everything" would be a mistake. */
export const nonEmptySelector = (): Schema<Selector> => selector().rule(isNotEmpty).as(refuseEmpty);

const isNotEmpty = {
  rule: '(has(self.matchLabels) && size(self.matchLabels) > 0) || (has(self.matchExpressions) && size(self.matchExpressions) > 0)',
  message: 'empty selector is not valid: it would match everything',
};

const refuseEmpty = (value: Selector, path: string): Parsed<Selector> =>
  value.isEmpty ? wrong(invalid(path, isNotEmpty.message)) : fine(value);
