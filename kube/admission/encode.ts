/** Writes the answer to an AdmissionReview. */

import type { Op, Problem, Verdict, Webhook } from '../contract.ts';
import type { Request } from './decode.ts';

/** The answer for a verdict. Throws if a validating webhook wants to patch: the apiserver would reject that answer. */
export const encode = (verdict: Verdict, request: Request, type: Webhook['type']): string => {
  const { uid } = request.review;
  switch (verdict.is) {
    case 'refused':
      return refused(request, verdict.problems, verdict.warnings);
    case 'allowed': {
      if (verdict.patch.length === 0) return reviewOf({ uid, allowed: true, ...extras(verdict) });
      if (type === 'validating') throw new Error('a validating webhook cannot patch');
      const { json, inexactAt } = serialise(verdict.patch);
      if (inexactAt !== undefined) return refused(request, [inexact(inexactAt)], verdict.warnings);
      const patch = Buffer.from(json).toString('base64');
      const response = { uid, allowed: true, patchType: 'JSONPatch', ...extras(verdict), patch: '' };
      // Put in behind, because base64 has nothing that JSON would escape.
      return reviewOf(response).replace(/""\}\}$/, () => `"${patch}"}}`);
    }
  }
};

/** Lets the object through as it is. */
export const untouched = (uid: string): string => reviewOf({ uid, allowed: true });

const reviewOf = (response: object): string =>
  JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });

const refused = (request: Request, problems: readonly Problem[], warnings: readonly string[]): string => {
  const { uid, group, name } = request.review;
  const status = {
    status: 'Failure',
    code: 422,
    reason: 'Invalid',
    message: `${request.kind} "${nameOf(request)}" is invalid: ${problems.map(p => `${p.field}: ${p.message}`).join('; ')}`,
    details: { name, group, kind: request.kind, causes: problems },
  };
  return reviewOf({ uid, allowed: false, status, ...extras({ warnings }) });
};

/** An object created with generateName has no name yet; its prefix is what the user can recognise. */
const nameOf = ({ review }: Request): string =>
  review.name !== '' || review.operation === 'DELETE' ? review.name : (review.object.metadata.generateName ?? '');

interface Extras {
  readonly warnings: readonly string[];
  readonly audit?: Readonly<Record<string, string>>;
}

const extras = ({ warnings, audit }: Extras): object => ({
  ...(warnings.length > 0 && { warnings: shortened(warnings) }),
  ...(audit !== undefined && { auditAnnotations: audit }),
});

/** The apiserver cuts a warning at 256 bytes and all warnings of a request at 4096; what is cut here ends in "…". */
const longestWarning = 240;
const mostWarnings = 16;

const shortened = (warnings: readonly string[]): readonly string[] => {
  if (warnings.length <= mostWarnings) return warnings.map(shorten);
  const shown = warnings.slice(0, mostWarnings - 1);
  return [...shown.map(shorten), `and ${warnings.length - shown.length} more warnings`];
};

const shorten = (warning: string): string => {
  if (Buffer.byteLength(warning) <= longestWarning) return warning;
  const bytes = Buffer.from(warning).subarray(0, longestWarning - 3);
  return `${bytes.toString().replace(/\uFFFD+$/, '')}…`;
};

/**
 * A patch as JSON, and the path of the first operation that carries an integer beyond 2^53.
 * Such a number was rounded when the review or a stored object was parsed, so writing it would change what a user wrote.
 */
const serialise = (patch: readonly Op[]): { readonly json: string; readonly inexactAt: string | undefined } => {
  const texts = patch.map(op => ({ op, ...textOf(op) }));
  return {
    json: `[${texts.map(({ text }) => text).join()}]`,
    inexactAt: texts.find(({ isExact }) => !isExact)?.op.path,
  };
};

interface Text {
  readonly text: string;
  readonly isExact: boolean;
}

/** What is frozen comes again with other pods. */
const textOf = (op: Op): Text => {
  if (Object.isFrozen(op)) return printedBefore(op);
  if (!('value' in op) || typeof op.value !== 'object' || op.value === null || !Object.isFrozen(op.value))
    return printed(op);
  const { text, isExact } = printedBefore(op.value);
  return { text: `{"op":"${op.op}","path":${JSON.stringify(op.path)},"value":${text}}`, isExact };
};

const known = new WeakMap<object, Text>();

const printedBefore = (value: object): Text => {
  const before = known.get(value);
  if (before !== undefined) return before;
  const text = printed(value);
  known.set(value, text);
  return text;
};

const printed = (value: object): Text => {
  const text = JSON.stringify(value);
  return { text, isExact: !mayBeInexact.test(text) || !holdsInexact(value) };
};

/** How numbers beyond 2^53 are printed. Hardly any text has this in it, and looking at each value costs more than all else. */
const mayBeInexact = /\d{16}|\de\+/;

const holdsInexact = (value: object): boolean => {
  let found = false;
  JSON.stringify(value, (_key, member: unknown) => {
    found ||= isInexact(member);
    return member;
  });
  return found;
};

const isInexact = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);

const inexact = (path: string): Problem => ({
  field: path,
  message: 'holds an integer beyond 2^53, which cannot be carried without rounding it',
  reason: 'FieldValueInvalid',
});
