/**
 * Amounts of cpu, memory and storage, exact to a billionth: `250m`, `1.5Gi`, `1e3`.
 *
 * As in the apiserver, parsing rounds away from zero to nano units, and printing keeps the family of suffixes
 * in which an amount was written, as long as the amount can be written in it.
 */

type Family = 'binary' | 'decimal' | 'exponent';

export interface Quantity {
  /** Billionths of one unit. */
  readonly nano: bigint;
  readonly family: Family;
}

const unit = 10n ** 9n;
/** Amounts with a binary suffix end at int64's greatest value. */
const binaryLimit = (2n ** 63n - 1n) * unit;
/** Longer texts are refused before they cost anything. */
const longest = 100;

const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']; // 10 to the -9, -6, …, 18
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const grammar = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([KMGTPE]i|[numkMGTPE]?|[eE][+-]?[0-9]{1,3})$/;

/** Reads a quantity as it is on the wire, a string or a number; undefined for anything that is not one. */
export const parseQuantity = (value: unknown): Quantity | undefined => {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > longest) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = grammar.exec(text) ?? [];
  if (whole + fraction === '') return undefined;
  const { factor, tens, family } = scaleOf(suffix);
  const digits = BigInt(whole + fraction) * factor;
  const nano = shifted(digits, tens - fraction.length + 9);
  const size = family === 'binary' && nano > binaryLimit ? binaryLimit : nano;
  return {
    nano: sign === '-' ? -size : size,
    family: family === 'binary' && size > 0n && size < unit ? 'decimal' : family,
  };
};

/** What a suffix multiplies by: `factor` × 10 to the `tens`. */
const scaleOf = (suffix: string): { readonly factor: bigint; readonly tens: number; readonly family: Family } => {
  const binary = binarySuffixes.indexOf(suffix);
  if (binary > 0) return { factor: 1024n ** BigInt(binary), tens: 0, family: 'binary' };
  const decimal = decimalSuffixes.indexOf(suffix);
  if (decimal >= 0) return { factor: 1n, tens: decimal * 3 - 9, family: 'decimal' };
  return { factor: 1n, tens: Number(suffix.slice(1)), family: 'exponent' };
};

/** `digits` × 10 to the `tens`; what is lost below one is rounded up. */
const shifted = (digits: bigint, tens: number): bigint =>
  tens >= 0 ? digits * 10n ** BigInt(tens) : dividedUp(digits, 10n ** BigInt(-tens));

const dividedUp = (amount: bigint, by: bigint): bigint => (amount + by - 1n) / by;

export const compareQuantities = (a: Quantity, b: Quantity): -1 | 0 | 1 =>
  a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0;

/** The sum is printed like the first amount, or like the second if the first is nothing. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nano: a.nano + b.nano,
  family: a.nano === 0n ? b.family : a.family,
});

/** Rounded away from zero to thousandths, as Kubernetes stores the resources of containers. */
export const roundedToMilli = ({ nano, family }: Quantity): Quantity => {
  const milli = unit / 1000n;
  const size = dividedUp(nano < 0n ? -nano : nano, milli) * milli;
  return { nano: nano < 0n ? -size : size, family };
};

/** The canonical text: `1000m` is printed as `1`, `1024Mi` as `1Gi`, `0.5Gi` as `512Mi`. */
export const printQuantity = ({ nano, family }: Quantity): string => {
  if (nano === 0n) return '0';
  const sign = nano < 0n ? '-' : '';
  const size = nano < 0n ? -nano : nano;
  return sign + (family === 'binary' ? binaryText(size) : decimalText(size, family));
};

/** Small or broken amounts cannot be written with binary suffixes. */
const binaryText = (size: bigint): string => {
  if (size < 1024n * unit || size % unit !== 0n) return decimalText(size, 'decimal');
  const { rest, times } = withoutFactors(size / unit, 1024n, binarySuffixes.length - 1);
  return `${rest}${binarySuffixes[times]}`;
};

const decimalText = (size: bigint, family: 'decimal' | 'exponent'): string => {
  const { rest, times } = withoutFactors(size, 1000n, family === 'decimal' ? decimalSuffixes.length - 1 : 400);
  return family === 'decimal' ? `${rest}${decimalSuffixes[times]}` : `${rest}e${times * 3 - 9}`;
};

const withoutFactors = (
  amount: bigint,
  factor: bigint,
  atMost: number,
): { readonly rest: bigint; readonly times: number } => {
  let rest = amount;
  let times = 0;
  while (times < atMost && rest % factor === 0n) {
    rest /= factor;
    times += 1;
  }
  return { rest, times };
};
