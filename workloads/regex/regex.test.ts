import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compile } from './regex.ts';

const isIn = (regex: string, text: string): boolean => {
  const compiled = compile(regex);
  assert.ok(compiled.is === 'right', compiled.is === 'wrong' ? compiled.why : '');
  return compiled.regex.isIn(text);
};

describe('A regular expression', () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['.*', '', true],
    ['', 'a', true],
    ['app', 'my-app-1', true],
    ['^app$', 'my-app', false],
    ['^(web|db)-[0-9]+$', 'db-17', true],
    ['^(web|db)-[0-9]+$', 'db-', false],
    ['a{2,3}b', 'aaab', true],
    ['^a{2,3}$', 'aaaa', false],
    ['^a{2}$', 'aa', true],
    ['^a{0,}$', '', true],
    ['a{,2}', 'a{,2}', true],
    ['\\Aweb\\z', 'web', true],
    ['(?i)WEB', 'web', true],
    ['(?i:W)eb', 'wEb', false],
    ['[^a-c]', 'abc', false],
    ['[]a]', ']', true],
    ['[a-]', '-', true],
    ['[[:alpha:]]\\d', 'x1', true],
    ['[\\d_]', '_', true],
    ['\\bapp\\b', 'my app', true],
    ['\\Bapp', 'my app', false],
    ['\\x{61}\\x62\\143', 'abc', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['\\Qa.b\\E', 'axb', false],
    ['\\pL\\p{Greek}', 'aα', true],
    ['(?P<name>a)(?:b)', 'ab', true],
    ['^.$', '\u{1F600}', true],
    ['a.b', 'a\nb', false],
    ['(?s)a.b', 'a\nb', true],
    ['(?m)^b$', 'a\nb', true],
    ['(a*)*b', 'b', true],
    ['(|a)+$', 'aaa', true],
  ];
  for (const [regex, text, expected] of rows)
    it(`${regex} ${expected ? 'is' : 'is not'} in ${JSON.stringify(text)}`, () =>
      assert.equal(isIn(regex, text), expected));

  const wrong = [
    '(',
    'a)',
    '[a',
    '*a',
    'a**',
    '(?=a)',
    '(?!a)',
    '\\1',
    '\\Z',
    '[b-a]',
    'a{1001}',
    '(?z)',
    '\\p{No such}',
    '[[:no:]]',
    '\\',
    '((a{1000}){1000}){1000}',
  ];
  for (const regex of wrong) it(`${regex} is refused`, () => assert.equal(compile(regex).is, 'wrong'));

  it('takes time in proportion to the text, whatever it is', () => {
    const began = process.cpuUsage().user;
    for (const regex of ['(a+)+$', '(a|a)*$', '(.*)*x', '((a?){30}a{30})$']) isIn(regex, `${'a'.repeat(2000)}b`);
    assert.ok(process.cpuUsage(undefined).user - began < 5_000_000, 'more than five seconds');
  });

  it('finds what the engine of JavaScript finds', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)', '\\w', '^', '$', '\\b');
    const piece = fc
      .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{1,2}'))
      .map(([a, q]) => (['^', '$', '\\b'].includes(a) ? a : a + q));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', '\n'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), text, (pieces, t) => {
        const regex = pieces.join('');
        assert.equal(isIn(regex, t), new RegExp(regex, 'u').test(t), `${regex} in ${JSON.stringify(t)}`);
      }),
      { numRuns: 2000 },
    );
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (regex, text) => {
        const compiled = compile(regex);
        if (compiled.is === 'right') compiled.regex.isIn(text);
      }),
    );
  });
});
