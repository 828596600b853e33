import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LabelSelector } from '../../api/kubernetes.ts';
import { compileSelector } from '../../api/labelSelector.ts';
import { overlap } from './overlap.ts';

const labels = (matchLabels: Record<string, string>): LabelSelector => ({ matchLabels });
const term = (key: string, operator: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 ? { values } : {}) }],
});

describe('Two selectors', () => {
  const a = labels({ a: 'h' });
  const cases: readonly (readonly [string, LabelSelector, LabelSelector, boolean])[] = [
    ['with one label', a, a, true],
    ['with two values of one label', a, labels({ a: 'i' }), false],
    ['with different labels', a, labels({ b: 'i' }), true],
    ['that differ in one of three', labels({ a: 'h', b: 'i', c: 'j' }), labels({ a: 'h', b: 'x', c: 'j' }), false],
    ['one of which lists the value of the other', a, term('a', 'In', 'h', 'i', 'j'), true],
    ['one of which lists other values', a, term('a', 'In', 'i', 'j'), false],
    ['one of which excludes the value', term('a', 'NotIn', 'h', 'i'), a, false],
    ['one of which wants the key', a, term('a', 'Exists'), true],
    ['one of which wants a key that the other does not mention', a, term('b', 'Exists'), true],
    ['one of which forbids the key', term('a', 'DoesNotExist'), a, false],
    ['one of which forbids a key that the other does not mention', term('b', 'DoesNotExist'), a, true],
    ['one of which excludes some of the values', term('a', 'NotIn', 'h'), term('a', 'In', 'h', 'i'), true],
    ['one of which excludes all values', term('a', 'NotIn', 'h', 'i'), term('a', 'In', 'h', 'i'), false],
  ];
  for (const [what, one, other, expected] of cases)
    it(`${what} ${expected ? 'overlap' : 'exclude each other'}`, () => {
      assert.equal(overlap(one, other), expected);
      assert.equal(overlap(other, one), expected);
    });

  it('that match one object overlap', () => {
    const key = fc.constantFrom('a', 'b');
    const value = fc.constantFrom('1', '2', '3');
    const expression = fc.oneof(
      fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values: fc.uniqueArray(value, { minLength: 1 }) }),
      fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
    );
    const selector = fc.record({
      matchLabels: fc.dictionary(key, value, { maxKeys: 1 }),
      matchExpressions: fc.array(expression, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(selector, selector, fc.dictionary(key, value), (one, other, object) => {
        const matches = (s: LabelSelector): boolean => {
          const compiled = compileSelector(s, '');
          return compiled.is === 'fine' && compiled.value.matches(object);
        };
        if (matches(one) && matches(other)) assert.ok(overlap(one, other));
      }),
    );
  });
});
