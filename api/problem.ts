/** What is wrong with an object, field by field; errors of this room are values of these types, never exceptions. */

/** One cause of a 422, as the apiserver reports it. The same shape as `Problem` of the machine's contract. */
export interface Problem {
  /** e.g. `spec.containers[0].image` */
  readonly field: string;
  readonly message: string;
  readonly reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueForbidden'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate';
}

/** A value that was read, or everything that kept it from being read. */
export type Parsed<T> =
  | { readonly is: 'fine'; readonly value: T }
  | { readonly is: 'wrong'; readonly problems: readonly Problem[] };

export const fine = <T>(value: T): Parsed<T> => ({ is: 'fine', value });

export const wrong = (...problems: readonly Problem[]): Parsed<never> => ({ is: 'wrong', problems });

export const invalid = (field: string, message: string): Problem => ({ field, message, reason: 'FieldValueInvalid' });

export const required = (field: string, message: string): Problem => ({ field, message, reason: 'FieldValueRequired' });

/** For `wrong(...)`: the problems of a parse, none if it went well. */
export const problemsOf = (parsed: Parsed<unknown>): readonly Problem[] =>
  parsed.is === 'wrong' ? parsed.problems : [];

/** The path of a member: `spec` and `replicas` make `spec.replicas`; the root is empty. */
export const under = (path: string, member: string): string => (path === '' ? member : `${path}.${member}`);

/** The path of a list item by its number, or of a map entry by its key. */
export const entryOf = (path: string, key: number | string): string => `${path}[${key}]`;
