/** The sets of characters that a regular expression can name. */

export type Test = (codePoint: number) => boolean;

export const is = (c: string): Test => {
  const wanted = c.codePointAt(0);
  return p => p === wanted;
};
const within =
  (pattern: RegExp): Test =>
  p =>
    pattern.test(String.fromCodePoint(p));
const not =
  (test: Test): Test =>
  p =>
    !test(p);

const digit = within(/^[0-9]$/);
const space = within(/^[\t\n\f\r ]$/);
export const isWord = within(/^[0-9A-Za-z_]$/);

export const perlClasses: ReadonlyMap<string, Test> = new Map([
  ['d', digit],
  ['D', not(digit)],
  ['s', space],
  ['S', not(space)],
  ['w', isWord],
  ['W', not(isWord)],
]);

export const posixClasses: ReadonlyMap<string, Test> = new Map([
  ['alnum', within(/^[0-9A-Za-z]$/)],
  ['alpha', within(/^[A-Za-z]$/)],
  ['ascii', (p: number) => p < 128],
  ['blank', within(/^[\t ]$/)],
  ['cntrl', (p: number) => p < 32 || p === 127],
  ['digit', digit],
  ['graph', (p: number) => p > 32 && p < 127],
  ['lower', within(/^[a-z]$/)],
  ['print', (p: number) => p > 31 && p < 127],
  ['punct', within(/^[!-/:-@[-`{-~]$/)],
  ['space', within(/^[\t\n\v\f\r ]$/)],
  ['upper', within(/^[A-Z]$/)],
  ['word', isWord],
  ['xdigit', within(/^[0-9A-Fa-f]$/)],
]);

/** A general category such as `L` or `Lu`, or a script such as `Greek`. */
export const propertyTest = (name: string): Test | undefined => {
  for (const property of [name, `Script=${name}`]) {
    try {
      return within(new RegExp(`^\\p{${property}}$`, 'u'));
    } catch {
      // not a name of this sort
    }
  }
  return undefined;
};
