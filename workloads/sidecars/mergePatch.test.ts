import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mergeJson } from './mergePatch.ts';

describe('Merging JSON into an annotation', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['{"log-agent":1}', '{"envoy":2}', '{"envoy":2,"log-agent":1}'],
    ['{"a":1}', '{"a":1}', '{"a":1}'],
    ['{"a":{"b":1,"c":2}}', '{"a":{"b":null}}', '{"a":{"c":2}}'],
    ['{"a":1}', '{"b":{"z":1,"a":null,"c":2}}', '{"a":1,"b":{"c":2,"z":1}}'],
    ['{"z":{"q":1,"b":2},"a":1}', '{"a":2}', '{"a":2,"z":{"q":1,"b":2}}'],
    ['{"a":1}', '[1,2]', '[1,2]'],
    ['[1,2]', '{"a":1}', '{"a":1}'],
    ['"s"', '{"a":1,"b":null}', '{"a":1}'],
    ['{"a":null}', '{"a":{"b":null}}', '{"a":{}}'],
    ['{"i":9007199254740993,"h":1E+2}', '{"f":1.50}', '{"f":1.50,"h":1E+2,"i":9007199254740993}'],
    ['{"p":"a<b>&c"}', '{"q":"<&>"}', '{"p":"a\\u003cb\\u003e\\u0026c","q":"\\u003c\\u0026\\u003e"}'],
    [' { "a" : [ 1 , "x, y" ] } ', '{"__proto__":1}', '{"__proto__":1,"a":[1,"x, y"]}'],
    ['{"a":1}', 'no', undefined],
    ['no', '{"a":1}', undefined],
    ['null', '{"a":1}', undefined],
    ['{"a":1}', '5', undefined],
    ['{"a":1}', '['.repeat(300) + ']'.repeat(300), undefined],
  ];
  for (const [document, patch, expected] of cases)
    it(`${document.slice(0, 40)} + ${patch.slice(0, 40)} is ${expected ?? 'refused'}`, () =>
      assert.equal(mergeJson(document, patch), expected));

  it('is done after the first time', () => {
    const json = fc.json({ maxDepth: 3, stringUnit: 'grapheme' });
    fc.assert(
      fc.property(json, json, (document, patch) => {
        const once = mergeJson(document, patch);
        if (once !== undefined && once !== 'null') assert.equal(mergeJson(once, patch), once);
      }),
    );
  });
});
