import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { Resource } from '../contract.ts';
import { seenOf } from '../contract.ts';
import { Malformed } from '../malformed.ts';
import { decodeEvent, decodePage, Lines } from './decode.ts';

const pods: Resource = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  scope: 'Namespaced',
  indexes: {},
  view: seenOf,
};

it('lines arrive whole however the network cuts them', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 })), fc.array(fc.nat(9)), (given, cuts) => {
      const lines = given.map(text => JSON.stringify(text));
      const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''));
      const reader = new Lines();
      const found: string[] = [];
      let from = 0;
      for (const length of [...cuts, bytes.length]) {
        found.push(...reader.push(bytes.subarray(from, from + length)));
        from += length;
      }
      assert.deepEqual(found, lines);
    }),
  );
});

it('the bookmark that ends the initial events is told from later ones', () => {
  const metadata = { resourceVersion: '5', annotations: { 'k8s.io/initial-events-end': 'true' } };
  const event = (object: unknown): unknown => decodeEvent(JSON.stringify({ type: 'BOOKMARK', object }));
  assert.deepEqual(event({ metadata }), { type: 'bookmark', version: '5', endsInitialEvents: true });
  assert.deepEqual(event({ metadata: { resourceVersion: '6' } }), {
    type: 'bookmark',
    version: '6',
    endsInitialEvents: false,
  });
});

it('an error event tells its code', () => {
  const status = { kind: 'Status', code: 410, message: 'too old', reason: 'Expired' };
  assert.deepEqual(decodeEvent(JSON.stringify({ type: 'ERROR', object: status })), {
    type: 'error',
    code: 410,
    message: 'too old',
  });
});

it('items of a list say what they are', () => {
  const item = { metadata: { name: 'a', uid: 'u', resourceVersion: '3' } };
  const body = Buffer.from(JSON.stringify({ metadata: { resourceVersion: '9', continue: 'more' }, items: [item] }));
  const page = decodePage(pods, body);
  assert.deepEqual(page, { version: '9', continue: 'more', items: [{ apiVersion: 'v1', kind: 'Pod', ...item }] });
});

it('whatever else arrives is malformed, and nothing worse', () => {
  const odd = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ type: fc.constantFrom('ADDED', 'DELETED', 'BOOKMARK', 'ODD'), object: fc.anything() })
      .map(v => JSON.stringify(v)),
  );
  fc.assert(fc.property(odd, text => throwsOnlyMalformed(() => decodeEvent(text))));
  fc.assert(fc.property(odd, text => throwsOnlyMalformed(() => decodePage(pods, Buffer.from(text)))));
});

const throwsOnlyMalformed = (decode: () => unknown): void => {
  try {
    decode();
  } catch (error) {
    assert.ok(error instanceof Malformed, String(error));
  }
};
