import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { LabelSelector } from './kubernetes.ts';
import {
  compileSelector,
  type Labels,
  nonEmptySelector,
  type Selector,
  selector,
  selectorText,
} from './labelSelector.ts';
import { problemsOf } from './problem.ts';
import { decode } from './schema.ts';

const compiled = (source: LabelSelector): Selector => {
  const parsed = compileSelector(source, 'spec.selector');
  assert.equal(parsed.is, 'fine', JSON.stringify(problemsOf(parsed)));
  assert.ok(parsed.is === 'fine');
  return parsed.value;
};
const expression = (operator: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key: 'tier', operator, ...(values.length > 0 && { values }) }],
});
const problemsWith = (source: LabelSelector) => problemsOf(compileSelector(source, 'spec.selector')).map(p => p.field);

describe('a label selector', () => {
  test('matches by labels and by the four operators', () => {
    const rows: readonly [LabelSelector, Labels | undefined, boolean][] = [
      [{ matchLabels: { app: 'web' } }, { app: 'web', x: 'y' }, true],
      [{ matchLabels: { app: 'web' } }, { app: 'db' }, false],
      [{ matchLabels: { app: '' } }, {}, false],
      [{ matchLabels: { app: '' } }, { app: '' }, true],
      [expression('In', 'a', 'b'), { tier: 'b' }, true],
      [expression('In', 'a', 'b'), {}, false],
      [expression('NotIn', 'a'), { tier: 'b' }, true],
      [expression('NotIn', 'a'), { tier: 'a' }, false],
      [expression('NotIn', 'a'), {}, true],
      [expression('Exists'), { tier: '' }, true],
      [expression('Exists'), {}, false],
      [expression('DoesNotExist'), {}, true],
      [expression('DoesNotExist'), { tier: 'a' }, false],
      [{ matchLabels: { app: 'web' }, ...expression('Exists') }, { app: 'web' }, false],
    ];
    for (const [source, labels, expected] of rows) {
      assert.equal(compiled(source).matches(labels), expected, JSON.stringify([source, labels]));
    }
  });

  test('that is empty matches everything, also what has no labels', () => {
    for (const empty of [{}, { matchLabels: {} }, { matchExpressions: [] }]) {
      assert.ok(compiled(empty).isEmpty);
      assert.ok(compiled(empty).matches(undefined));
    }
  });

  test('is not fooled by names that JavaScript objects have anyway', () => {
    for (const key of ['constructor', 'toString', 'hasOwnProperty']) {
      assert.equal(compiled({ matchExpressions: [{ key, operator: 'Exists' }] }).matches({}), false, key);
    }
    const own: Labels = JSON.parse('{"__proto__": "x"}');
    assert.equal(compiled({ matchLabels: { app: 'web' } }).matches(own), false);
  });

  test('is refused with the path of each mistake, all at once', () => {
    const mistakes: LabelSelector = {
      matchLabels: { 'bad key': 'v', app: 'no/slash' },
      matchExpressions: [
        { key: 'a', operator: 'In' },
        { key: 'a', operator: 'Exists', values: ['x'] },
        { key: 'a', operator: 'Within', values: ['x'] },
        { key: '-', operator: 'NotIn', values: ['ok', 'x'.repeat(64)] },
      ],
    };
    assert.deepEqual(problemsWith(mistakes), [
      'spec.selector.matchLabels',
      'spec.selector.matchLabels[app]',
      'spec.selector.matchExpressions[0].values',
      'spec.selector.matchExpressions[1].values',
      'spec.selector.matchExpressions[2].operator',
      'spec.selector.matchExpressions[3].key',
      'spec.selector.matchExpressions[3].values[1]',
    ]);
  });

  test('takes prefixed keys, and no longer ones than Kubernetes', () => {
    assert.deepEqual(
      problemsWith({ matchLabels: { 'app.kubernetes.io/name': 'web', [`a.b/${'x'.repeat(63)}`]: '' } }),
      [],
    );
    for (const key of ['/x', 'A.b/x', `${'a'.repeat(254)}/x`, 'x'.repeat(64), 'a/b/c', 'é', '']) {
      assert.deepEqual(problemsWith({ matchLabels: { [key]: 'v' } }), ['spec.selector.matchLabels'], key);
    }
  });

  test('is written as clients write it into a query', () => {
    const source: LabelSelector = {
      matchLabels: { track: 'stable', app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['front', 'back'] },
        { key: 'env', operator: 'NotIn', values: ['test'] },
        { key: 'gpu', operator: 'DoesNotExist' },
        { key: 'zone', operator: 'Exists' },
      ],
    };
    assert.equal(
      selectorText(compiled(source)),
      'app=web,env notin (test),!gpu,tier in (back,front),track=stable,zone',
    );
  });

  test('as a field is compiled when it is read, and may be required not to be empty', () => {
    assert.ok(decode(selector(), { matchLabels: { a: 'b' } }, 's').value?.matches({ a: 'b' }));
    assert.deepEqual(
      decode(selector(), { matchLabels: { a: 1 } }, 's').problems.map(p => p.field),
      ['s.matchLabels[a]'],
    );
    assert.deepEqual(
      decode(nonEmptySelector(), {}, 's').problems.map(p => p.field),
      ['s'],
    );
  });

  test('and its opposite never agree', () => {
    const word = fc.constantFrom('a', 'b', 'c');
    const labels = fc.dictionary(fc.constantFrom('tier', 'app'), word);
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1 }), labels, (values, pod) => {
        assert.notEqual(
          compiled(expression('In', ...values)).matches(pod),
          compiled(expression('NotIn', ...values)).matches(pod),
        );
        assert.notEqual(compiled(expression('Exists')).matches(pod), compiled(expression('DoesNotExist')).matches(pod));
      }),
    );
  });
});
