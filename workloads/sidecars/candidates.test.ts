import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { compileSelector, type Selector } from '../../api/labelSelector.ts';
import { candidateKeys, haveSamePairs, keysFor, pairsFor, pairsOf } from './candidates.ts';

const key = fc.constantFrom('app', 'tier', 'team');
const value = fc.constantFrom('a', 'b', '');
const labels = fc.dictionary(key, value);
const expression = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values: fc.array(value, { minLength: 1 }) }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector = fc
  .record({ matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 2 }) }, { requiredKeys: [] })
  .map((source): Selector => {
    const compiled = compileSelector(source, 'selector');
    assert.ok(compiled.is === 'fine', JSON.stringify(source));
    return compiled.value;
  });

it('whatever matches is found, sets by a pod and pods by a set', () => {
  fc.assert(
    fc.property(selector, labels, (wanted, had) => {
      fc.pre(wanted.matches(had));
      assert.ok(candidateKeys(wanted).some(candidate => keysFor(had).includes(candidate)));
      // Once: what is found twice would be counted twice.
      const found = pairsFor(wanted)?.filter(pair => pairsOf(had).includes(pair));
      assert.equal(found?.length ?? 1, 1);
    }),
  );
});

it('a set that asks for a label is found by no other', () => {
  const compiled = compileSelector({ matchLabels: { app: 'web' } }, 'selector');
  assert.ok(compiled.is === 'fine');
  assert.deepEqual(pairsFor(compiled.value), ['app=web']);
  assert.deepEqual(candidateKeys(compiled.value), ['app=web']);
});

it('labels have the same pairs exactly if they are found under the same values', () => {
  fc.assert(
    fc.property(labels, labels, (a, b) => {
      assert.equal(haveSamePairs(a, b), pairsOf(a).toSorted().join() === pairsOf(b).toSorted().join());
    }),
  );
});
