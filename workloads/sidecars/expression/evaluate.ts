/**
 * What an expression is worth: a plain number, or a quantity, which is exact. A number that meets a quantity becomes one,
 * cut to thousandths.
 */

import { addQuantities, compareQuantities, type Quantity } from '../../../api/quantity.ts';
import { type Expression, parse, type Sign } from './parse.ts';

export type Value =
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'quantity'; readonly value: Quantity };

export type Evaluated = Value | { readonly is: 'wrong'; readonly why: string };

/** @param variables by lower-case name */
export const evaluate = (text: string, variables: ReadonlyMap<string, Quantity>): Evaluated => {
  const parsed = parse(text);
  if (parsed.is === 'wrong') return parsed;
  const result = worthOf(parsed.expression, variables);
  if (result.is === 'wrong') return result;
  const isNegative = result.is === 'number' ? result.value < 0 : result.value.nano < 0n;
  return isNegative ? wrong('calculation result is negative') : result;
};

const wrong = (why: string): Evaluated => ({ is: 'wrong', why });
const number = (value: number): Value => ({ is: 'number', value });
const quantity = (value: Quantity): Value => ({ is: 'quantity', value });

const worthOf = (e: Expression, variables: ReadonlyMap<string, Quantity>): Evaluated => {
  switch (e.is) {
    case 'number':
    case 'quantity':
      return e;
    case 'variable': {
      const known = variables.get(e.name);
      return known === undefined ? wrong(`undefined variable: ${e.name}`) : quantity(known);
    }
    case 'negative':
      return negated(worthOf(e.of, variables));
    case 'call':
      return called(
        e.name,
        e.of.map(of => worthOf(of, variables)),
      );
    case 'operation':
      return operated(e.sign, worthOf(e.left, variables), worthOf(e.right, variables));
  }
};

const negated = (of: Evaluated): Evaluated => {
  if (of.is === 'wrong') return of;
  return of.is === 'number' ? number(-of.value) : quantity({ ...of.value, nano: -of.value.nano });
};

const called = (name: string, of: readonly Evaluated[]): Evaluated => {
  if (name !== 'max' && name !== 'min') return wrong(`unknown function: ${name}`);
  const [a, b] = of;
  if (a === undefined || b === undefined)
    return wrong(`${name} function requires exactly 2 arguments, got ${of.length}`);
  if (a.is === 'wrong') return a;
  if (b.is === 'wrong') return b;
  if (a.is === 'number' && b.is === 'number') return number(Math[name](a.value, b.value));
  const [x, y] = [asQuantity(a), asQuantity(b)];
  const order = compareQuantities(x, y);
  return quantity((name === 'max' ? order >= 0 : order <= 0) ? x : y);
};

const operated = (sign: Sign, left: Evaluated, right: Evaluated): Evaluated => {
  if (left.is === 'wrong') return left;
  if (right.is === 'wrong') return right;
  switch (sign) {
    case '+':
      return added(left, right);
    case '-':
      return left.is === 'number' && right.is === 'number'
        ? number(left.value - right.value)
        : added(left, quantity(minus(asQuantity(right))));
    case '*':
      return multiplied(left, right);
    case '/':
      return divided(left, right);
  }
};

const minus = (of: Quantity): Quantity => ({ ...of, nano: -of.nano });

const added = (left: Value, right: Value): Evaluated =>
  left.is === 'number' && right.is === 'number'
    ? number(left.value + right.value)
    : quantity(addQuantities(asQuantity(left), asQuantity(right)));

const multiplied = (left: Value, right: Value): Evaluated => {
  if (left.is === 'quantity' && right.is === 'quantity') return wrong('multiplication of two quantities');
  if (left.is === 'number' && right.is === 'number') return number(left.value * right.value);
  const [amount, times] = left.is === 'quantity' ? [left, right] : [right, left];
  return scaled(asQuantity(amount), times.is === 'number' ? times.value : 0);
};

const divided = (left: Value, right: Value): Evaluated => {
  if (right.is === 'quantity') return wrong('division by quantity');
  if (right.value === 0) return wrong('division by zero');
  return left.is === 'number' ? number(left.value / right.value) : milli(milliOf(left.value) / right.value, left.value);
};

const perMilli = 1_000_000n;

/** Thousandths, rounded up as Kubernetes reads them. */
const milliOf = ({ nano }: Quantity): number =>
  Number(nano >= 0n ? (nano + perMilli - 1n) / perMilli : nano / perMilli);

const scaled = (amount: Quantity, times: number): Evaluated => milli(milliOf(amount) * times, amount);

const milli = (thousandths: number, like: Quantity): Evaluated =>
  Number.isFinite(thousandths)
    ? quantity({ nano: BigInt(Math.trunc(thousandths)) * perMilli, family: like.family })
    : wrong('calculation result is too large');

/** A number becomes thousandths, cut off. */
export const asQuantity = (of: Value): Quantity =>
  of.is === 'quantity' ? of.value : { nano: BigInt(Math.trunc(of.value * 1000)) * perMilli, family: 'decimal' };
