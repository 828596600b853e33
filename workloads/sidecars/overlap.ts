/** Whether two label selectors can match one object; where that is unclear the answer is yes. */

import type { LabelSelector } from '../../api/kubernetes.ts';

/** A key may be any text, hence maps. `any` stands for Exists. */
type Allowed = ReadonlyMap<string, readonly string[] | 'any'>;

export const overlap = (a: LabelSelector, b: LabelSelector): boolean => !excludes(a, b) && !excludes(b, a);

/** Something that `b` demands is impossible with the values that `a` leaves. */
const excludes = (a: LabelSelector, b: LabelSelector): boolean => {
  const allowed = allowedBy(a);
  const equal = Object.entries(b.matchLabels ?? {}).some(([key, value]) => noneOf(allowed, key, [value]));
  return equal || (b.matchExpressions ?? []).some(e => forbids(allowed, e));
};

const allowedBy = ({ matchLabels, matchExpressions }: LabelSelector): Allowed => {
  const allowed = new Map<string, readonly string[] | 'any'>();
  for (const [key, value] of Object.entries(matchLabels ?? {})) allowed.set(key, [value]);
  for (const { key, operator, values } of matchExpressions ?? []) {
    const before = allowed.get(key) ?? [];
    if (operator === 'Exists') allowed.set(key, before.length > 0 ? before : 'any');
    if (operator === 'In') allowed.set(key, [...(before === 'any' ? [] : before), ...(values ?? [])]);
  }
  return allowed;
};

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

const forbids = (allowed: Allowed, { key, operator, values = [] }: Expression): boolean => {
  const mapped = allowed.get(key);
  switch (operator) {
    case 'In':
      return noneOf(allowed, key, values);
    case 'NotIn':
      return mapped !== undefined && mapped !== 'any' && mapped.every(value => values.includes(value));
    case 'DoesNotExist':
      return mapped !== undefined;
    default:
      return false;
  }
};

const noneOf = (allowed: Allowed, key: string, values: readonly string[]): boolean => {
  const mapped = allowed.get(key);
  return mapped !== undefined && mapped !== 'any' && !values.some(value => mapped.includes(value));
};
