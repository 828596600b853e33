/** Reads an AdmissionReview from the wire: the only place that knows how a request looks there. */

import type { KubeObject, ObjectMeta, Review, Wire } from '../contract.ts';

/** A request that a webhook can judge, and the kind of its object for the words of a refusal. */
export interface Request {
  readonly review: Review;
  readonly kind: string;
}

export type Decoded =
  | { readonly is: 'request'; readonly request: Request }
  /** Well formed, but an operation that nobody judges, such as CONNECT. */
  | { readonly is: 'other'; readonly uid: string }
  | { readonly is: 'bad'; readonly why: string };

/** Never throws; what is wrong is told in words for whoever configured the caller, without the body's contents. */
export const decode = (body: string): Decoded => {
  const parsed = parse(body);
  if (!isObject(parsed)) return bad('the body is not a JSON object');
  if (parsed['kind'] !== 'AdmissionReview') return bad('the body is not an AdmissionReview');
  if (parsed['apiVersion'] !== 'admission.k8s.io/v1') {
    return bad('only AdmissionReview admission.k8s.io/v1 is spoken here: set admissionReviewVersions to ["v1"]');
  }
  const request = parsed['request'];
  return isObject(request) ? decodeRequest(request) : bad('the review has no request');
};

const decodeRequest = (request: Wire): Decoded => {
  const resource = request['resource'];
  const uid = textOf(request['uid']);
  if (uid === '') return bad('the request has no uid');
  if (!isObject(resource) || textOf(resource['resource']) === '') return bad('the request names no resource');
  const base = {
    uid,
    group: textOf(resource['group']),
    version: textOf(resource['version']),
    plural: textOf(resource['resource']),
    subresource: textOf(request['subResource']),
    namespace: textOf(request['namespace']),
    name: textOf(request['name']),
    user: textOf(memberOf(request['userInfo'], 'username')),
    dryRun: request['dryRun'] === true,
  };
  const object = objectOf(request['object']);
  const oldObject = objectOf(request['oldObject']);
  const kind = textOf(memberOf(request['kind'], 'kind'));
  switch (request['operation']) {
    case 'CREATE':
      return object === undefined ? lacks('object') : judged(kind, { ...base, operation: 'CREATE', object });
    case 'UPDATE':
      if (object === undefined) return lacks('object');
      if (oldObject === undefined) return lacks('oldObject');
      return judged(kind, { ...base, operation: 'UPDATE', object, oldObject });
    case 'DELETE':
      return oldObject === undefined ? lacks('oldObject') : judged(kind, { ...base, operation: 'DELETE', oldObject });
    default:
      return { is: 'other', uid };
  }
};

const judged = (kind: string, review: Review): Decoded => ({ is: 'request', request: { review, kind } });
const bad = (why: string): Decoded => ({ is: 'bad', why });
const lacks = (field: string): Decoded => bad(`the request has no ${field} with apiVersion, kind and metadata`);

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is Wire =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const memberOf = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** The metadata's own fields need no second look: the apiserver has decoded them into its types before it calls. */
const objectOf = (value: unknown): KubeObject | undefined => {
  if (!isObject(value)) return undefined;
  const { apiVersion, kind, metadata } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isObject(metadata)) return undefined;
  return { ...value, apiVersion, kind, metadata: metadata as ObjectMeta };
};
