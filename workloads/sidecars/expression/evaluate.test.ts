import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseQuantity, printQuantity, type Quantity } from '../../../api/quantity.ts';
import { asQuantity, evaluate } from './evaluate.ts';

const amount = (text: string): Quantity => {
  const quantity = parseQuantity(text);
  assert.ok(quantity);
  return quantity;
};

const result = (text: string, variables: Record<string, string> = {}): string => {
  const value = evaluate(text, new Map(Object.entries(variables).map(([name, q]) => [name, amount(q)])));
  return value.is === 'wrong' ? `wrong: ${value.why}` : printQuantity(asQuantity(value));
};

describe('An expression', () => {
  const rows: readonly (readonly [string, Record<string, string>, string])[] = [
    ['2+3+4/2', {}, '7'],
    ['10-10', {}, '0'],
    ['10+-5', {}, '5'],
    ['10--5', {}, '15'],
    ['3-2-1', {}, '0'],
    ['8/4/2', {}, '1'],
    ['2+3*4', {}, '14'],
    ['1.5e2*2', {}, '300'],
    ['max(40m,20)', {}, '20'],
    ['MIN(0.8, CPU)', { cpu: '1' }, '800m'],
    ['cpu*2', { cpu: '50m' }, '100m'],
    ['max(min(2*cpu,-cpu+3.0),2*cpu-3.0)', { cpu: '1.5' }, '1500m'],
    ['0.5*memory + max(0, memory-2Gi)', { memory: '8Gi' }, '10Gi'],
    ['1Gi + 100Mi', {}, '1124Mi'],
    ['1.5Gi*2', {}, '3Gi'],
    ['(100m+50m)*2-50m', {}, '250m'],
    ['0m+0m', {}, '0'],
    ['memory*30%', { memory: '600Mi' }, '180Mi'],
    ['100m*29%', {}, '28m'], // cut off, on IEEE doubles
    ['1e', {}, '0'],
    ['1e+', {}, '0'],
    ['100MB', {}, '0'],
    ['10%5', {}, '0'],
    ['.5', {}, '500m'],
    ['-(-3)', {}, '3'],
    ['memory+500M', { memory: '4Gi' }, '4794967296'],
  ];
  for (const [text, variables, expected] of rows)
    it(`${text} is ${expected}`, () => assert.equal(result(text, variables), expected));

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /syntax error/],
    ['2 + @', /syntax error/],
    ['(2 + 3', /syntax error/],
    ['()', /syntax error/],
    ['max()', /syntax error/],
    ['max(10)', /max function requires exactly 2 arguments, got 1/],
    ['max(1,2,3)', /syntax error/],
    ['5..5', /syntax error/],
    ['5%%', /syntax error/],
    ['1e3e2', /syntax error/],
    ['1eKi', /syntax error/],
    ['1Ei', /syntax error/],
    ['2 3', /syntax error/],
    ['+5', /syntax error/],
    ['40m*2m', /multiplication of two quantities/],
    ['2/40m', /division by quantity/],
    ['10/0', /division by zero/],
    ['unknown(1,2)', /unknown function: unknown/],
    ['foo', /undefined variable: foo/],
    ['-10', /calculation result is negative/],
    ['10m-20m', /calculation result is negative/],
    ['('.repeat(2000), /at most|may have/],
  ];
  for (const [text, why] of wrong) it(`${text.slice(0, 20)} is refused`, () => assert.match(result(text), why));

  it('is exact where a double is not', () => {
    assert.equal(result('memory+1', { memory: '9007199254740993' }), '9007199254740994');
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      '1',
      '2.5',
      '40m',
      '1Gi',
      'cpu',
      '(',
      ')',
      '+',
      '-',
      '*',
      '/',
      'max',
      ',',
      '%',
      'e',
      ' ',
      '9'.repeat(400),
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), pieces => void result(pieces.join(''), { cpu: '1' })));
  });
});
