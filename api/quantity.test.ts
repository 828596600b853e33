import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  printQuantity,
  type Quantity,
  roundedToMilli,
} from './quantity.ts';

const quantityOf = (text: unknown): Quantity => {
  const quantity = parseQuantity(text);
  assert.ok(quantity, `${String(text)} is a quantity`);
  return quantity;
};
const printed = (text: unknown): string => printQuantity(quantityOf(text));

/** Any amount that fits in 100 characters, in every family. */
const texts = fc
  .tuple(
    fc.constantFrom('', '+', '-'),
    fc.bigInt({ min: 0n, max: 10n ** 20n }),
    fc.option(fc.bigInt({ min: 0n, max: 10n ** 12n }), { nil: undefined }),
    fc.constantFrom(
      '',
      'n',
      'u',
      'm',
      'k',
      'M',
      'G',
      'T',
      'P',
      'E',
      'Ki',
      'Mi',
      'Gi',
      'Ti',
      'Pi',
      'Ei',
      'e3',
      'E-4',
      'e+12',
    ),
  )
  .map(([sign, whole, fraction, suffix]) => `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${suffix}`);

describe('quantities', () => {
  test('are printed as Kubernetes prints them', () => {
    const rows: readonly [unknown, string][] = [
      ['1000m', '1'],
      ['1024Mi', '1Gi'],
      ['1.5Gi', '1536Mi'],
      ['0.5Gi', '512Mi'],
      ['0.5Ki', '512'],
      ['1.1Ki', '1126400m'],
      ['1000Ki', '1000Ki'],
      ['1500M', '1500M'],
      ['2000M', '2G'],
      ['2e0', '2e0'],
      ['1E3', '1e3'],
      ['12E', '12E'],
      ['1e-3', '1e-3'],
      ['.5', '500m'],
      ['1.', '1'],
      ['+5', '5'],
      ['-1500m', '-1500m'],
      ['0Ki', '0'],
      ['0.0000000001', '1n'],
      [2, '2'],
      [0.5, '500m'],
      [1073741824, '1073741824'],
    ];
    for (const [given, expected] of rows) assert.equal(printed(given), expected, String(given));
  });

  test('are exact where floating-point numbers are not', () => {
    assert.equal(printed('9223372036854775807'), '9223372036854775807');
    assert.equal(printed('9007199254740993'), '9007199254740993');
    const sum = addQuantities(quantityOf('9007199254740992'), quantityOf('1n'));
    assert.equal(printQuantity(sum), '9007199254740992000000001n');
  });

  test('with a binary suffix end at the greatest int64', () => {
    assert.equal(printed('100Ei'), '9223372036854775807');
    assert.equal(printed('-100Ei'), '-9223372036854775807');
  });

  test('are refused if they are anything else', () => {
    const odd = [
      '',
      '.',
      '+',
      'm',
      '1e',
      '1e+',
      '1 ',
      ' 1',
      '1KB',
      '1ki',
      '1.2.3',
      '--1',
      '1e1000',
      'NaN',
      '٣',
      '1'.repeat(101),
    ];
    for (const text of [...odd, NaN, Infinity, null, undefined, {}, [], true]) {
      assert.equal(parseQuantity(text), undefined, JSON.stringify(text));
    }
  });

  test('sum up in the family of the first that is not zero', () => {
    const sum = (a: string, b: string) => printQuantity(addQuantities(quantityOf(a), quantityOf(b)));
    assert.equal(sum('512Mi', '512Mi'), '1Gi');
    assert.equal(sum('0', '1Gi'), '1Gi');
    assert.equal(sum('500m', '1'), '1500m');
    assert.equal(sum('1', '-1'), '0');
  });

  test('round up to thousandths, away from zero', () => {
    assert.equal(printQuantity(roundedToMilli(quantityOf('1.0001'))), '1001m');
    assert.equal(printQuantity(roundedToMilli(quantityOf('-1.0001'))), '-1001m');
    assert.equal(printQuantity(roundedToMilli(quantityOf('250m'))), '250m');
  });

  test('mean the same after printing and reading again', () => {
    fc.assert(
      fc.property(texts, text => {
        const once = quantityOf(text);
        const again = quantityOf(printQuantity(once));
        assert.equal(again.nano, once.nano);
        assert.equal(printQuantity(again), printQuantity(once));
      }),
    );
  });

  test('compare and add like numbers', () => {
    fc.assert(
      fc.property(texts, texts, texts, (a, b, c) => {
        const [x, y, z] = [quantityOf(a), quantityOf(b), quantityOf(c)];
        assert.equal(compareQuantities(x, y), -compareQuantities(y, x) || 0);
        assert.equal(addQuantities(x, y).nano, addQuantities(y, x).nano);
        assert.equal(compareQuantities(addQuantities(x, z), addQuantities(y, z)), compareQuantities(x, y));
      }),
    );
  });

  test('are never an exception, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.anything()), value => void parseQuantity(value)));
  });
});
