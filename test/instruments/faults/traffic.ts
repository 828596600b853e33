/** What a request to an apiserver asks, read from its path, query and body. */

import type { IncomingMessage } from 'node:http';
import { parseJson } from '../../../kube/wire.ts';
import { record, text } from '../objects.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'replace' | 'delete' | 'other';

export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly userAgent: string;
  readonly body: string;
  readonly verb: Verb;
  /** Empty if the path is of no resource, e.g. `/version`. */
  readonly plural: string;
  /** A subresource such as `status`; else empty. */
  readonly part: string;
  readonly namespace: string;
  /** Of a creation: the name in the body. Empty for collections. */
  readonly name: string;
}

type Place = Pick<Asked, 'plural' | 'part' | 'namespace' | 'name'>;

export const askedBy = (
  { method = 'GET', url = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: string,
): Asked => {
  const { pathname: path, searchParams: query } = new URL(url, 'https://apiserver');
  const place = placeOf(path);
  const verb = verbOf(method, place, query);
  const name = verb === 'create' && place.name === '' ? nameIn(body) : place.name;
  return { method, path, query, userAgent: headers['user-agent'] ?? '', body, verb, ...place, name };
};

const nameIn = (body: string): string => text(record(record(parseJson(body))['metadata'])['name']);

const placeOf = (path: string): Place => {
  const segments = path.split('/').slice(1).map(decodeURIComponent);
  const rest = segments[0] === 'api' ? segments.slice(2) : segments[0] === 'apis' ? segments.slice(3) : [];
  // `/api/v1/namespaces/a` is the object, `/api/v1/namespaces/a/pods` what is in it.
  const isInside = rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '');
  const [plural = '', name = '', part = ''] = isInside ? rest.slice(2) : rest;
  return { plural, name, part, namespace: isInside ? (rest[1] ?? '') : '' };
};

const verbOf = (method: string, { plural, name }: Place, query: URLSearchParams): Verb => {
  if (plural === '') return 'other';
  switch (method) {
    case 'GET':
      if (['1', 'true'].includes(query.get('watch') ?? '')) return 'watch';
      return name === '' ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PATCH':
      return 'patch';
    case 'PUT':
      return 'replace';
    case 'DELETE':
      return 'delete';
    default:
      return 'other';
  }
};

const writing: ReadonlySet<Verb> = new Set(['create', 'patch', 'replace', 'delete']);

export const isWrite = ({ verb }: Asked): boolean => writing.has(verb);
