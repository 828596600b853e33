import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fine } from './problem.ts';
import {
  array,
  assumed,
  atomic,
  bool,
  decode,
  defaulted,
  extended,
  int32,
  int64,
  intOrString,
  map,
  object,
  oneOf,
  opaque,
  optional,
  type Schema,
  string,
  type TypeOf,
  time,
} from './schema.ts';

const rollout = object({
  partition: defaulted(int32({ min: 0 }), 0),
  policy: defaulted(oneOf('Recreate', 'InPlace'), 'Recreate'),
  paused: assumed(bool(), false),
  limit: optional(intOrString()),
});
const kind = object({
  name: string(),
  rollout: defaulted(rollout, {}),
  labels: optional(map(string())),
  steps: optional(array(object({ at: int32() }))),
});

const problemsWith = (schema: Schema<unknown>, value: unknown) =>
  decode(schema, value, 'spec').problems.map(p => `${p.field} ${p.message}`);

describe('decoding', () => {
  test('fills in defaults, also those inside an object that is itself a default', () => {
    const { value } = decode(kind, { name: 'a' });
    assert.deepEqual(value, { name: 'a', rollout: { partition: 0, policy: 'Recreate', paused: false } });
  });

  test('takes null for absent, as the apiserver does', () => {
    const { value } = decode(kind, { name: 'a', rollout: null, labels: null, steps: null });
    assert.deepEqual(value, { name: 'a', rollout: { partition: 0, policy: 'Recreate', paused: false } });
  });

  test('takes an empty string for absent where a string has a default, as Go clients mean it', () => {
    assert.equal(decode(rollout, { policy: '' }).value?.policy, 'Recreate');
    assert.deepEqual(problemsWith(rollout, { limit: '', partition: '' }), [
      'spec.partition must be an integer from 0 to 2147483647',
    ]);
  });

  test('leaves out fields that nobody described', () => {
    assert.deepEqual(Object.keys(decode(kind, { name: 'a', newer: 1 }).value ?? {}), ['name', 'rollout']);
  });

  test('reports every problem with its path, and gives no value then', () => {
    const bad = {
      rollout: { partition: -1, policy: 'Magic', limit: 1.5 },
      labels: { 'a/b': 1 },
      steps: [{ at: 1 }, { at: 'x' }, 3],
    };
    const { value, problems } = decode(kind, bad, 'spec');
    assert.equal(value, undefined);
    assert.deepEqual(
      problems.map(p => [p.field, p.reason]),
      [
        ['spec.name', 'FieldValueRequired'],
        ['spec.rollout.partition', 'FieldValueInvalid'],
        ['spec.rollout.policy', 'FieldValueNotSupported'],
        ['spec.rollout.limit', 'FieldValueInvalid'],
        ['spec.labels[a/b]', 'FieldValueInvalid'],
        ['spec.steps[1].at', 'FieldValueInvalid'],
        ['spec.steps[2]', 'FieldValueInvalid'],
      ],
    );
  });

  test('knows the ranges of integers', () => {
    assert.deepEqual(problemsWith(int32(), 2 ** 31).length, 1);
    assert.deepEqual(problemsWith(int32({ max: 300 }), 301), ['spec must be an integer from -2147483648 to 300']);
    assert.equal(decode(int64(), 2 ** 60).value, 2 ** 60);
    assert.deepEqual(problemsWith(int64(), 2 ** 64).length, 1);
    assert.deepEqual(problemsWith(int32(), '3').length, 1);
  });

  test('keeps keys from users apart from the names that objects have anyway', () => {
    const given: unknown = JSON.parse('{"name": "a", "labels": {"__proto__": "x", "constructor": "y"}}');
    const labels = decode(kind, given).value?.labels ?? {};
    assert.deepEqual(Object.keys(labels), ['__proto__', 'constructor']);
    assert.equal(Object.getPrototypeOf(labels), Object.prototype);
    assert.deepEqual(problemsWith(object({ constructor: string() }), {}), ['spec.constructor must be given']);
  });

  test('is never an exception, whatever is stored', () => {
    fc.assert(fc.property(fc.anything(), value => void decode(kind, value)));
  });

  test('finds its own output good, and changes it no more', () => {
    const given = fc.record(
      { name: fc.string(), rollout: fc.record({ partition: fc.nat(9) }, { requiredKeys: [] }) },
      { requiredKeys: ['name'] },
    );
    fc.assert(
      fc.property(given, value => {
        const once = decode(kind, value).value;
        assert.deepEqual(decode(kind, once).value, once);
      }),
    );
  });
});

