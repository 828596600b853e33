/** The boundary between bytes and objects: whatever arrives is checked here to have the shape that the rest relies on. */

import type { KubeObject, Wire } from './contract.ts';

export const isRecord = (value: unknown): value is Wire =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isObject = (value: unknown): value is KubeObject => {
  if (!isRecord(value)) return false;
  const { apiVersion, kind, metadata } = value;
  return typeof apiVersion === 'string' && typeof kind === 'string' && isRecord(metadata) && hasIdentity(metadata);
};

const hasIdentity = ({ name, uid, resourceVersion }: Wire): boolean =>
  typeof name === 'string' && typeof uid === 'string' && typeof resourceVersion === 'string';

/** An object as the apiserver keeps it, with name, uid and version; undefined for anything else, such as a Status. */
export const asObject = (value: unknown): KubeObject | undefined => (isObject(value) ? value : undefined);

/** JSON, or undefined if it is none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What an apiserver says when it did not do what it was asked. */
export interface Status {
  readonly code: number;
  /** e.g. `AlreadyExists`; empty if the answer did not come from an apiserver. */
  readonly reason: string;
  readonly message: string;
  /** The object that the answer is about; empty where the server did not say. */
  readonly about: string;
  readonly causes: readonly { readonly reason: string; readonly field: string }[];
  readonly retryAfterSeconds: number | undefined;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads a v1 Status; anything else becomes one that only has the code and the beginning of the text. */
export const asStatus = (value: unknown, code: number, fallback: string): Status => {
  const status = isRecord(value) && value['kind'] === 'Status' ? value : {};
  const details = isRecord(status['details']) ? status['details'] : {};
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isRecord) : [];
  const retryAfter = details['retryAfterSeconds'];
  return {
    code: typeof status['code'] === 'number' ? status['code'] : code,
    reason: text(status['reason']),
    message: text(status['message']) || `${code} ${fallback.slice(0, 300)}`.trim(),
    about: text(details['name']),
    causes: causes.map(cause => ({ reason: text(cause['reason']), field: text(cause['field']) })),
    retryAfterSeconds: typeof retryAfter === 'number' ? retryAfter : undefined,
  };
};
