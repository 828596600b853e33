import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { withoutManagedFields } from './managedFields.ts';

/** Names and texts that look like what is cut, where they mean something else. */
const name = fc.oneof(
  fc.constantFrom('managedFields', 'metadata', '"managedFields":[', '\\"metadata', 'a\\', 'spec'),
  fc.string(),
);
const anything = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(name, fc.integer(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
})).value;
const metadata = fc.record(
  { annotations: fc.dictionary(name, name), labels: anything, managedFields: fc.array(anything), name },
  { requiredKeys: [] },
);
const object = fc.record({ apiVersion: name, metadata, spec: anything }, { requiredKeys: ['metadata'] });

interface Holder {
  readonly metadata: { managedFields?: unknown };
}

const stripped = <T extends Holder>(value: T): T => {
  const copy = structuredClone(value);
  delete copy.metadata.managedFields;
  return copy;
};

/** `__proto__` and the like included: text is compared, not objects. */
const isCutTo = (given: unknown, wanted: unknown, depth: number): void =>
  assert.equal(withoutManagedFields(JSON.stringify(given), depth), JSON.stringify(wanted));

describe('managed fields', () => {
  it('are cut out of an object, an event and a list, and nothing else is', () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 3 }), objects => {
        for (const each of objects) {
          isCutTo(each, stripped(each), 2);
          isCutTo({ type: 'ADDED', object: each }, { type: 'ADDED', object: stripped(each) }, 3);
        }
        const list = (items: readonly object[]): object => ({ metadata: { resourceVersion: '1' }, items });
        isCutTo(list(objects), list(objects.map(stripped)), 4);
      }),
      { numRuns: 500 },
    );
  });

  it('that lie elsewhere stay', () => {
    const template = { metadata: { managedFields: [1] } };
    isCutTo({ metadata: {}, spec: { template } }, { metadata: {}, spec: { template } }, 2);
    isCutTo({ other: { managedFields: [1] } }, { other: { managedFields: [1] } }, 2);
  });

  it('of text that is no JSON do no harm', () => {
    const texts = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom('"', '\\', '{', '[', ']', '"managedFields":[', '"metadata":{', 'x'))
        .map(parts => parts.join('')),
    );
    fc.assert(fc.property(texts, fc.nat(4), (text, depth) => void withoutManagedFields(text, depth)));
  });
});
