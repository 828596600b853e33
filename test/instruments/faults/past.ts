/** The world as it was at an earlier revision, told as a list or as the beginning of a watch. */

import type { KubeObject } from '../../../kube/contract.ts';
import { parseJson } from '../../../kube/wire.ts';
import { list, record, text } from '../objects.ts';
import { frameOf } from './frames.ts';
import type { Asked } from './traffic.ts';

const selectors = ['fieldSelector', 'labelSelector'];

/** Lists everything that the request is about, as of one revision: the server has all revisions of the last minutes. */
export const pastList = ({ path, query }: Asked, revision: string): string => {
  const past = new URLSearchParams({ resourceVersion: revision, resourceVersionMatch: 'Exact' });
  for (const name of selectors) if (query.has(name)) past.set(name, query.get(name) ?? '');
  return `${path}?${past.toString()}`;
};

/** Goes on from there. */
export const watchFrom = ({ path, query }: Asked, revision: string): string => {
  const later = new URLSearchParams(query);
  for (const name of ['sendInitialEvents', 'resourceVersionMatch']) later.delete(name);
  later.set('resourceVersion', revision);
  return `${path}?${later.toString()}`;
};

/** The initial events of a WatchList in the place of a list, and the bookmark that ends them. */
export const initialEvents = (body: string, revision: string): Buffer => {
  const all = record(parseJson(body));
  const apiVersion = text(all['apiVersion']);
  const kind = text(all['kind']).replace(/List$/u, '');
  const added = list(all['items']).map(item => frameOf({ type: 'ADDED', object: { apiVersion, kind, ...item } }));
  return Buffer.concat([...added, frameOf({ type: 'BOOKMARK', object: endOf(apiVersion, kind, revision) })]);
};

const endOf = (apiVersion: string, kind: string, resourceVersion: string): KubeObject => ({
  apiVersion,
  kind,
  metadata: { resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } },
});