describe('opaque content', () => {
  const shape = object({ metadata: optional(object({ labels: optional(map(string())) })) });
  const template = opaque<TypeOf<typeof shape>>(shape);

  test('is passed on with all that nobody described, without its nulls', () => {
    const given = { metadata: { labels: { a: 'b' }, creationTimestamp: null }, spec: { newer: { x: [1, null] } } };
    assert.deepEqual(decode(template, given).value, {
      metadata: { labels: { a: 'b' } },
      spec: { newer: { x: [1, null] } },
    });
  });

  test('is checked as far as its readers rely on it', () => {
    assert.deepEqual(problemsWith(template, { metadata: { labels: 'x' } }), ['spec.metadata.labels must be an object']);
    assert.deepEqual(problemsWith(template, []), ['spec must be an object']);
  });

  test('may carry fields of ours, which are checked and defaulted', () => {
    const both = extended(template, { policy: defaulted(string(), 'After'), level: optional(int32()) });
    assert.deepEqual(decode(both, { newer: 1 }).value, { newer: 1, policy: 'After' });
    assert.deepEqual(problemsWith(both, { metadata: 1, level: 'x' }), [
      'spec.metadata must be an object',
      'spec.level must be an integer from -2147483648 to 2147483647',
    ]);
  });

  test('with an integer that reading has rounded is not passed on', () => {
    const given: unknown = JSON.parse('{"spec":{"a":[1,{"b":9007199254740993}],"c":9007199254740991}}');
    assert.deepEqual(problemsWith(template, given), [
      'spec.spec.a[1].b holds an integer beyond 2^53, which cannot be carried without rounding it',
    ]);
  });

  test('deeper than any pod is refused where it begins, so that no reader has to follow it', () => {
    const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
    assert.ok(decode(template, nested(100)).value);
    const [only, ...others] = problemsWith(template, nested(5000));
    assert.match(only ?? '', /^spec(\.a){101} is nested deeper than 100 levels$/);
    assert.deepEqual(others, []);
  });

  test('and lists with more mistakes than a call has arguments are no exception', () => {
    const many = (item: unknown): unknown[] => Array.from({ length: 300_000 }, () => item);
    assert.equal(problemsWith(opaque(object({})), { a: many(2 ** 60) }).length, 100);
    assert.equal(problemsWith(object({ a: array(int32()) }), { a: many('x') }).length, 100);
  });
});

describe('what is published', () => {
  test('is a structural schema: each value has a type, or is an integer or a string', () => {
    assert.deepEqual(kind.published, {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string' },
        rollout: {
          type: 'object',
          properties: {
            partition: { type: 'integer', format: 'int32', minimum: 0, default: 0 },
            policy: { type: 'string', enum: ['', 'Recreate', 'InPlace'], default: 'Recreate' },
            paused: { type: 'boolean' },
            limit: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
          },
          default: {},
        },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        steps: {
          type: 'array',
          items: { type: 'object', required: ['at'], properties: { at: { type: 'integer', format: 'int32' } } },
        },
      },
    });
  });

  test('keeps unknown fields only in opaque content, with ours beside them', () => {
    assert.deepEqual(extended(opaque(object({})), { level: optional(int32()) }).published, {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { level: { type: 'integer', format: 'int32' } },
    });
  });

  test('carries descriptions and rules, in the order in which they were given', () => {
    const field = atomic(object({ until: optional(time()) }))
      .about('When.')
      .rule({ rule: 'has(self.until)', message: 'say when', at: '.until', reason: 'FieldValueRequired' })
      .rule({ rule: 'true', message: 'never' });
    assert.deepEqual(field.published, {
      type: 'object',
      properties: { until: { type: 'string', format: 'date-time' } },
      'x-kubernetes-map-type': 'atomic',
      description: 'When.',
      'x-kubernetes-validations': [
        { rule: 'has(self.until)', message: 'say when', fieldPath: '.until', reason: 'FieldValueRequired' },
        { rule: 'true', message: 'never' },
      ],
    });
  });

  test('stays the same when a value is read further', () => {
    const length = string().as(text => fine(text.length));
    assert.deepEqual(length.published, { type: 'string' });
    assert.equal(decode(length, 'four').value, 4);
  });
});
